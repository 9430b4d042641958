/**
 * Seeded random numbers: NumPy's legacy stream.
 *
 * @module
 */
export * from "./random_state.ts";

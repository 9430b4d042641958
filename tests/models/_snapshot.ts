import type { NDArray } from "../../ndarray/mod.ts";

/** The values that arrays have now, by name. */
export function snapshot(arrays: Record<string, NDArray>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, [...data]]));
}

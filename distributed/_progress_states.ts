/** What the thread that computes and the one that drives sums on tell each other. */
import type { Abi, Handles } from "./_mpi_abi.ts";

/** Places of the memory that both see: what is to be done, and whether the thread is in the library. */
export const [STATE, INSIDE, PLACES] = [0, 1, 2];

/** What the thread is to do. */
export const [IDLE, DRIVE, END] = [0, 1, 2];

/** What the thread is told at its start. */
export interface ProgressData {
  readonly control: SharedArrayBuffer;
  readonly path: string;
  readonly handle: Abi["handle"];
  readonly handles: Handles;
}

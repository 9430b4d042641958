/**
 * Where the module keeps what it works with. Every thread is an instance of the module on the same
 * memory, with packed blocks of its own; what follows them belongs to the caller, who puts operands
 * there.
 */

/** The most threads there can be. */
export const MAX_THREADS: i32 = 16;

/** The tasks of the threads, see `tasks.ts`. */
export const MAILBOXES: usize = 0x400;
export const MAILBOX_SIZE: usize = 0x100;

/** The geometry of the convolution that is under way, see `geometry.ts`. */
export const GEOMETRY: usize = MAILBOXES + MAX_THREADS * MAILBOX_SIZE;

/** The most rows of A, columns of B and steps of the inner dimension in a packed block. */
export const BLOCK_ROWS: i32 = 128;
export const BLOCK_COLUMNS: i32 = 1024;
export const BLOCK_DEPTH: i32 = 256;

const ROWS_SIZE: usize = BLOCK_ROWS * BLOCK_DEPTH * 4;
const COLUMNS_SIZE: usize = BLOCK_COLUMNS * BLOCK_DEPTH * 4;
const TILE_SIZE: usize = 4 * 8 * 4;
const THREAD_SIZE: usize = ROWS_SIZE + COLUMNS_SIZE + TILE_SIZE;
const THREADS: usize = 0x10000;

/** Where operands may be put. */
export const HEAP: usize = THREADS + MAX_THREADS * THREAD_SIZE;

/** The packed block of A. */
export let packedRows: usize = THREADS;
/** The packed block of B. */
export let packedColumns: usize = THREADS + ROWS_SIZE;
/** A tile of a matrix product, for results that are smaller. */
export let tile: usize = THREADS + ROWS_SIZE + COLUMNS_SIZE;

/** Gives this instance the blocks of a thread; it has those of thread 0 to begin with. */
export function setThread(thread: i32): void {
  packedRows = THREADS + thread * THREAD_SIZE;
  packedColumns = packedRows + ROWS_SIZE;
  tile = packedColumns + COLUMNS_SIZE;
}

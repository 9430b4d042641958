/**
 * Where the module keeps what it works with. The first page is fixed; what follows the packed
 * blocks belongs to the caller, who puts operands there.
 */

/** One tile of a matrix product whose place in the result is smaller than a tile. */
export const TILE: usize = 0x400;

/** The most rows of A, columns of B and steps of the inner dimension in a packed block. */
export const BLOCK_ROWS: i32 = 128;
export const BLOCK_COLUMNS: i32 = 1024;
export const BLOCK_DEPTH: i32 = 256;

/** The packed block of A. */
export const PACKED_ROWS: usize = 0x10000;

/** The packed block of B. */
export const PACKED_COLUMNS: usize = PACKED_ROWS + BLOCK_ROWS * BLOCK_DEPTH * 4;

/** Where operands may be put. */
export const HEAP: usize = PACKED_COLUMNS + BLOCK_COLUMNS * BLOCK_DEPTH * 4;

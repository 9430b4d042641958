/** Dropout's masks of a part of a batch, drawn as those of the whole. */
import type { RandomState } from "../random/mod.ts";
import type { Rows } from "../internal/rows.ts";

/**
 * Runs a pass over some rows of a batch. Masks drawn meanwhile are those rows of the masks of the
 * whole batch, and the generator goes on as if it had drawn them all: it is the same on all ranks
 * after the pass.
 */
export function withMasksOfRows<T>(rng: RandomState | undefined, rows: Rows, pass: () => T): T {
  const { start, end, total } = rows;
  if (!rng || end - start === total) return pass();
  const draw = rng.keepMask;
  rng.keepMask = (p, n, out) => {
    const perRow = n / (end - start);
    if (!Number.isInteger(perRow)) {
      throw new RangeError(
        `dataParallel: a mask of ${n} values does not belong to ${end - start} rows of a batch`,
      );
    }
    draw.call(rng, p, start * perRow);
    const mask = draw.call(rng, p, n, out);
    draw.call(rng, p, (total - end) * perRow);
    return mask;
  };
  try {
    return pass();
  } finally {
    // The method of the class comes to light again.
    delete (rng as Partial<RandomState>).keepMask;
  }
}

/** Values sorted into bins. */
import { extent } from "./_encoding.ts";

/** How many values, `y`, lie from `x` to `end`. */
export interface Bin {
  readonly x: number;
  readonly end: number;
  readonly y: number;
}

/** Counts finite values in bins of equal width, as NumPy's `histogram`. */
export function countBins(
  values: readonly number[],
  bins: number,
  range?: readonly [low: number, high: number],
): Bin[] {
  let [low, high] = range ?? extent(values);
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = (high - low) / bins;
  const edges = Array.from({ length: bins }, (_, i) => low + i * step);
  edges.push(high);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    let bin = Math.min(bins - 1, Math.floor((value - low) / (high - low) * bins));
    // The division may round across an edge.
    if (value < edges[bin]) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return counts.map((y, i) => ({ x: edges[i], end: edges[i + 1], y }));
}

/**
 * The name that a mistyped one was probably meant to be.
 *
 * @module
 */

/**
 * Finds the known name nearest to `name`: the fewest single letters inserted, removed, replaced or
 * swapped with a neighbour, whatever their case. Names of one or two letters are near to everything
 * and so to nothing: they are found only by their own letters.
 *
 * @returns The nearest name, or `undefined` if none is near enough to be meant
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const short = Math.min(name.length, candidate.length) <= 2;
    const limit = short ? 0 : Math.max(1, Math.ceil(candidate.length / 3));
    if (distance > limit || distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** The optimal string alignment distance, row by row. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

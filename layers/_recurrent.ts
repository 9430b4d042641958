/**
 * The checks of what recurrent layers are given.
 *
 * @module
 */
import { sameShape, showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkVector } from "./_shapes.ts";

/** The arrays of a recurrent layer besides its input. */
export interface RecurrentArrays {
  /** States that the layer begins with, by name: each (N, H). */
  readonly states: Readonly<Record<string, NDArray>>;
  readonly Wx: NDArray;
  readonly Wh: NDArray;
  readonly b: NDArray;
}

/** The sizes of a recurrent layer. */
export interface RecurrentSizes {
  readonly n: number;
  /** Time steps; 1 in the step layers. */
  readonly t: number;
  readonly d: number;
  readonly h: number;
}

/**
 * Checks the arrays of a recurrent layer and returns its sizes.
 *
 * @param axes Of `x`: 2 in one step (N, D), 3 in a sequence (N, T, D)
 * @param gates How many times H columns the weights have
 */
export function checkRecurrent(
  caller: string,
  x: NDArray,
  { states, Wx, Wh, b }: RecurrentArrays,
  axes: 2 | 3,
  gates: 1 | 4,
): RecurrentSizes {
  checkArray(caller, "x", x);
  for (const [name, array] of Object.entries({ ...states, Wx, Wh, b })) {
    checkArray(caller, name, array);
  }
  if (x.ndim !== axes) {
    const [shape, other] = axes === 2
      ? ["(N, D)", x.ndim === 3 ? "; for whole sequences use the layer without Step" : ""]
      : ["(N, T, D)", x.ndim === 2 ? "; for one time step use the layer with Step" : ""];
    throw new RangeError(
      `${caller}: x must have shape ${shape}, got ${showShape(x.shape)}${other}`,
    );
  }
  if (x.size === 0) {
    throw new RangeError(
      `${caller}: x must hold at least one example${
        axes === 3 ? ", time step" : ""
      } and feature, ` +
        `got shape ${showShape(x.shape)}`,
    );
  }
  const n = x.shape[0];
  const [t, d] = axes === 3 ? x.shape.slice(1) : [1, x.shape[1]];
  const [[first, { shape: [, h = 0] }]] = Object.entries(states);
  for (const [name, state] of Object.entries(states)) {
    if (state.ndim === 2 && state.shape[0] === n && state.shape[1] === h && h > 0) continue;
    const size = name === first ? "H" : h;
    throw new RangeError(
      `${caller}: ${name} must have shape (${n}, ${size}), one state for each example of x ` +
        `${showShape(x.shape)}, got ${showShape(state.shape)}`,
    );
  }
  const width = gates * h;
  const columns = gates === 1 ? "" : `, ${gates} gates of ${h} columns`;
  for (const [name, weights, rows] of [["Wx", Wx, d], ["Wh", Wh, h]] as const) {
    if (sameShape(weights.shape, [rows, width])) continue;
    throw new RangeError(
      `${caller}: ${name} must have shape (${rows}, ${width})${columns}, for x ` +
        `${showShape(x.shape)} and ${first} ${showShape(states[first].shape)}, got ` +
        showShape(weights.shape) +
        (sameShape(weights.shape, [width, rows]) ? `; transpose ${name}?` : ""),
    );
  }
  checkVector(caller, "b", b, width, "one bias for each column of Wx", Wx);
  return { n, t, d, h };
}

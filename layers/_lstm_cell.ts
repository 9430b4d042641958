/**
 * The elementwise part of an LSTM: what happens between the products with the weights.
 *
 * @module
 */
import { specialize } from "../internal/specialize.ts";
import type { FloatArray } from "../kernels/mod.ts";

/** The arrays of a cell, for N examples and H units. */
export interface LstmCell {
  /** The four sums of each example, turned into gates: i, f, o, g, (N, 4·H). */
  readonly gates: FloatArray;
  /** Cell state before the step, (N, H). */
  readonly prevC: FloatArray;
  /** Cell state after the step, (N, H). */
  readonly nextC: FloatArray;
  /** Its hyperbolic tangent, (N, H). */
  readonly tanhC: FloatArray;
}

/** Turns the sums into gates and writes both states: `c' = f·c + i·g`, `h' = o·tanh c'`. */
export function lstmCellForward(h: number, cell: LstmCell, nextH: FloatArray): void {
  const { gates, prevC, nextC, tanhC } = cell;
  specialize(forward, `${gates.BYTES_PER_ELEMENT}`)(h, gates, prevC, nextC, tanhC, nextH);
}

/**
 * Goes back through a cell.
 *
 * @param dnextH Gradient of the state after the step, (N, H)
 * @param dc Gradient of the cell state after the step, (N, H); becomes that before the step
 * @param da Receives the gradient of the sums, (N, 4·H)
 */
export function lstmCellBackward(
  h: number,
  { gates, prevC, tanhC }: Omit<LstmCell, "nextC">,
  dnextH: FloatArray,
  dc: FloatArray,
  da: FloatArray,
): void {
  specialize(backward, `${gates.BYTES_PER_ELEMENT}`)(h, gates, prevC, tanhC, dnextH, dc, da);
}

function forward(
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  nextC: FloatArray,
  tanhC: FloatArray,
  nextH: FloatArray,
): void {
  for (let at = 0, input = 0; at < nextH.length; input += 3 * h) {
    for (const end = at + h; at < end; at++, input++) {
      const [forget, output, candidate] = [input + h, input + 2 * h, input + 3 * h];
      const i = 1 / (1 + Math.exp(-gates[input]));
      const f = 1 / (1 + Math.exp(-gates[forget]));
      const o = 1 / (1 + Math.exp(-gates[output]));
      const g = Math.tanh(gates[candidate]);
      const c = f * prevC[at] + i * g;
      const t = Math.tanh(c);
      gates[input] = i;
      gates[forget] = f;
      gates[output] = o;
      gates[candidate] = g;
      nextC[at] = c;
      tanhC[at] = t;
      nextH[at] = o * t;
    }
  }
}

function backward(
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  tanhC: FloatArray,
  dnextH: FloatArray,
  dc: FloatArray,
  da: FloatArray,
): void {
  for (let at = 0, input = 0; at < dnextH.length; input += 3 * h) {
    for (const end = at + h; at < end; at++, input++) {
      const [forget, output, candidate] = [input + h, input + 2 * h, input + 3 * h];
      const [i, f, o, g] = [gates[input], gates[forget], gates[output], gates[candidate]];
      const [d, t] = [dnextH[at], tanhC[at]];
      const dcell = dc[at] + d * o * (1 - t * t);
      da[input] = dcell * g * i * (1 - i);
      da[forget] = dcell * prevC[at] * f * (1 - f);
      da[output] = d * t * o * (1 - o);
      da[candidate] = dcell * i * (1 - g * g);
      dc[at] = dcell * f;
    }
  }
}

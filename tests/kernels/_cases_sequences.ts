/** Cases of activations, softmax, embeddings, LSTMs, and upsampling. */
import { density, normal } from "../../kernels/definition/activations.ts";
import { definition } from "../../kernels/definition/mod.ts";
import { absolute, bounds, type Case, type Draw, SIZES, sumError } from "./_draw.ts";

const LENGTHS = [...SIZES, 1000, 4099];

/** Values near 0, in the curve and far out, with zeros, infinities and NaN among them. */
function spread(draw: Draw, length: number): Float64Array {
  const special = [0, -0, NaN, Infinity, -Infinity, 1e-30, -1e-30, 300, -300];
  const data = draw.normal(length, 3);
  return draw.values(length, (i) => {
    const kind = draw.below(8);
    return kind === 0 ? draw.pick(special) : kind === 1 ? data[i] / 1000 : data[i];
  });
}

/** A case of each length: x, and an error of each output in units of eps. */
function activationCases(
  draw: Draw,
  error: (x: number) => number,
  extra: Record<string, number> = {},
): Case[] {
  return LENGTHS.map((length) => {
    const x = spread(draw, length);
    const error_ = (i: number) => Number.isFinite(x[i]) ? draw.eps * error(x[i]) + draw.tiny : 0;
    return {
      label: `length ${length}`,
      given: { ...extra, x },
      bounds: { out: bounds(length, error_) },
    };
  });
}

/** The same for gradients: `array` is what the gradient is computed from. */
function slopeCases(
  draw: Draw,
  array: "x" | "out",
  make: (length: number) => Float64Array,
  error: (value: number) => number,
  extra: Record<string, number> = {},
): Case[] {
  return LENGTHS.map((length) => {
    const [dout, data] = [draw.normal(length), make(length)];
    const size = (i: number) => draw.eps * Math.abs(dout[i]) * error(data[i]) + draw.tiny;
    const bound = bounds(length, (i) => Number.isFinite(data[i]) ? size(i) : 8 * draw.eps);
    return {
      label: `length ${length}`,
      given: { ...extra, dout, [array]: data },
      bounds: { dx: bound },
    };
  });
}

/** Cases of `tanhForward`. */
export function tanhForwardCases(draw: Draw): Case[] {
  return activationCases(draw, (x) => 4 * Math.abs(Math.tanh(x)));
}

/** Cases of `tanhBackward`. */
export function tanhBackwardCases(draw: Draw): Case[] {
  const make = (length: number) => draw.values(length, () => 2 * draw.uniform() - 1);
  return slopeCases(draw, "out", make, () => 4);
}

/** Cases of `sigmoidForward`. */
export function sigmoidForwardCases(draw: Draw): Case[] {
  // Far out the exponent itself is rounded.
  return activationCases(draw, (x) => (4 + Math.abs(Math.min(x, 0))) / (1 + Math.exp(-x)));
}

/** Cases of `sigmoidBackward`. */
export function sigmoidBackwardCases(draw: Draw): Case[] {
  const make = (length: number) => draw.values(length, () => draw.uniform());
  return slopeCases(draw, "out", make, (out) => 4 * out);
}

/** Cases of `geluForward`. */
export function geluForwardCases(draw: Draw): Case[] {
  return activationCases(draw, (x) => (8 + 2 * x * x) * Math.abs(x) * normal(x));
}

/** Cases of `geluBackward`. */
export function geluBackwardCases(draw: Draw): Case[] {
  const error = (x: number) => (8 + 2 * x * x) * (normal(x) + Math.abs(x) * density(x));
  return slopeCases(draw, "x", (length) => spread(draw, length), error);
}

/** Cases of `leakyReluForward`. */
export function leakyReluForwardCases(draw: Draw): Case[] {
  return activationCases(draw, (x) => x > 0 ? 0 : 2 * Math.abs(x), { alpha: 1 / 3 });
}

/** Cases of `leakyReluBackward`. */
export function leakyReluBackwardCases(draw: Draw): Case[] {
  return slopeCases(draw, "x", (length) => spread(draw, length), () => 2, { alpha: 1 / 3 });
}

/** Cases of `scale`. */
export function scaleCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const x = draw.normal(length);
    return {
      label: `length ${length}`,
      given: { factor: -1 / 3, x },
      bounds: { x: bounds(length, (i) => 2 * draw.eps * Math.abs(x[i])) },
    };
  });
}

/** Rows and classes: one class, widths that fill vectors and that do not, and long rows. */
const ROWS = [[0, 5], [3, 1], [1, 2], [7, 10], [33, 17], [5, 64], [40, 100], [3, 1007]];

/** For each element, the largest of its row after `f`. */
function largestOfRows(c: number, x: Float64Array, f = (value: number) => value): Float64Array {
  const out = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += c) {
    out.fill(Math.max(...x.subarray(row, row + c).map(f)), row, row + c);
  }
  return out;
}

/** Cases of `softmaxForward`. */
export function softmaxForwardCases(draw: Draw): Case[] {
  return [0, 1, 50, 5000].flatMap((scale) =>
    ROWS.map(([n, c]) => {
      const x = draw.normal(n * c, scale);
      const out = new Float64Array(n * c);
      definition.softmaxForward(n, c, x, out);
      const largest = largestOfRows(c, x);
      const error = (i: number) => sumError(c) + 8 + 4 * (largest[i] - x[i]);
      return {
        label: `n ${n}, c ${c}, scale ${scale}`,
        given: { n, c, x },
        bounds: { out: bounds(n * c, (i) => draw.eps * error(i) * out[i] + draw.tiny) },
      };
    })
  );
}

/** Cases of `logSoftmaxForward`. */
export function logSoftmaxForwardCases(draw: Draw): Case[] {
  return [0, 1, 50, 5000].flatMap((scale) =>
    ROWS.map(([n, c]) => {
      const x = draw.normal(n * c, scale);
      const most = largestOfRows(c, x, Math.abs);
      const error = (i: number) => sumError(c) + 8 + 4 * (most[i] + Math.log(c));
      return {
        label: `n ${n}, c ${c}, scale ${scale}`,
        given: { n, c, x },
        bounds: { out: bounds(n * c, (i) => draw.eps * error(i)) },
      };
    })
  );
}

/** For each element, the sum of its row. */
function sumsOfRows(c: number, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += c) {
    out.fill(x.subarray(row, row + c).reduce((sum, value) => sum + value, 0), row, row + c);
  }
  return out;
}

/** The output of a kernel on random rows, as exact as the type has it. */
function rowsOf(draw: Draw, forward: "softmaxForward" | "logSoftmaxForward", n: number, c: number) {
  const out = new Float64Array(n * c);
  definition[forward](n, c, draw.normal(n * c, 2), out);
  return draw.values(n * c, (i) => out[i]);
}

/** Cases of `softmaxBackward`. */
export function softmaxBackwardCases(draw: Draw): Case[] {
  return ROWS.map(([n, c]) => {
    const [dout, out] = [draw.normal(n * c), rowsOf(draw, "softmaxForward", n, c)];
    const products = absolute(dout).map((d, i) => d * out[i]);
    const means = sumsOfRows(c, products);
    const error = (i: number) => draw.eps * sumError(c) * (products[i] + out[i] * means[i]);
    return {
      label: `n ${n}, c ${c}`,
      given: { n, c, dout, out },
      bounds: { dx: bounds(n * c, error) },
    };
  });
}

/** Cases of `logSoftmaxBackward`. */
export function logSoftmaxBackwardCases(draw: Draw): Case[] {
  return ROWS.map(([n, c]) => {
    const [dout, out] = [draw.normal(n * c), rowsOf(draw, "logSoftmaxForward", n, c)];
    const sums = sumsOfRows(c, absolute(dout));
    const size = (i: number) => Math.abs(dout[i]) + Math.exp(out[i]) * sums[i];
    const error = (i: number) => draw.eps * (sumError(c) + Math.abs(out[i])) * size(i);
    return {
      label: `n ${n}, c ${c}`,
      given: { n, c, dout, out },
      bounds: { dx: bounds(n * c, error) },
    };
  });
}

/** Numbers of places, rows of the table and columns. */
const TABLES = [[0, 3, 4], [5, 1, 1], [7, 3, 0], [3, 5, 17], [100, 7, 33], [1000, 50, 64]];

/** Cases of `embeddingForward`. */
export function embeddingForwardCases(draw: Draw): Case[] {
  return TABLES.map(([n, v, d]) => ({
    label: `n ${n}, v ${v}, d ${d}`,
    given: { n, v, d, x: draw.labels(n, v), w: draw.normal(v * d) },
    bounds: { out: 0 },
  }));
}

/** Cases of `embeddingBackward`. */
export function embeddingBackwardCases(draw: Draw): Case[] {
  return TABLES.map(([n, v, d]) => {
    const [x, dout, dw] = [draw.labels(n, v), draw.normal(n * d), new Float64Array(v * d)];
    definition.embeddingBackward(n, v, d, x, absolute(dout), dw);
    const error = draw.eps * sumError(n);
    return {
      label: `n ${n}, v ${v}, d ${d}`,
      given: { n, v, d, x, dout },
      bounds: { dw: dw.map((sum) => error * sum) },
    };
  });
}

/** Time steps, examples and units of an LSTM. */
const STEPS = [
  [0, 2, 3],
  [1, 0, 3],
  [2, 3, 0],
  [1, 1, 1],
  [1, 7, 16],
  [2, 25, 33],
  [3, 2, 5],
  [4, 40, 21],
  [1, 10, 512],
];

/** Weights under which the sums stay of the size of what goes in, as in a network. */
function stateWeights(draw: Draw, h: number): Float64Array {
  const [drawn, scale] = [draw.normal(4 * h * h), 1 / Math.sqrt(Math.max(1, h))];
  return draw.values(4 * h * h, (i) => scale * drawn[i]);
}

/** Cases of `lstmForward`. */
export function lstmForwardCases(draw: Draw): Case[] {
  return STEPS.map(([t, n, h]) => {
    const wh = stateWeights(draw, h);
    const [h0, c0, gates] = [draw.normal(n * h), draw.normal(n * h), draw.normal(4 * t * n * h, 3)];
    // A step passes on less of an error than it gets, and adds that of its sums and its cell.
    const error = 16 * t * draw.eps * (1 + sumError(h));
    const c = bounds(t * n * h, (i) => error * (t + Math.abs(c0[i % (n * h)])));
    return {
      label: `t ${t}, n ${n}, h ${h}`,
      given: { t, n, h, wh, h0, c0, gates },
      bounds: { gates: error * (t + 4), cells: c, tanhC: c, states: c },
    };
  });
}

/** Cases of `lstmBackward`. */
export function lstmBackwardCases(draw: Draw): Case[] {
  return STEPS.map(([t, n, h]) => {
    const wh = stateWeights(draw, h);
    const gates = draw.values(4 * t * n * h, (i) => {
      return Math.floor(i / h) % 4 < 3 ? draw.uniform() : 2 * draw.uniform() - 1;
    });
    const [c0, cells] = [draw.normal(n * h), draw.normal(t * n * h)];
    const [dh, dc] = [draw.normal(t * n * h), draw.normal(n * h)];
    const tanhC = draw.values(t * n * h, () => 2 * draw.uniform() - 1);
    const given = { t, n, h, wh, gates, c0, cells, tanhC, dh, dc };
    // How large the gradients are, and what the sums that make them may round.
    const [da, dh0] = [new Float64Array(4 * t * n * h), new Float64Array(n * h)];
    const [all, last] = [absolute(dh), absolute(dc)];
    const rest = [absolute(c0), absolute(cells), absolute(tanhC)] as const;
    definition.lstmBackward(t, n, h, absolute(wh), absolute(gates), ...rest, all, last, da, dh0);
    const most = Math.max(0, ...all, ...last, ...absolute(da), ...absolute(dh0));
    const error = 8 * Math.max(1, t) * draw.eps * (1 + sumError(4 * h)) * most;
    const bounds = { dh: error, dc: error, da: error };
    const label = `t ${t}, n ${n}, h ${h}`;
    return t === 3
      ? { label: `${label}, without dh0`, given: { ...given, dh0: null }, bounds }
      : { label, given, bounds: { ...bounds, dh0: error } };
  });
}

/** Planes, their sizes and the scales. */
const PLANES = [
  [0, 2, 3, 2, 2],
  [2, 1, 1, 3, 4],
  [3, 4, 5, 1, 1],
  [2, 5, 3, 2, 3],
  [5, 7, 16, 2, 2],
  [2, 9, 8, 4, 1],
  [1, 3, 33, 5, 2],
];

/** Cases of `upsampleForward`. */
export function upsampleForwardCases(draw: Draw): Case[] {
  return PLANES.flatMap(([planes, h, w, scaleH, scaleW]) =>
    [false, true].map((bilinear) => {
      const x = draw.normal(planes * h * w);
      const out = new Float64Array(planes * h * scaleH * w * scaleW);
      definition.upsampleForward(planes, h, w, scaleH, scaleW, bilinear, absolute(x), out);
      return {
        label: `${planes} planes ${h}×${w}, scale ${scaleH}×${scaleW}${
          bilinear ? ", bilinear" : ""
        }`,
        given: { planes, h, w, scaleH, scaleW, bilinear, x },
        bounds: { out: out.map((sum) => bilinear ? 6 * draw.eps * sum : 0) },
      };
    })
  );
}

/** Cases of `upsampleBackward`. */
export function upsampleBackwardCases(draw: Draw): Case[] {
  return PLANES.flatMap(([planes, h, w, scaleH, scaleW]) =>
    [false, true].map((bilinear) => {
      const dout = draw.normal(planes * h * scaleH * w * scaleW);
      const dx = new Float64Array(planes * h * w);
      definition.upsampleBackward(planes, h, w, scaleH, scaleW, bilinear, absolute(dout), dx);
      const error = draw.eps * (sumError(4 * scaleH * scaleW) + 4);
      return {
        label: `${planes} planes ${h}×${w}, scale ${scaleH}×${scaleW}${
          bilinear ? ", bilinear" : ""
        }`,
        given: { planes, h, w, scaleH, scaleW, bilinear, dout },
        bounds: { dx: dx.map((sum) => error * sum) },
      };
    })
  );
}

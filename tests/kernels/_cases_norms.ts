/** Cases of batch and group normalisation. */
import { average } from "../../kernels/definition/numbers.ts";
import { channelSets, groupSets } from "../../kernels/definition/norms.ts";
import { definition } from "../../kernels/definition/mod.ts";
import { bounds, type Case, type Draw, sumError } from "./_draw.ts";
import { poolGeometries, poolLabel, poolSizes } from "./_pools.ts";

const EPS = 1e-5;

/** Inputs as they come, far from zero (where `E[x²] - E[x]²` fails), and all equal. */
const KINDS = [
  { name: "", scale: 2, mean: 0.5 },
  { name: ", mean 1000", scale: 1, mean: 1000 },
  { name: ", constant", scale: 0, mean: 3 },
];

/** [n, c, s] of batch normalisation, with s = 1 for the plain and s > 1 for the spatial one. */
const BATCH_SHAPES = [
  [0, 3, 1],
  [3, 0, 1],
  [3, 2, 0],
  [1, 1, 1],
  [1, 5, 1],
  [2, 1, 1],
  [7, 13, 1],
  [61, 33, 1],
  [100, 100, 1],
  [3, 257, 1],
  [1, 3, 7],
  [5, 3, 16],
  [4, 17, 15],
  [2, 2, 121],
];

/** [n, g, cg, s] of group normalisation, layer normalisation among them. */
const GROUP_SHAPES = [
  [0, 2, 3, 4],
  [3, 2, 0, 4],
  [3, 2, 2, 0],
  [1, 1, 1, 1],
  [3, 1, 1, 1],
  [13, 1, 61, 1],
  [4, 1, 513, 1],
  [2, 3, 1, 16],
  [3, 2, 5, 7],
  [5, 4, 3, 9],
  [2, 1, 6, 64],
];

/** What one set of positions is normalised by, and how large the terms are that go into it. */
interface Normed {
  readonly set: readonly number[];
  readonly mean: number;
  readonly variance: number;
  /** Mean magnitude of the inputs. */
  readonly size: number;
}

function normed(x: Float64Array, sets: readonly (readonly number[])[]): Normed[] {
  return sets.map((set) => {
    const mean = average(set.map((p) => x[p]));
    const variance = average(set.map((p) => (x[p] - mean) ** 2));
    return { set, mean, variance, size: average(set.map((p) => Math.abs(x[p]))) };
  });
}

/**
 * Bounds of out, mean and variance. The mean is wrong by rounding its inputs; the deviations by
 * that and by rounding themselves; the variance, when summed in two passes, by a relative error
 * and the square of the mean's.
 */
function forwardBounds(
  draw: Draw,
  x: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  parts: readonly Normed[],
  channel: (p: number) => number,
): Record<string, Float64Array> {
  const out = new Float64Array(x.length);
  const meanErrors = parts.map(({ set, size }) => draw.eps * sumError(set.length) * size);
  parts.forEach(({ set, variance, size }) => {
    const error = draw.eps * (sumError(set.length) + 4);
    for (const p of set) {
      const scale = Math.abs(gamma[channel(p)]) / Math.sqrt(variance + EPS);
      out[p] = error * (scale * (Math.abs(x[p]) + size) + Math.abs(beta[channel(p)]));
    }
  });
  return {
    out,
    mean: Float64Array.from(meanErrors),
    variance: bounds(parts.length, (i) => {
      const { set, variance } = parts[i];
      return 2 * draw.eps * sumError(set.length) * variance + meanErrors[i] ** 2 + draw.tiny;
    }),
  };
}

/** Bounds of dx, dgamma and dbeta: sums of products of the given magnitudes. */
function backwardBounds(
  draw: Draw,
  dout: Float64Array,
  x: Float64Array,
  gamma: Float64Array,
  parts: readonly Normed[],
  channels: number,
  channel: (p: number) => number,
): Record<string, Float64Array> {
  const dx = new Float64Array(x.length);
  const dgamma = new Float64Array(channels);
  const dbeta = new Float64Array(channels);
  const terms = new Float64Array(channels);
  for (const { set, mean, variance } of parts) {
    const sigma = Math.sqrt(variance + EPS);
    const normal = (p: number) => (Math.abs(x[p]) + Math.abs(mean)) / sigma;
    const u = (p: number) => Math.abs(dout[p] * gamma[channel(p)]);
    const meanU = average(set.map(u));
    const meanProduct = average(set.map((p) => u(p) * normal(p)));
    const error = draw.eps * (sumError(set.length) + 8) / sigma;
    for (const p of set) {
      dx[p] = error * (u(p) + meanU + normal(p) * meanProduct) + draw.tiny;
      dgamma[channel(p)] += Math.abs(dout[p]) * normal(p);
      dbeta[channel(p)] += Math.abs(dout[p]);
      terms[channel(p)]++;
    }
  }
  return {
    dx,
    dgamma: dgamma.map((sum, j) => draw.eps * (sumError(terms[j]) + 4) * sum),
    dbeta: dbeta.map((sum, j) => draw.eps * sumError(terms[j]) * sum),
  };
}

function batchLabel([n, c, s]: number[], kind: string): string {
  return `n ${n}, c ${c}, s ${s}${kind}`;
}

/** Cases of `batchnormForward`. */
export function batchnormForwardCases(draw: Draw): Case[] {
  return KINDS.flatMap(({ name, scale, mean }) =>
    BATCH_SHAPES.map((shape) => {
      const [n, c, s] = shape;
      const x = draw.normal(n * c * s, scale, mean);
      const [gamma, beta] = [draw.normal(c), draw.normal(c)];
      const parts = normed(x, channelSets(n, c, s));
      const channel = (p: number) => Math.floor(p / s) % c;
      return {
        label: batchLabel(shape, name),
        given: { n, c, s, x, gamma, beta, eps: EPS },
        bounds: forwardBounds(draw, x, gamma, beta, parts, channel),
      };
    })
  );
}

/** Cases of `batchnormApply`. */
export function batchnormApplyCases(draw: Draw): Case[] {
  return BATCH_SHAPES.map((shape) => {
    const [n, c, s] = shape;
    const x = draw.normal(n * c * s, 2, 3);
    const [gamma, beta, mean] = [draw.normal(c), draw.normal(c), draw.normal(c, 1, 2)];
    const variance = draw.values(c, () => 0.1 + draw.uniform());
    const out = bounds(n * c * s, (p) => {
      const j = Math.floor(p / s) % c;
      const scale = Math.abs(gamma[j]) / Math.sqrt(variance[j] + EPS);
      const spread = Math.abs(x[p]) + Math.abs(mean[j]);
      return 8 * draw.eps * (scale * spread + Math.abs(beta[j]));
    });
    return {
      label: batchLabel(shape, ""),
      given: { n, c, s, x, gamma, beta, mean, variance, eps: EPS },
      bounds: { out },
    };
  });
}

/** Cases of `batchnormBackward`. */
export function batchnormBackwardCases(draw: Draw): Case[] {
  return [false, true].flatMap((train) =>
    BATCH_SHAPES.map((shape) => {
      const [n, c, s] = shape;
      const size = n * c * s;
      const x = draw.normal(size, 2, 0.5);
      const [dout, gamma] = [draw.normal(size), draw.normal(c)];
      const parts = normed(x, channelSets(n, c, s));
      const mean = draw.values(c, (j) => parts[j].mean);
      const variance = draw.values(c, (j) => parts[j].variance);
      const channel = (p: number) => Math.floor(p / s) % c;
      return {
        label: `${batchLabel(shape, "")}${train ? ", train" : ""}`,
        given: { n, c, s, dout, x, gamma, mean, variance, eps: EPS, train },
        bounds: backwardBounds(draw, dout, x, gamma, parts, c, channel),
      };
    })
  );
}

/** Cases of `batchnormReluForward`, which errs where batch normalisation does, and no more. */
export const batchnormReluForwardCases = batchnormForwardCases;

/** Cases of `batchnormReluBackward`. */
export function batchnormReluBackwardCases(draw: Draw): Case[] {
  return batchnormBackwardCases(draw).map(({ label, given, bounds }) => ({
    label,
    // Some of what ReLU puts out is 0; what is below cannot be, and is as good.
    given: {
      ...given,
      out: draw.values((given.x as Float64Array).length, () => draw.below(3) * (draw.below(3) - 1)),
    },
    bounds,
  }));
}

/** A pooling layer and what it reads: of normalised images. */
function pooled(draw: Draw) {
  return poolGeometries(draw).map((g) => {
    const [sizes, sets] = [poolSizes(g), channelSets(g.n, g.c, g.h * g.w)];
    const x = draw.normal(sizes.x, 2, 0.5);
    const [gamma, beta] = [draw.normal(g.c), draw.normal(g.c)];
    const channel = (p: number) => Math.floor(p / (g.h * g.w)) % g.c;
    return { g, sizes, x, gamma, beta, parts: normed(x, sets), channel };
  });
}

/** Cases of `batchnormReluMaxPoolForward`. */
export function batchnormReluMaxPoolForwardCases(draw: Draw): Case[] {
  return pooled(draw).map(({ g, sizes, x, gamma, beta, parts, channel }) => {
    const all = forwardBounds(draw, x, gamma, beta, parts, channel);
    const plane = g.outH * g.outW;
    const out = bounds(sizes.out, (o) => {
      const start = Math.floor(o / plane) * g.h * g.w;
      return Math.max(...all.out.subarray(start, start + g.h * g.w));
    });
    return {
      label: poolLabel(g),
      given: { g, x, gamma, beta, eps: EPS },
      bounds: { ...all, out, argmax: 0 },
    };
  });
}

/** Cases of `batchnormReluMaxPoolBackward`. */
export function batchnormReluMaxPoolBackwardCases(draw: Draw): Case[] {
  return pooled(draw).flatMap(({ g, sizes, x, gamma, beta, parts, channel }) =>
    [false, true].map((train) => {
      const [out, argmax] = [new Float64Array(sizes.out), new Int32Array(sizes.out)];
      const statistics = [new Float64Array(g.c), new Float64Array(g.c)] as const;
      definition.batchnormReluMaxPoolForward(g, x, gamma, beta, EPS, out, argmax, ...statistics);
      const dout = draw.normal(sizes.out);
      const upstream = new Float64Array(sizes.x);
      definition.maxPoolBackward(g, dout.map(Math.abs), argmax, upstream);
      const mean = draw.values(g.c, (j) => parts[j].mean);
      const variance = draw.values(g.c, (j) => parts[j].variance);
      return {
        label: `${poolLabel(g)}${train ? ", train" : ""}`,
        given: {
          ...{ g, dout, out: draw.values(sizes.out, (o) => out[o]), argmax, x, gamma },
          ...{ mean, variance, eps: EPS, train },
        },
        bounds: backwardBounds(draw, upstream, x, gamma, parts, g.c, channel),
      };
    })
  );
}

/** Cases of `groupnormForward`. */
export function groupnormForwardCases(draw: Draw): Case[] {
  return KINDS.flatMap(({ name, scale, mean }) =>
    GROUP_SHAPES.map(([n, g, cg, s]) => {
      const size = n * g * cg * s;
      const x = draw.normal(size, scale, mean);
      const [gamma, beta] = [draw.normal(g * cg), draw.normal(g * cg)];
      const parts = normed(x, groupSets(n, g, cg, s));
      const channel = (p: number) => Math.floor(p / s) % (g * cg);
      return {
        label: `n ${n}, g ${g}, cg ${cg}, s ${s}${name}`,
        given: { n, g, cg, s, x, gamma, beta, eps: EPS },
        bounds: forwardBounds(draw, x, gamma, beta, parts, channel),
      };
    })
  );
}

/** Cases of `groupnormBackward`. */
export function groupnormBackwardCases(draw: Draw): Case[] {
  return GROUP_SHAPES.map(([n, g, cg, s]) => {
    const size = n * g * cg * s;
    const channels = g * cg;
    const x = draw.normal(size, 2, 0.5);
    const [dout, gamma] = [draw.normal(size), draw.normal(channels)];
    const parts = normed(x, groupSets(n, g, cg, s));
    const mean = draw.values(n * g, (i) => parts[i].mean);
    const variance = draw.values(n * g, (i) => parts[i].variance);
    const channel = (p: number) => Math.floor(p / s) % channels;
    return {
      label: `n ${n}, g ${g}, cg ${cg}, s ${s}`,
      given: { n, g, cg, s, dout, x, gamma, mean, variance, eps: EPS },
      bounds: backwardBounds(draw, dout, x, gamma, parts, channels, channel),
    };
  });
}

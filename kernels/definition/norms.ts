/**
 * What the normalisations compute.
 *
 * @module
 */
import type { FloatArray, Kernels } from "../types.ts";
import { elementwise } from "./elementwise.ts";
import { images } from "./images.ts";
import { average, range } from "./numbers.ts";

/** The positions in (n, c, s) that each channel is normalised over. */
export function channelSets(n: number, c: number, s: number): number[][] {
  return range(c).map((j) => range(n).flatMap((i) => range(s).map((p) => (i * c + j) * s + p)));
}

/** The positions in (n, g, cg, s) that each group is normalised over. */
export function groupSets(n: number, g: number, cg: number, s: number): number[][] {
  return range(n * g).map((group) => range(cg * s).map((p) => group * cg * s + p));
}

function statistics(x: FloatArray, set: readonly number[]): [mean: number, variance: number] {
  const mean = average(set.map((p) => x[p]));
  return [mean, average(set.map((p) => (x[p] - mean) ** 2))];
}

/** Gradient of one normalised set, through the whole Jacobian of the normalisation. */
function normBackward(
  set: readonly number[],
  u: (position: number) => number,
  x: FloatArray,
  mean: number,
  variance: number,
  eps: number,
  train: boolean,
  dx: FloatArray,
): void {
  const sigma = Math.sqrt(variance + eps);
  const count = set.length;
  for (const i of set) {
    let sum = 0;
    for (const j of set) {
      const direct = i === j ? 1 : 0;
      const indirect = 1 / count + (x[i] - mean) * (x[j] - mean) / (sigma * sigma * count);
      sum += u(j) * (train ? direct - indirect : direct) / sigma;
    }
    dx[i] = sum;
  }
}

/** What the normalisations compute. */
export const norms = {
  batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance) {
    channelSets(n, c, s).forEach((set, j) => {
      [mean[j], variance[j]] = statistics(x, set);
      for (const p of set) {
        out[p] = gamma[j] * (x[p] - mean[j]) / Math.sqrt(variance[j] + eps) + beta[j];
      }
    });
  },

  batchnormApply(n, c, s, x, gamma, beta, mean, variance, eps, out) {
    channelSets(n, c, s).forEach((set, j) => {
      for (const p of set) {
        out[p] = gamma[j] * (x[p] - mean[j]) / Math.sqrt(variance[j] + eps) + beta[j];
      }
    });
  },

  batchnormBackward(n, c, s, dout, x, gamma, mean, variance, eps, train, dx, dgamma, dbeta) {
    channelSets(n, c, s).forEach((set, j) => {
      dgamma[j] = dbeta[j] = 0;
      for (const p of set) {
        dgamma[j] += dout[p] * (x[p] - mean[j]) / Math.sqrt(variance[j] + eps);
        dbeta[j] += dout[p];
      }
      const u = (p: number) => dout[p] * gamma[j];
      normBackward(set, u, x, mean[j], variance[j], eps, train, dx);
    });
  },

  batchnormReluForward(n, c, s, x, gamma, beta, eps, out, mean, variance) {
    norms.batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance);
    out.forEach((value, p) => out[p] = Math.max(0, value));
  },

  batchnormReluBackward(n, c, s, dout, out, x, gamma, mean, variance, eps, train, ...gradients) {
    const u = dout.map((value, p) => out[p] > 0 ? value : 0);
    norms.batchnormBackward(n, c, s, u, x, gamma, mean, variance, eps, train, ...gradients);
  },

  batchnormReluMaxPoolForward(g, x, gamma, beta, eps, out, argmax, mean, variance) {
    const active = x.slice();
    norms.batchnormReluForward(g.n, g.c, g.h * g.w, x, gamma, beta, eps, active, mean, variance);
    images.maxPoolForward(g, active, out, argmax);
  },

  batchnormReluMaxPoolBackward(
    g,
    dout,
    out,
    argmax,
    x,
    gamma,
    mean,
    variance,
    eps,
    train,
    ...rest
  ) {
    const pooled = dout.slice();
    elementwise.reluBackward(dout, out, pooled);
    const u = x.slice();
    images.maxPoolBackward(g, pooled, argmax, u);
    norms.batchnormBackward(g.n, g.c, g.h * g.w, u, x, gamma, mean, variance, eps, train, ...rest);
  },

  groupnormForward(n, g, cg, s, x, gamma, beta, eps, out, mean, variance) {
    groupSets(n, g, cg, s).forEach((set, group) => {
      [mean[group], variance[group]] = statistics(x, set);
      for (const p of set) {
        const j = Math.floor(p / s) % (g * cg);
        const normal = (x[p] - mean[group]) / Math.sqrt(variance[group] + eps);
        out[p] = gamma[j] * normal + beta[j];
      }
    });
  },

  groupnormBackward(n, g, cg, s, dout, x, gamma, mean, variance, eps, dx, dgamma, dbeta) {
    dgamma.fill(0);
    dbeta.fill(0);
    const channel = (p: number) => Math.floor(p / s) % (g * cg);
    groupSets(n, g, cg, s).forEach((set, group) => {
      for (const p of set) {
        const normal = (x[p] - mean[group]) / Math.sqrt(variance[group] + eps);
        dgamma[channel(p)] += dout[p] * normal;
        dbeta[channel(p)] += dout[p];
      }
      const u = (p: number) => dout[p] * gamma[channel(p)];
      normBackward(set, u, x, mean[group], variance[group], eps, true, dx);
    });
  },
} satisfies Partial<Kernels>;

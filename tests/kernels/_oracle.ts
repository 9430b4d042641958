/**
 * Every kernel once more, as the shortest loops that follow the definition, in float64. Slow, and
 * written without looking at any implementation: the conformance suite compares them all with it.
 */
import type { ConvGeometry, FloatArray, Kernels, PoolGeometry } from "../../kernels/types.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Calls `visit` for every product of a convolution, with the three positions it involves. */
function forEachTap(
  g: ConvGeometry,
  visit: (out: number, x: number, w: number) => void,
): void {
  const inGroup = g.c / g.groups;
  const outGroup = g.f / g.groups;
  for (let n = 0; n < g.n; n++) {
    for (let f = 0; f < g.f; f++) {
      for (let i = 0; i < g.outH; i++) {
        for (let j = 0; j < g.outW; j++) {
          const out = ((n * g.f + f) * g.outH + i) * g.outW + j;
          for (let c = 0; c < inGroup; c++) {
            const channel = Math.floor(f / outGroup) * inGroup + c;
            for (let u = 0; u < g.kh; u++) {
              for (let v = 0; v < g.kw; v++) {
                const row = i * g.strideH + u * g.dilationH - g.padH;
                const column = j * g.strideW + v * g.dilationW - g.padW;
                if (row < 0 || row >= g.h || column < 0 || column >= g.w) continue;
                const x = ((n * g.c + channel) * g.h + row) * g.w + column;
                visit(out, x, ((f * inGroup + c) * g.kh + u) * g.kw + v);
              }
            }
          }
        }
      }
    }
  }
}

/** Calls `visit` for every window of a pooling layer, with the positions it covers. */
function forEachWindow(
  g: PoolGeometry,
  visit: (out: number, plane: number, positions: number[]) => void,
): void {
  for (let plane = 0; plane < g.n * g.c; plane++) {
    for (let i = 0; i < g.outH; i++) {
      for (let j = 0; j < g.outW; j++) {
        const positions = range(g.kh).flatMap((u) =>
          range(g.kw).map((v) => (i * g.strideH + u) * g.w + j * g.strideW + v)
        );
        visit((plane * g.outH + i) * g.outW + j, plane * g.h * g.w, positions);
      }
    }
  }
}

/** The positions in (n, c, s) that each channel is normalised over. */
export function channelSets(n: number, c: number, s: number): number[][] {
  return range(c).map((j) => range(n).flatMap((i) => range(s).map((p) => (i * c + j) * s + p)));
}

/** The positions in (n, g, cg, s) that each group is normalised over. */
export function groupSets(n: number, g: number, cg: number, s: number): number[][] {
  return range(n * g).map((group) => range(cg * s).map((p) => group * cg * s + p));
}

/** Mean of the given numbers, 0 if there are none. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
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

/** The oracle, with the signatures of the table, for Float64Arrays. */
export const oracle: Kernels = {
  gemm(transA, transB, m, n, k, a, b, beta, c) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = beta === 1 ? c[i * n + j] : 0;
        for (let p = 0; p < k; p++) {
          sum += a[transA ? p * m + i : i * k + p] * b[transB ? j * k + p : p * n + j];
        }
        c[i * n + j] = sum;
      }
    }
  },

  affine(n, d, m, x, w, b, relu, out) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        let sum = b[j];
        for (let p = 0; p < d; p++) sum += x[i * d + p] * w[p * m + j];
        out[i * m + j] = relu ? Math.max(0, sum) : sum;
      }
    }
  },

  sumRows(n, m, x, out) {
    out.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) out[j] += x[i * m + j];
    }
  },

  reluForward(x, out) {
    x.forEach((value, i) => out[i] = Math.max(0, value));
  },

  reluBackward(dout, x, dx) {
    x.forEach((value, i) => dx[i] = value > 0 ? dout[i] : 0);
  },

  maskScale(x, mask, scale, out) {
    mask.forEach((keep, i) => out[i] = keep ? x[i] * scale : 0);
  },

  keepMask(key, position, p, mask) {
    const word = () => {
      if (position === 624) {
        for (let i = 0; i < 624; i++) {
          const y = (key[i] & 0x80000000) | (key[(i + 1) % 624] & 0x7fffffff);
          key[i] = key[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        position = 0;
      }
      let y = key[position++];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
    for (let i = 0; i < mask.length; i++) {
      const high = word() >>> 5;
      mask[i] = (high * 2 ** 26 + (word() >>> 6)) / 2 ** 53 < p ? 1 : 0;
    }
    return position;
  },

  addScaled(alpha, x, y) {
    x.forEach((value, i) => y[i] += alpha * value);
  },

  sumSquares(x) {
    // With what each addition rounds off (Knuth): squares of float32 round the same way too often.
    let sum = 0;
    let lost = 0;
    for (const value of x) {
      const square = value ** 2;
      const next = sum + square;
      const added = next - sum;
      lost += (sum - (next - added)) + (square - added);
      sum = next;
    }
    return sum + lost;
  },

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

  softmaxLoss(n, c, x, y, dx) {
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const row = Array.from(x.subarray(i * c, (i + 1) * c));
      const max = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - max), 0);
      loss -= row[y[i]] - max - Math.log(sum);
      row.forEach((value, j) => {
        dx[i * c + j] = (Math.exp(value - max) / sum - (j === y[i] ? 1 : 0)) / n;
      });
    }
    return n === 0 ? 0 : loss / n;
  },

  svmLoss(n, c, x, y, dx) {
    let loss = 0;
    dx.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < c; j++) {
        const margin = x[i * c + j] - x[i * c + y[i]] + 1;
        if (j === y[i] || margin <= 0) continue;
        loss += margin;
        dx[i * c + j] += 1 / n;
        dx[i * c + y[i]] -= 1 / n;
      }
    }
    return n === 0 ? 0 : loss / n;
  },

  convForward(g, x, w, b, relu, out) {
    const plane = g.outH * g.outW;
    out.forEach((_, i) => out[i] = b === null ? 0 : b[Math.floor(i / plane) % g.f]);
    forEachTap(g, (o, i, t) => out[o] += x[i] * w[t]);
    if (relu) out.forEach((value, i) => out[i] = Math.max(0, value));
  },

  convBackwardData(g, dout, w, dx) {
    dx.fill(0);
    forEachTap(g, (o, i, t) => dx[i] += dout[o] * w[t]);
  },

  convBackwardWeights(g, dout, x, dw, db) {
    dw.fill(0);
    forEachTap(g, (o, i, t) => dw[t] += dout[o] * x[i]);
    if (db === null) return;
    db.fill(0);
    const plane = g.outH * g.outW;
    dout.forEach((value, i) => db[Math.floor(i / plane) % g.f] += value);
  },

  maxPoolForward(g, x, out, argmax) {
    forEachWindow(g, (o, plane, positions) => {
      const max = Math.max(...positions.map((p) => x[plane + p]));
      argmax[o] = positions.find((p) => Object.is(x[plane + p], max) || x[plane + p] === max)!;
      out[o] = max;
    });
  },

  maxPoolBackward(g, dout, argmax, dx) {
    dx.fill(0);
    forEachWindow(g, (o, plane) => dx[plane + argmax[o]] += dout[o]);
  },

  avgPoolForward(g, x, out) {
    forEachWindow(g, (o, plane, positions) => {
      out[o] = average(positions.map((p) => x[plane + p]));
    });
  },

  avgPoolBackward(g, dout, dx) {
    dx.fill(0);
    forEachWindow(g, (o, plane, positions) => {
      for (const p of positions) dx[plane + p] += dout[o] / positions.length;
    });
  },

  sgdStep(w, dw, learningRate) {
    dw.forEach((gradient, i) => w[i] -= learningRate * gradient);
  },

  momentumStep(w, dw, v, learningRate, momentum) {
    dw.forEach((gradient, i) => {
      v[i] = momentum * v[i] - learningRate * gradient;
      w[i] += v[i];
    });
  },

  nesterovStep(w, dw, v, learningRate, momentum) {
    dw.forEach((gradient, i) => {
      const previous = v[i];
      v[i] = momentum * v[i] - learningRate * gradient;
      w[i] += -momentum * previous + (1 + momentum) * v[i];
    });
  },

  rmspropStep(w, dw, cache, learningRate, decayRate, epsilon) {
    dw.forEach((gradient, i) => {
      cache[i] = decayRate * cache[i] + (1 - decayRate) * gradient ** 2;
      w[i] -= learningRate * gradient / (Math.sqrt(cache[i]) + epsilon);
    });
  },

  adamStep(w, dw, m, v, learningRate, beta1, beta2, epsilon, t) {
    dw.forEach((gradient, i) => {
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
      const mean = m[i] / (1 - beta1 ** t);
      const spread = v[i] / (1 - beta2 ** t);
      w[i] -= learningRate * mean / (Math.sqrt(spread) + epsilon);
    });
  },
};

/** Cases of the losses and the update steps. */
import { bounds, type Case, type Draw, SIZES, sumError } from "./_draw.ts";

/** Rows and classes: one class, the course's ten, and widths that do not fill a vector. */
const SHAPES = [[0, 10], [1, 1], [1, 2], [5, 1], [3, 10], [7, 17], [50, 10], [101, 3], [4, 1000]];

/** Cases of `softmaxLoss`. */
export function softmaxLossCases(draw: Draw): Case[] {
  return [1, 0, 50, 5000].flatMap((scale) =>
    SHAPES.map(([n, c]) => {
      const x = draw.normal(n * c, scale);
      const y = draw.labels(n, c);
      // A probability is wrong by the rounding of its exponent, of exp itself and of the sum.
      const dx = new Float64Array(n * c);
      let loss = 0;
      for (let i = 0; i < n; i++) {
        const row = x.subarray(i * c, (i + 1) * c);
        const max = Math.max(...row);
        const sum = row.reduce((total, value) => total + Math.exp(value - max), 0);
        row.forEach((value, j) => {
          const error = draw.eps * (sumError(c) + 8 + 4 * (max - value));
          const probability = Math.exp(value - max) / sum;
          const hit = j === y[i] ? 1 : 0;
          dx[i * c + j] = (error * (probability + hit) + draw.tiny) / n;
          loss += error * (probability + hit) / n;
        });
      }
      return {
        label: `n ${n}, c ${c}, scale ${scale}`,
        given: { n, c, x, y },
        bounds: { dx, result: loss },
      };
    })
  );
}

/** Cases of `svmLoss`. */
export function svmLossCases(draw: Draw): Case[] {
  return SHAPES.map(([n, c]) => {
    // Multiples of 1/4, so that margins are exact in either type and are often exactly 0.
    const x = draw.values(n * c, () => draw.below(17) / 4 - 2);
    const y = draw.labels(n, c);
    const violations = n === 0 ? 0 : 5 * c;
    return {
      label: `n ${n}, c ${c}`,
      given: { n, c, x, y },
      bounds: {
        dx: bounds(n * c, (p) => 2 * draw.eps * (p % c === y[Math.floor(p / c)] ? c : 1) / n),
        result: draw.eps * sumError(n * c) * violations,
      },
    };
  });
}

const LENGTHS = [...SIZES, 1000, 4099];

/** What an update step reads: parameters and gradients, some of them exactly zero. */
function parameters(draw: Draw, length: number) {
  const w = draw.normal(length);
  const data = draw.normal(length, 0.1);
  const dw = draw.values(length, (i) => draw.below(5) === 0 ? 0 : data[i]);
  return { w, dw };
}

/** Cases of `sgdStep`. */
export function sgdStepCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const { w, dw } = parameters(draw, length);
    const rate = 1e-2;
    const size = (i: number) => Math.abs(w[i]) + Math.abs(rate * dw[i]);
    return {
      label: `length ${length}`,
      given: { w, dw, learningRate: rate },
      bounds: { w: bounds(length, (i) => 2 * draw.eps * size(i)) },
    };
  });
}

/** Cases of `momentumStep`. */
export function momentumStepCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const { w, dw } = parameters(draw, length);
    const v = draw.normal(length, 0.01);
    const [rate, momentum] = [1e-2, 0.9];
    const move = (i: number) => Math.abs(momentum * v[i]) + Math.abs(rate * dw[i]);
    return {
      label: `length ${length}`,
      given: { w, dw, v, learningRate: rate, momentum },
      bounds: {
        w: bounds(length, (i) => 2 * draw.eps * (Math.abs(w[i]) + 2 * move(i))),
        v: bounds(length, (i) => 2 * draw.eps * move(i)),
      },
    };
  });
}

/** Cases of `nesterovStep`. */
export function nesterovStepCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const { w, dw } = parameters(draw, length);
    const v = draw.normal(length, 0.01);
    const [rate, momentum] = [1e-2, 0.9];
    const move = (i: number) => Math.abs(momentum * v[i]) + Math.abs(rate * dw[i]);
    return {
      label: `length ${length}`,
      given: { w, dw, v, learningRate: rate, momentum },
      bounds: {
        w: bounds(length, (i) => 2 * draw.eps * (Math.abs(w[i]) + 4 * move(i))),
        v: bounds(length, (i) => 2 * draw.eps * move(i)),
      },
    };
  });
}

/** Cases of `rmspropStep`. */
export function rmspropStepCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const { w, dw } = parameters(draw, length);
    // Some averages start at 0, as all of them do in the first step.
    const cache = draw.values(length, () => draw.below(3) === 0 ? 0 : draw.uniform());
    const [rate, decay, epsilon] = [1e-2, 0.99, 1e-8];
    const next = (i: number) => decay * cache[i] + (1 - decay) * dw[i] ** 2;
    const step = (i: number) => rate * Math.abs(dw[i]) / (Math.sqrt(next(i)) + epsilon);
    return {
      label: `length ${length}`,
      given: { w, dw, cache, learningRate: rate, decayRate: decay, epsilon },
      bounds: {
        w: bounds(length, (i) => 2 * draw.eps * (Math.abs(w[i]) + 4 * step(i))),
        cache: bounds(length, (i) => 4 * draw.eps * next(i) + draw.tiny),
      },
    };
  });
}

/** Cases of `adamStep`: first steps, where the corrections are large, and late ones. */
export function adamStepCases(draw: Draw): Case[] {
  return [1, 2, 10, 100_000].flatMap((t) =>
    LENGTHS.map((length) => {
      const { w, dw } = parameters(draw, length);
      const m = t === 1 ? draw.values(length, () => 0) : draw.normal(length, 0.1);
      const v = t === 1
        ? draw.values(length, () => 0)
        : draw.values(length, () => draw.uniform() / 100);
      const [rate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-8];
      const first = (i: number) => beta1 * Math.abs(m[i]) + (1 - beta1) * Math.abs(dw[i]);
      const second = (i: number) => beta2 * v[i] + (1 - beta2) * dw[i] ** 2;
      const step = (i: number) =>
        rate * first(i) / (1 - beta1 ** t) / (Math.sqrt(second(i) / (1 - beta2 ** t)) + epsilon);
      return {
        label: `t ${t}, length ${length}`,
        given: { w, dw, m, v, learningRate: rate, beta1, beta2, epsilon, t },
        bounds: {
          w: bounds(length, (i) => 2 * draw.eps * (Math.abs(w[i]) + 6 * step(i))),
          m: bounds(length, (i) => 4 * draw.eps * first(i)),
          v: bounds(length, (i) => 4 * draw.eps * second(i) + draw.tiny),
        },
      };
    })
  );
}

/** Cases of the matrix products and the elementwise kernels. */
import { RandomState } from "../../random/mod.ts";
import { absolute, bounds, type Case, type Draw, SIZES, sumError } from "./_draw.ts";
import { definition } from "../../kernels/definition/mod.ts";

function gemmCase(
  draw: Draw,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  beta: 0 | 1,
): Case {
  const a = draw.normal(m * k);
  const b = draw.normal(k * n);
  const c = beta === 1 ? draw.normal(m * n) : new Float64Array(m * n).fill(NaN);
  const magnitude = absolute(c);
  definition.gemm(transA, transB, m, n, k, absolute(a), absolute(b), beta, magnitude);
  const error = draw.eps * sumError(k);
  const letters = `${transA ? "Aᵀ" : "A"}·${transB ? "Bᵀ" : "B"}`;
  return {
    label: `${letters}, m ${m}, n ${n}, k ${k}, beta ${beta}`,
    given: { transA, transB, m, n, k, a, b, beta, c },
    bounds: { c: magnitude.map((value) => error * value) },
  };
}

/** Around the sizes at which products are cut into blocks, one dimension at a time. */
const EDGES = [63, 65, 127, 128, 129, 255, 256, 257, 384, 511, 513, 1025];

/** Cases of `gemm`. */
export function gemmCases(draw: Draw): Case[] {
  const cases: Case[] = [];
  const flags = [false, true];
  for (const transA of flags) {
    for (const transB of flags) {
      for (const beta of [0, 1] as const) {
        for (const [m, n, k] of [[0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [2, 3, 4]]) {
          cases.push(gemmCase(draw, transA, transB, m, n, k, beta));
        }
        for (let i = 0; i < 30; i++) {
          const [m, n, k] = [draw.pick(SIZES), draw.pick(SIZES), draw.pick(SIZES)];
          cases.push(gemmCase(draw, transA, transB, m, n, k, beta));
        }
      }
      for (const edge of EDGES) {
        const beta = draw.pick([0, 1] as const);
        cases.push(gemmCase(draw, transA, transB, edge, 1 + draw.below(9), 5, beta));
        cases.push(gemmCase(draw, transA, transB, 1 + draw.below(9), edge, 5, beta));
        cases.push(gemmCase(draw, transA, transB, 1 + draw.below(9), 7, edge, beta));
      }
      cases.push(gemmCase(draw, transA, transB, 19, 21, 3072, 0));
      cases.push(gemmCase(draw, transA, transB, 131, 139, 149, 1));
      cases.push(gemmCase(draw, transA, transB, 1, 10, 20011, 0));
    }
  }
  cases.push(gemmCase(draw, false, false, 100, 100, 3072, 0));
  cases.push(gemmCase(draw, true, false, 3072, 10, 100, 0));
  cases.push(gemmCase(draw, false, true, 100, 3072, 10, 0));

  // Padding of the last rows, columns and steps must not spread NaN and infinity.
  for (const [m, n, k] of [[5, 7, 9], [17, 19, 33], [66, 67, 70]]) {
    const test = gemmCase(draw, false, false, m, n, k, 0);
    const { a, b } = test.given as { a: Float64Array; b: Float64Array };
    a[m * k - 1] = NaN;
    b[n - 1] = Infinity;
    cases.push({ ...test, label: `${test.label}, NaN and infinity` });
  }
  return cases;
}

/** Cases of `gemmBatched`: planes of their own, one for all, and ones that begin again. */
export function gemmBatchedCases(draw: Draw): Case[] {
  const shapes = [[2, 2, 3, 1], [5, 5, 5, 4], [40, 16, 16, 16], [9, 64, 48, 33], [3, 90, 90, 90]];
  shapes.push([0, 3, 4, 5], [4, 0, 3, 5], [4, 3, 0, 5], [3, 4, 5, 0], [2, 150, 170, 160]);
  for (let i = 0; i < 12; i++) {
    shapes.push([draw.below(9), draw.pick(SIZES), draw.pick(SIZES), draw.pick(SIZES)]);
  }
  return shapes.flatMap(([planes, m, n, k], i) =>
    [[planes, planes], [1, planes], [planes, 1], [2, 3]].map(([planesA, planesB], j) => {
      const [transA, transB] = [(i + j) % 2 === 1, (i + (j >> 1)) % 2 === 1];
      const beta = draw.pick([0, 1] as const);
      const [a, b] = [draw.normal(planesA * m * k), draw.normal(planesB * k * n)];
      const c = beta === 1
        ? draw.normal(planes * m * n)
        : new Float64Array(planes * m * n).fill(NaN);
      const given = { transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c };
      const magnitude = absolute(c);
      const [aa, ab] = [a, b].map(absolute);
      definition.gemmBatched(
        transA,
        transB,
        planes,
        planesA,
        planesB,
        m,
        n,
        k,
        aa,
        ab,
        beta,
        magnitude,
      );
      const error = draw.eps * sumError(k);
      return {
        label: `${planes} planes of ${planesA} and ${planesB}, ${transA ? "Aᵀ" : "A"}·` +
          `${transB ? "Bᵀ" : "B"}, m ${m}, n ${n}, k ${k}, beta ${beta}`,
        given,
        bounds: { c: magnitude.map((value) => error * value) },
      };
    })
  );
}

/** Cases of `affine`. */
export function affineCases(draw: Draw): Case[] {
  const shapes = [[0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [100, 3072, 10], [7, 513, 101]];
  for (let i = 0; i < 30; i++) shapes.push([draw.pick(SIZES), draw.pick(SIZES), draw.pick(SIZES)]);
  return shapes.flatMap(([n, d, m]) =>
    [false, true].map((relu) => {
      const [x, w, b] = [draw.normal(n * d), draw.normal(d * m), draw.normal(m)];
      const magnitude = new Float64Array(n * m);
      const [ax, aw, ab] = [x, w, b].map(absolute);
      definition.affine(n, d, m, ax, aw, ab, false, magnitude);
      const error = draw.eps * sumError(d + 1);
      return {
        label: `n ${n}, d ${d}, m ${m}${relu ? ", relu" : ""}`,
        given: { n, d, m, x, w, b, relu },
        bounds: { out: magnitude.map((value) => error * value) },
      };
    })
  );
}

/** Cases of `sumRows`. */
export function sumRowsCases(draw: Draw): Case[] {
  const shapes = [[0, 5], [5, 0], [1, 1], [1, 100], [1001, 3], [100, 513]];
  for (let i = 0; i < 20; i++) shapes.push([draw.pick(SIZES), draw.pick(SIZES)]);
  return shapes.map(([n, m]) => {
    const x = draw.normal(n * m, 1, 3);
    const magnitude = new Float64Array(m);
    definition.sumRows(n, m, absolute(x), magnitude);
    const error = draw.eps * sumError(n);
    return {
      label: `n ${n}, m ${m}`,
      given: { n, m, x },
      bounds: { out: magnitude.map((value) => error * value) },
    };
  });
}

const LENGTHS = [...SIZES, 1000, 4099];

/** Values of both signs, among them exact zeros of both signs, NaN and infinities. */
function awkward(draw: Draw, length: number) {
  const special = [0, -0, NaN, Infinity, -Infinity, draw.tiny / 4, -draw.tiny / 4];
  const data = draw.normal(length);
  return draw.values(length, (i) => draw.below(4) === 0 ? draw.pick(special) : data[i]);
}

/** Cases of `reluForward`. */
export function reluForwardCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => ({
    label: `length ${length}`,
    given: { x: awkward(draw, length) },
    bounds: { out: 0 },
  }));
}

/** Cases of `reluBackward`. */
export function reluBackwardCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => ({
    label: `length ${length}`,
    given: { dout: draw.normal(length), x: awkward(draw, length) },
    bounds: { dx: 0 },
  }));
}

/** Cases of `maskScale`. */
export function maskScaleCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    // What was masked out leaves no trace, not even if it was NaN.
    const mask = new Uint8Array(length).map(() => draw.below(2));
    const data = draw.normal(length);
    const x = draw.values(length, (i) => mask[i] === 0 && draw.below(8) === 0 ? NaN : data[i]);
    const scale = 1 / 0.9;
    const error = (i: number) => mask[i] === 0 ? 0 : 2 * draw.eps * Math.abs(scale * x[i]);
    return {
      label: `length ${length}`,
      given: { x, mask, scale },
      bounds: { out: bounds(length, error) },
    };
  });
}

/** Cases of `addScaled`. */
export function addScaledCases(draw: Draw): Case[] {
  return LENGTHS.map((length) => {
    const [x, y] = [draw.normal(length), draw.normal(length)];
    const alpha = -1 / 3;
    return {
      label: `length ${length}`,
      given: { alpha, x, y },
      bounds: {
        y: bounds(length, (i) => 2 * draw.eps * (Math.abs(y[i]) + Math.abs(alpha * x[i]))),
      },
    };
  });
}

/** Cases of `sumSquares`. The sum is a float64, whatever the type of its terms. */
export function sumSquaresCases(draw: Draw): Case[] {
  return [...LENGTHS, 100_003].map((length) => {
    const x = draw.normal(length);
    return {
      label: `length ${length}`,
      given: { x },
      bounds: { result: 2 ** -52 * sumError(length) * definition.sumSquares(x) },
    };
  });
}

export function keepMaskCases(draw: Draw): Case[] {
  return [0, 1, 2, 311, 312, 313, 624, 5000].flatMap((length) =>
    [0, 1, 622, 623, 624].flatMap((position) => {
      const key = new Int32Array(624).map(() => draw.below(2 ** 32) | 0);
      const state = { key: Uint32Array.from(key), pos: position, hasGauss: false, gauss: 0 };
      const rng = new RandomState(0);
      rng.setState(state);
      // One of the doubles drawn, and the next number above it: the last bit decides.
      const drawn = rng.rand(3).data[draw.below(3)];
      return [0, 1, 0.9, draw.uniform(), drawn, drawn + 2 ** -53].map((p) => ({
        label: `length ${length}, position ${position}, p ${p}`,
        given: { key, position, p, mask: new Uint8Array(length).fill(7) },
        bounds: { key: 0, mask: 0, result: 0 },
      }));
    })
  );
}

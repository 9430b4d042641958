/**
 * Times the kernels on every table present, at the sizes that training meets:
 * `deno bench -A bench/kernels_bench.ts`, with `--filter gemm` and the like for a part of it.
 *
 * Groups named after a network hold the calls of one training step of it: FullyConnectedNet
 * 3072-100-100-100-10 at batch 100, and ThreeLayerConvNet with 32 filters of 7×7 and 100 hidden
 * units at batch 50.
 */
import { type BackendName, kernels, useBackend } from "../kernels/mod.ts";
import type { ConvGeometry, PoolGeometry } from "../kernels/types.ts";
import { backends } from "../tests/kernels/_backends.ts";

const tables = (await backends()).filter(({ missing }) => missing === "").map(({ name }) => name);

/** Values in [-1, 1), the same in every run. */
function values(length: number): Float32Array {
  let state = 1;
  return new Float32Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function zeros(length: number): Float32Array {
  return new Float32Array(length);
}

/** Registers a benchmark for every table. */
function bench(group: string, work: () => void): void {
  for (const name of tables) {
    Deno.bench({
      name: `${name}: ${group}`,
      group,
      baseline: name === "reference",
      fn: () => {
        choose(name);
        work();
      },
    });
  }
}

let chosen: BackendName | undefined;

/** Loads a table before its first benchmark; later this costs a comparison. */
function choose(name: BackendName): void {
  if (chosen !== name) useBackend(chosen = name);
}

function gemm(title: string, transA: boolean, transB: boolean, m: number, n: number, k: number) {
  const [a, b, c] = [values(m * k), values(k * n), zeros(m * n)];
  bench(`gemm ${title}`, () => kernels.gemm(transA, transB, m, n, k, a, b, 0, c));
}

gemm("64³", false, false, 64, 64, 64);
gemm("512³", false, false, 512, 512, 512);
gemm("1024³", false, false, 1024, 1024, 1024);
gemm("100×3072 · 3072×100", false, false, 100, 100, 3072);
gemm("(100×3072)ᵀ · 100×100", true, false, 3072, 100, 100);
gemm("100×100 · (3072×100)ᵀ", false, true, 100, 3072, 100);
gemm("200×3072 · 3072×50", false, false, 200, 50, 3072);
gemm("2×4 · 4×3", false, false, 2, 3, 4);

fullyConnectedStep();
convolutionStep();

function fullyConnectedStep(): void {
  const n = 100;
  const title = (text: string) => `FullyConnectedNet: ${text}`;
  for (const [d, m] of [[3072, 100], [100, 100], [100, 10]]) {
    const [x, w, b, out, dw] = [
      values(n * d),
      values(d * m),
      values(m),
      zeros(n * m),
      zeros(d * m),
    ];
    bench(title(`affine ${d} to ${m}`), () => kernels.affine(n, d, m, x, w, b, false, out));
    bench(
      title(`affine ${d} to ${m}, dw`),
      () => kernels.gemm(true, false, d, m, n, x, out, 0, dw),
    );
    bench(
      title(`affine ${d} to ${m}, dx`),
      () => kernels.gemm(false, true, n, d, m, out, w, 0, x),
    );
  }
  const [c, size] = [100, n * 100];
  const [x, dout, out] = [values(size), values(size), zeros(size)];
  const [gamma, beta, mean, variance] = [values(c), values(c), zeros(c), zeros(c)];
  bench(
    title("batchnormForward"),
    () => kernels.batchnormForward(n, c, 1, x, gamma, beta, 1e-5, out, mean, variance),
  );
  const [dgamma, dbeta] = [zeros(c), zeros(c)];
  const [centre, spread] = [zeros(c), zeros(c).fill(1)];
  bench(title("batchnormBackward"), () =>
    kernels.batchnormBackward(
      n,
      c,
      1,
      dout,
      x,
      gamma,
      centre,
      spread,
      1e-5,
      true,
      out,
      dgamma,
      dbeta,
    ));
  bench(title("reluForward"), () => kernels.reluForward(x, out));
  bench(title("reluBackward"), () => kernels.reluBackward(dout, x, out));
  const mask = new Uint8Array(size).map((_, i) => i % 10 === 0 ? 0 : 1);
  bench(title("maskScale"), () => kernels.maskScale(x, mask, 1 / 0.9, out));
  bench(title("sumRows"), () => kernels.sumRows(n, c, x, dbeta));
  const [scores, labels] = [values(n * 10), new Int32Array(n).map((_, i) => i % 10)];
  const dscores = zeros(n * 10);
  bench(title("softmaxLoss"), () => void kernels.softmaxLoss(n, 10, scores, labels, dscores));
  optimizers(title, 3072 * 100);
}

function optimizers(title: (text: string) => string, size: number): void {
  const [w, dw, m, v] = [values(size), values(size), zeros(size), zeros(size).fill(1)];
  bench(title("sgdStep on 3072×100"), () => kernels.sgdStep(w, dw, 1e-9));
  bench(title("momentumStep on 3072×100"), () => kernels.momentumStep(w, dw, m, 1e-9, 0.9));
  bench(title("nesterovStep on 3072×100"), () => kernels.nesterovStep(w, dw, m, 1e-9, 0.9));
  bench(title("rmspropStep on 3072×100"), () => kernels.rmspropStep(w, dw, v, 1e-9, 0.99, 1e-8));
  bench(
    title("adamStep on 3072×100"),
    () => kernels.adamStep(w, dw, m, v, 1e-9, 0.9, 0.999, 1e-8, 10),
  );
}

function convolutionStep(): void {
  const n = 50;
  const title = (text: string) => `ThreeLayerConvNet: ${text}`;
  const g: ConvGeometry = {
    n,
    c: 3,
    h: 32,
    w: 32,
    f: 32,
    kh: 7,
    kw: 7,
    strideH: 1,
    strideW: 1,
    padH: 3,
    padW: 3,
    dilationH: 1,
    dilationW: 1,
    groups: 1,
    outH: 32,
    outW: 32,
  };
  const planes = n * g.f * 32 * 32;
  const [x, w, b] = [values(n * 3 * 1024), values(g.f * 3 * 49), values(g.f)];
  const [out, dx, dw, db] = [values(planes), zeros(x.length), zeros(w.length), zeros(g.f)];
  bench(title("convForward, relu"), () => kernels.convForward(g, x, w, b, true, out));
  bench(title("convBackwardData"), () => kernels.convBackwardData(g, out, w, dx));
  bench(title("convBackwardWeights"), () => kernels.convBackwardWeights(g, out, x, dw, db));

  const pool: PoolGeometry = {
    n,
    c: 32,
    h: 32,
    w: 32,
    kh: 2,
    kw: 2,
    strideH: 2,
    strideW: 2,
    outH: 16,
    outW: 16,
  };
  const features = planes / 4;
  const [pooled, argmax, dpool] = [values(features), new Int32Array(features), zeros(planes)];
  bench(title("maxPoolForward"), () => kernels.maxPoolForward(pool, out, pooled, argmax));
  bench(title("maxPoolBackward"), () => kernels.maxPoolBackward(pool, pooled, argmax, dpool));
  bench(title("avgPoolForward"), () => kernels.avgPoolForward(pool, out, pooled));
  bench(title("avgPoolBackward"), () => kernels.avgPoolBackward(pool, pooled, dpool));
  bench(title("reluBackward"), () => kernels.reluBackward(dpool, out, dpool));

  const d = 32 * 16 * 16;
  const [hidden, weights, bias] = [zeros(n * 100), values(d * 100), values(100)];
  const dweights = zeros(d * 100);
  bench(
    title("affine 8192 to 100, relu"),
    () => kernels.affine(n, d, 100, pooled, weights, bias, true, hidden),
  );
  bench(
    title("affine 8192 to 100, dw"),
    () => kernels.gemm(true, false, d, 100, n, pooled, hidden, 0, dweights),
  );
  bench(
    title("affine 8192 to 100, dx"),
    () => kernels.gemm(false, true, n, d, 100, hidden, weights, 0, pooled),
  );

  const [gamma, beta, mean, variance] = [values(32), values(32), zeros(32), zeros(32)];
  bench(
    title("spatial batchnormForward"),
    () => kernels.batchnormForward(n, 32, 1024, out, gamma, beta, 1e-5, dpool, mean, variance),
  );
  const [dgamma, dbeta] = [zeros(32), zeros(32)];
  const [centre, spread] = [zeros(32), zeros(32).fill(1)];
  bench(title("spatial batchnormBackward"), () =>
    kernels.batchnormBackward(
      n,
      32,
      1024,
      out,
      out,
      gamma,
      centre,
      spread,
      1e-5,
      true,
      dpool,
      dgamma,
      dbeta,
    ));
  bench(title("spatial groupnormForward"), () =>
    kernels.groupnormForward(
      n,
      4,
      8,
      1024,
      out,
      gamma,
      beta,
      1e-5,
      dpool,
      zeros(n * 4),
      zeros(n * 4),
    ));
}

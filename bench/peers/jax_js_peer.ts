/** jax-js as a peer, on its wasm device: every training step is one compiled function. */
// deno-lint-ignore-file no-import-prefix -- of no concern outside of this file; deno.lock pins it
import {
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  random,
  valueAndGrad,
} from "npm:@jax-js/jax@0.1.25";
import type { NDArray } from "../../ndarray/mod.ts";
import { type PeerProgram, serve, type Step } from "./_serve.ts";
import { CannotDo } from "./peer_process.ts";
import type { NetSpec } from "./works.ts";

type Arrays = Record<string, np.Array>;

const [MOMENTUM, EPSILON, BETA1, BETA2, ADAM_EPSILON] = [0.9, 1e-5, 0.9, 0.999, 1e-8];

function wrap({ data, shape }: NDArray): np.Array {
  return np.array(new Float32Array(data)).reshape([...shape]);
}

/** Normalises over the batch; also returns the running statistics, moved on. */
function batchnorm(
  x: np.Array,
  gamma: np.Array,
  beta: np.Array,
  runningMean: np.Array,
  runningVar: np.Array,
): [out: np.Array, mean: np.Array, variance: np.Array] {
  const blend = (old: np.Array, value: np.Array) =>
    old.mul(MOMENTUM).add(lax.stopGradient(value).mul(1 - MOMENTUM));
  const mean = np.mean(x.ref, 0);
  const centred = x.sub(mean.ref);
  const variance = np.mean(np.square(centred.ref), 0);
  const normal = centred.div(np.sqrt(variance.ref.add(EPSILON)));
  return [normal.mul(gamma).add(beta), blend(runningMean, mean), blend(runningVar, variance)];
}

/** Scores, and the running statistics after the pass. */
type Scores = (params: Arrays, running: Arrays, X: np.Array, seed: np.Array) => [np.Array, Arrays];

function fullyConnected({ batch, hiddenDims, batchnorm: normalizes, keep }: NetSpec): Scores {
  return (p, running, X, seed) => {
    const moved: Arrays = {};
    let out = X;
    hiddenDims.forEach((width, index) => {
      const i = index + 1;
      out = np.matmul(out, p[`W${i}`]).add(p[`b${i}`]);
      if (normalizes) {
        const [mean, variance] = [`mean${i}`, `var${i}`];
        [out, moved[mean], moved[variance]] = batchnorm(
          out,
          p[`gamma${i}`],
          p[`beta${i}`],
          running[mean],
          running[variance],
        );
      }
      out = nn.relu(out);
      if (keep === 1) return;
      const key = random.key(seed.ref.add(np.array(i, { dtype: np.uint32 })));
      const mask = random.bernoulli(key, keep, [batch, width]);
      out = np.where(mask, out.mul(1 / keep), 0);
    });
    seed.dispose();
    const last = hiddenDims.length + 1;
    return [np.matmul(out, p[`W${last}`]).add(p[`b${last}`]), moved];
  };
}

function convolutional({ batch }: NetSpec, [f, , size]: readonly number[]): Scores {
  const pad: [number, number] = [size >> 1, size >> 1];
  return (p, _, X, seed) => {
    seed.dispose();
    const maps = nn.relu(lax.conv(X, p.W1, [1, 1], [pad, pad]).add(p.b1.reshape([f, 1, 1])));
    const side = maps.shape[2] / 2;
    const pooled = np.max(maps.reshape([batch, f, side, 2, side, 2]), [3, 5]);
    const hidden = nn.relu(np.matmul(pooled.reshape([batch, -1]), p.W2).add(p.b2));
    return [np.matmul(hidden, p.W3).add(p.b3), {}];
  };
}

function adam(
  w: np.Array,
  dw: np.Array,
  m: np.Array,
  v: np.Array,
  scale: np.Array[],
  rate: number,
) {
  const nextM = m.mul(BETA1).add(dw.ref.mul(1 - BETA1));
  const nextV = v.mul(BETA2).add(np.square(dw).mul(1 - BETA2));
  const root = np.sqrt(nextV.ref.mul(scale[1].ref)).add(ADAM_EPSILON);
  const step = nextM.ref.mul(scale[0].ref).div(root).mul(rate);
  return [w.sub(step), nextM, nextV];
}

function makeStep(
  spec: NetSpec,
  { X: images, y: labels, ...weights }: Record<string, NDArray>,
): Step {
  const scores = spec.net === "conv" ? convolutional(spec, weights.W1.shape) : fullyConnected(spec);
  const lossAndGrads = valueAndGrad(
    (p: Arrays, running: Arrays, X: np.Array, y: np.Array, seed: np.Array) => {
      const [out, moved] = scores(p, running, X, seed);
      return [np.mean(np.sum(nn.logSoftmax(out, 1).mul(y), 1)).neg(), moved];
    },
    { hasAux: true },
  );
  const names = Object.keys(weights);
  const usesAdam = spec.rule === "adam";
  const update = jit((
    state: { p: Arrays; m: Arrays; v: Arrays; running: Arrays },
    X: np.Array,
    y: np.Array,
    seed: np.Array,
    scale: np.Array[],
  ) => {
    const held = Object.fromEntries(names.map((name) => [name, state.p[name].ref]));
    const [[loss, running], grads] = lossAndGrads(held, state.running, X, y, seed) as unknown as [
      [np.Array, Arrays],
      Arrays,
    ];
    const next = { p: {} as Arrays, m: {} as Arrays, v: {} as Arrays, running };
    for (const name of names) {
      const [w, dw] = [state.p[name], grads[name]];
      if (usesAdam) {
        const { m, v } = state;
        [next.p[name], next.m[name], next.v[name]] = adam(
          w,
          dw,
          m[name],
          v[name],
          scale,
          spec.rate,
        );
      } else next.p[name] = w.sub(dw.mul(spec.rate));
    }
    for (const array of scale) array.dispose();
    return [loss, next] as const;
  });

  const X = wrap(images);
  const y = np.array(
    Float32Array.from(
      { length: spec.batch * 10 },
      (_, i) => labels.data[i / 10 | 0] === i % 10 ? 1 : 0,
    ),
  ).reshape([spec.batch, 10]);
  const fill = (value: (name: string) => np.Array) =>
    Object.fromEntries(names.map((name) => [name, value(name)]));
  const zeros = () => usesAdam ? fill((name) => np.zeros([...weights[name].shape])) : {};
  const running: Arrays = {};
  if (spec.batchnorm) {
    spec.hiddenDims.forEach((width, i) => {
      for (const name of ["mean", "var"]) running[`${name}${i + 1}`] = np.zeros([width]);
    });
  }
  let state = { p: fill((name) => wrap(weights[name])), m: zeros(), v: zeros(), running };
  let t = 0;
  return () => {
    t++;
    const scale = [1 / (1 - BETA1 ** t), 1 / (1 - BETA2 ** t)].map((value) => np.array(value));
    const seed = np.array(8 * t, { dtype: np.uint32 });
    const [loss, next] = update(state, X.ref, y.ref, seed, usesAdam ? scale : []);
    state = next as typeof state;
    return loss.item();
  };
}

const program: PeerProgram = {
  async describe() {
    const devices = await init("wasm");
    if (!devices.includes("wasm")) throw new CannotDo("no wasm device");
    defaultDevice("wasm");
    return { version: "0.1.25", detail: "device wasm", threads: 0 };
  },
  gemm({ transA, transB }, a, b) {
    const [x, y] = [wrap(a), wrap(b)];
    let out: np.Array | null = null;
    const product = jit((x: np.Array, y: np.Array) =>
      np.matmul(transA ? x.transpose() : x, transB ? y.transpose() : y)
    );
    return {
      async step() {
        out?.dispose();
        out = await product(x.ref, y.ref).blockUntilReady();
      },
      result: () => out!.ref.dataSync(),
    };
  },
  axpy() {
    throw new CannotDo("its arrays cannot be changed in place");
  },
  net(spec, arrays) {
    if (spec.net === "conv-net") throw new CannotDo("has no such network");
    return makeStep(spec, arrays);
  },
};

await serve(program);

/** TensorFlow.js as a peer, on the backend that the first argument names: `cpu` or `wasm`. */
// deno-lint-ignore-file no-import-prefix -- of no concern outside of this file; deno.lock pins it
import * as tf from "npm:@tensorflow/tfjs@4.22.0";
import { setWasmPaths } from "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
import type { NDArray } from "../../ndarray/mod.ts";
import { type PeerProgram, serve, type Step } from "./_serve.ts";
import { CannotDo } from "./peer_process.ts";
import type { NetSpec } from "./works.ts";

const backend = Deno.args[0];

/** Running statistics of a batch norm layer. */
interface Running {
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
}

type Variables = Record<string, tf.Variable>;

const MOMENTUM = 0.9;
const EPSILON = 1e-5;

function tensor(array: NDArray): tf.Tensor {
  const dtype = array.dtype === "int32" ? "int32" : "float32";
  return tf.tensor(array.data as Float32Array | Int32Array, [...array.shape], dtype);
}

function batchnorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, running: Running): tf.Tensor {
  const { mean, variance } = tf.moments(x, 0);
  const blend = (into: tf.Variable, value: tf.Tensor) =>
    into.assign(into.mul(MOMENTUM).add(value.mul(1 - MOMENTUM)));
  blend(running.mean, mean);
  blend(running.variance, variance);
  return tf.batchNorm(
    x,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    EPSILON,
  );
}

function fullyConnected(p: Variables, { hiddenDims, batchnorm: normalizes, keep }: NetSpec) {
  const running = hiddenDims.map((d): Running => ({
    mean: tf.variable(tf.zeros([d]), false),
    variance: tf.variable(tf.zeros([d]), false),
  }));
  return (X: tf.Tensor): tf.Tensor => {
    let out = X;
    hiddenDims.forEach((_, index) => {
      const i = index + 1;
      out = tf.add(tf.matMul(out as tf.Tensor2D, p[`W${i}`] as tf.Tensor2D), p[`b${i}`]);
      if (normalizes) out = batchnorm(out, p[`gamma${i}`], p[`beta${i}`], running[index]);
      out = tf.relu(out);
      if (keep < 1) out = tf.dropout(out, 1 - keep);
    });
    const last = hiddenDims.length + 1;
    return tf.add(tf.matMul(out as tf.Tensor2D, p[`W${last}`] as tf.Tensor2D), p[`b${last}`]);
  };
}

function convolutional(p: Variables) {
  return (X: tf.Tensor): tf.Tensor => {
    const maps = tf.relu(tf.add(tf.conv2d(X as tf.Tensor4D, p.W1 as tf.Tensor4D, 1, "same"), p.b1));
    const pooled = tf.maxPool(maps as tf.Tensor4D, 2, 2, "valid");
    const rows = tf.reshape(pooled, [X.shape[0], -1]);
    const hidden = tf.relu(tf.add(tf.matMul(rows, p.W2 as tf.Tensor2D), p.b2));
    return tf.add(tf.matMul(hidden, p.W3 as tf.Tensor2D), p.b3);
  };
}

/** Channels last, as its kernels want them: images, filters, and the rows of W2 that meet maps. */
function channelsLast(arrays: Record<string, NDArray>): Record<string, NDArray> {
  const { X, W1, W2 } = arrays;
  const [f, hidden] = [W1.shape[0], W2.shape[1]];
  const side = Math.sqrt(W2.shape[0] / f);
  return {
    ...arrays,
    X: X.transpose([0, 2, 3, 1]),
    W1: W1.transpose([2, 3, 1, 0]),
    W2: W2.reshape([f, side, side, hidden]).transpose([1, 2, 0, 3]).reshape(W2.shape),
  };
}

function makeStep(spec: NetSpec, given: Record<string, NDArray>): Step {
  const { X: images, y: labels, ...weights } = spec.net === "conv" ? channelsLast(given) : given;
  const variables = Object.fromEntries(
    Object.entries(weights).map(([name, array]) => [name, tf.variable(tensor(array))]),
  );
  const scores = spec.net === "conv" ? convolutional(variables) : fullyConnected(variables, spec);
  const X = tensor(images);
  const classes = weights[`b${spec.hiddenDims.length + (spec.net === "conv" ? 2 : 1)}`].size;
  const y = tf.oneHot(tensor(labels) as tf.Tensor1D, classes);
  const optimizer = spec.rule === "adam"
    ? tf.train.adam(spec.rate, 0.9, 0.999, 1e-8)
    : tf.train.sgd(spec.rate);
  const list = Object.values(variables);
  return () => {
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(y, scores(X)) as tf.Scalar,
      true,
      list,
    )!;
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  };
}

const program: PeerProgram = {
  async describe() {
    const packageFile = import.meta.resolve("npm:@tensorflow/tfjs-backend-wasm@4.22.0");
    setWasmPaths(new URL(".", packageFile).pathname);
    if (!await tf.setBackend(backend)) throw new CannotDo(`no backend ${backend}`);
    await tf.ready();
    const detail = `backend ${tf.getBackend()}`;
    return { version: tf.version_core, detail, threads: 0 };
  },
  gemm({ transA, transB }, a, b) {
    const [x, y] = [tensor(a) as tf.Tensor2D, tensor(b) as tf.Tensor2D];
    let out: tf.Tensor | null = null;
    return {
      step() {
        out?.dispose();
        out = tf.matMul(x, y, transA, transB);
      },
      result: () => out!.dataSync(),
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

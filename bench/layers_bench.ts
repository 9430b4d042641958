/**
 * Times layers and training steps on every kernel table present, through the public functions:
 * `deno bench -A bench/layers_bench.ts`. What a layer takes beyond its kernels, which
 * `kernels_bench.ts` times, is the price of its checks and of its fresh result arrays; training
 * steps draw theirs from a workspace, as in the Solver.
 */
import { type BackendName, useBackend, Workspace } from "../kernels/mod.ts";
import {
  affineBackward,
  affineForward,
  batchnormBackward,
  batchnormForward,
  convBackwardFast,
  convForwardFast,
  dropoutBackward,
  dropoutForward,
  layernormBackward,
  layernormForward,
  maxPoolBackwardFast,
  maxPoolForwardFast,
  reluBackward,
  reluForward,
  softmaxLoss,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
  svmLoss,
} from "../layers/mod.ts";
import { FullyConnectedNet, type Model, ThreeLayerConvNet, TwoLayerNet } from "../models/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { adam, type OptimConfig, sgd } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";
import { backends } from "../tests/kernels/_backends.ts";

const tables = (await backends()).filter(({ missing }) => missing === "").map(({ name }) => name);
const rng = new RandomState(0);
let chosen: BackendName | undefined;

/** Registers a benchmark for every table. */
function bench(group: string, work: () => unknown): void {
  for (const name of tables) {
    Deno.bench({
      name: `${name}: ${group}`,
      group,
      baseline: name === "reference",
      fn: () => {
        if (chosen !== name) useBackend(chosen = name);
        work();
      },
    });
  }
}

/** Registers both passes of a layer; the backward one starts from one forward pass. */
function benchLayer<Cache>(
  title: string,
  forward: () => [out: NDArray, cache: Cache],
  backward: (dout: NDArray, cache: Cache) => unknown,
): void {
  bench(`${title}, forward`, forward);
  const [out, cache] = forward();
  bench(`${title}, backward`, () => backward(out, cache));
}

function draw(...shape: number[]): NDArray {
  return rng.randn(...shape).astype("float32");
}

function labels(n: number): NDArray {
  return asNDArray(new Int32Array(n).map((_, i) => i % 10), [n]);
}

plainLayers();
spatialLayers();
benchStep(
  "TwoLayerNet 3072-50-10, batch 200",
  () => new TwoLayerNet({ hiddenDim: 50, rng }),
  draw(200, 3072),
  sgd,
);
benchStep(
  "FullyConnectedNet 3072-100-100-100-10, batch norm, dropout, batch 100",
  () =>
    new FullyConnectedNet([100, 100, 100], {
      normalization: "batchnorm",
      dropoutKeepRatio: 0.9,
      rng,
    }),
  draw(100, 3072),
  adam,
);
benchStep(
  "ThreeLayerConvNet, 32 filters 7×7, batch 50",
  () => new ThreeLayerConvNet({ rng }),
  draw(50, 3, 32, 32),
  adam,
);

function plainLayers(): void {
  const [images, w, b] = [draw(100, 3, 32, 32), draw(3072, 100), draw(100)];
  benchLayer("affine 100×3072 to 100", () => affineForward(images, w, b), affineBackward);
  const [x, gamma, beta] = [draw(100, 100), draw(100), draw(100)];
  benchLayer("relu 100×100", () => reluForward(x), reluBackward);
  const bnParam = { mode: "train" } as const;
  benchLayer(
    "batchnorm 100×100",
    () => batchnormForward(x, gamma, beta, bnParam),
    batchnormBackward,
  );
  benchLayer("layernorm 100×100", () => layernormForward(x, gamma, beta, {}), layernormBackward);
  const dropout = { mode: "train", p: 0.9, rng } as const;
  benchLayer("dropout 100×100", () => dropoutForward(x, dropout), dropoutBackward);
  const [scores, y] = [draw(100, 10), labels(100)];
  bench("softmaxLoss 100×10", () => softmaxLoss(scores, y));
  bench("svmLoss 100×10", () => svmLoss(scores, y));
}

function spatialLayers(): void {
  const [images, w, b] = [draw(50, 3, 32, 32), draw(32, 3, 7, 7), draw(32)];
  const convParam = { stride: 1, pad: 3 };
  benchLayer(
    "conv 50×3×32×32, 32 filters 7×7",
    () => convForwardFast(images, w, b, convParam),
    convBackwardFast,
  );
  const maps = draw(50, 32, 32, 32);
  const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
  benchLayer(
    "max pool 50×32×32×32",
    () => maxPoolForwardFast(maps, poolParam),
    maxPoolBackwardFast,
  );
  const [gamma, beta] = [draw(32), draw(32)];
  const bnParam = { mode: "train" } as const;
  benchLayer(
    "spatial batchnorm 50×32×32×32",
    () => spatialBatchnormForward(maps, gamma, beta, bnParam),
    spatialBatchnormBackward,
  );
  benchLayer(
    "spatial groupnorm 50×32×32×32, 4 groups",
    () => spatialGroupnormForward(maps, gamma, beta, 4, {}),
    spatialGroupnormBackward,
  );
}

/** Registers a training step, whose network is made when it first runs. */
function benchStep(
  title: string,
  make: () => Model,
  X: NDArray,
  update: typeof sgd | typeof adam,
): void {
  const y = labels(X.shape[0]);
  let net: Model | undefined;
  const workspace = new Workspace();
  const configs: Record<string, OptimConfig> = {};
  bench(`step of ${title}`, () => {
    net ??= make();
    const [, grads] = net.loss(X, y, workspace);
    for (const [name, w] of Object.entries(net.params)) {
      configs[name] ??= { learningRate: 1e-7 };
      [, configs[name]] = update(w, grads[name], configs[name], w);
    }
  });
}

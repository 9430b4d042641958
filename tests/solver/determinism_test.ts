/** The same seed, data, kernel table and thread count give the same bits. */
import assert from "node:assert/strict";
import { useBackend } from "../../kernels/mod.ts";
import { FullyConnectedNet, type Model, ThreeLayerConvNet } from "../../models/mod.ts";
import { asNDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { backends } from "../kernels/_backends.ts";

/** Nets large enough for threads to share their products and convolutions. */
const nets: Record<string, (rng: RandomState) => Model> = {
  "fully connected net": (rng) =>
    new FullyConnectedNet([100, 100], {
      inputDim: 768,
      normalization: "batchnorm",
      dropoutKeepRatio: 0.8,
      rng,
    }),
  "convolutional net": (rng) =>
    new ThreeLayerConvNet({ inputDim: [3, 16, 16], numFilters: 8, hiddenDim: 50, rng }),
};

async function train(make: (rng: RandomState) => Model): Promise<Uint8Array[]> {
  const rng = new RandomState(231);
  const count = 500;
  const X = rng.randn(count, 3, 16, 16).astype("float32");
  const y = asNDArray(new Int32Array(count).map((_, i) => i % 10), [count]);
  const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
  const solver = new Solver(make(rng), data, {
    numEpochs: 3,
    batchSize: 100,
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    verbose: false,
    rng,
  });
  await solver.train();
  const losses = new Uint8Array(Float64Array.from(solver.lossHistory).buffer);
  const params = Object.values(solver.model.params).map(({ data }) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  );
  return [losses, ...params];
}

for (const { name, missing } of await backends()) {
  for (const [net, make] of Object.entries(nets)) {
    Deno.test({
      name: `training a ${net} twice gives the same bits on the ${name} kernels` +
        (missing && `, which are not here: ${missing}`),
      ignore: missing !== "",
      async fn() {
        useBackend(name);
        try {
          const first = await train(make);
          assert.ok(first.length > 4);
          assert.deepEqual(await train(make), first);
        } finally {
          useBackend("auto");
        }
      },
    });
  }
}

// The first import: it replaces the constructors that the library is going to use.
import { made } from "./_allocations.ts";
import assert from "node:assert/strict";
import { FullyConnectedNet, type Model } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver, type SolverOptions } from "../../solver/mod.ts";

/** The largest array that a step makes, after the first epoch. */
async function largestOfAStep(
  model: Model,
  options: SolverOptions,
): Promise<number> {
  const rng = new RandomState(0);
  const X = rng.randn(800, 64).astype("float32");
  const y = rng.randint(0, 10, 800);
  let largest = -1;
  let checked = true;
  const solver = new Solver(model, { XTrain: X, yTrain: y, XVal: X, yVal: y }, {
    batchSize: 100,
    numEpochs: 3,
    rng,
    progress: {
      step({ iteration }) {
        if (iteration > 8 && !checked) largest = Math.max(largest, ...made);
        checked = false;
        made.length = 0;
      },
      check: () => checked = true,
    },
    ...options,
  });
  await solver.train();
  return largest;
}

Deno.test("what is counted is what is made", () => {
  made.length = 0;
  new Float32Array(10).slice(1);
  new Float64Array(new ArrayBuffer(80)).map((x) => x);
  Int32Array.from([1, 2]);
  new Uint8Array(3).subarray(1);
  assert.deepEqual(made, [40, 36, 80, 8, 3]);
});

const cases = [
  ["sgd", "batchnorm"],
  ["sgdMomentum", "batchnorm"],
  ["nesterov", "layernorm"],
  ["rmsprop", null],
  ["adam", "batchnorm"],
] as const;

for (const [updateRule, normalization] of cases) {
  Deno.test(`a step in steady state makes no array above 4 KB: ${updateRule}, ${normalization}`, async () => {
    const model = new FullyConnectedNet([100, 50], {
      inputDim: 64,
      normalization,
      dropoutKeepRatio: 0.5,
      reg: 0.1,
      rng: new RandomState(0),
    });
    const largest = await largestOfAStep(model, { updateRule });
    assert.ok(largest >= 0 && largest <= 4096, `${largest} bytes`);
  });
}

Deno.test("the Solver's own part of a step makes only the indices of the minibatch", async () => {
  const { params } = new FullyConnectedNet([], { inputDim: 64 });
  const grads = { W1: params.W1.copy(), b1: params.b1.copy() };
  const model = {
    params,
    loss: (X: NDArray, y?: unknown) => y ? [1, grads] : X.slice(":", ":10"),
  } as unknown as Model;
  assert.equal(await largestOfAStep(model, { updateRule: "adam" }), 400);
});

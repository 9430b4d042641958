import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Dataset,
  subset,
  syntheticCifar10,
  type SyntheticCifar10Options,
} from "../../../data/mod.ts";
import { FullyConnectedNet, Softmax } from "../../../models/mod.ts";
import { equal, type NDArray } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import { Solver, type SolverOptions } from "../../../solver/mod.ts";

/** A set of unsigned bytes, which shows the pictures as they were made. */
function pictures(options: SyntheticCifar10Options) {
  return syntheticCifar10({ subtractMean: false, dtype: "uint8", ...options });
}

/** The bytes of a picture as a string, to be compared. */
function picture(X: NDArray, i: number): string {
  return X.data.subarray(3072 * i, 3072 * (i + 1)).join();
}

Deno.test("syntheticCifar10() returns what CIFAR-10 returns", () => {
  const data = syntheticCifar10({ numTraining: 20, numValidation: 7, numTest: 3 });
  assert.deepEqual(data.XTrain.shape, [20, 3, 32, 32]);
  assert.deepEqual(data.XVal.shape, [7, 3, 32, 32]);
  assert.deepEqual(data.XTest.shape, [3, 3, 32, 32]);
  for (const [y, count] of [[data.yTrain, 20], [data.yVal, 7], [data.yTest, 3]] as const) {
    assert.deepEqual(y.shape, [count]);
    assert.equal(y.dtype, "int32");
  }
  assert.equal(data.XTrain.dtype, "float32");
  assert.deepEqual(data.meanImage?.shape, [3, 32, 32]);
  assert.equal(data.meanImage?.dtype, "float32");
  assert.equal(new Set(data.labelNames).size, 10);
});

Deno.test("syntheticCifar10() makes 9,000, 1,000 and 1,000 rows by default", () => {
  const { XTrain, XVal, XTest } = pictures({});
  assert.deepEqual([XTrain, XVal, XTest].map(({ shape: [n] }) => n), [9000, 1000, 1000]);
});

Deno.test("syntheticCifar10() makes the same pictures of the same seed", () => {
  const options = { numTraining: 30, numValidation: 10, numTest: 10, seed: 4 };
  const a = syntheticCifar10(options);
  const b = syntheticCifar10(options);
  assert.deepEqual(a, b);
  assert.notEqual(a.XTrain.data, b.XTrain.data);
});

Deno.test("syntheticCifar10() makes the pictures it has always made", async () => {
  const { XTrain, yTrain } = pictures({ numTraining: 100, numValidation: 0, numTest: 0 });
  const digest = await crypto.subtle.digest("SHA-1", XTrain.data as Uint8Array<ArrayBuffer>);
  assert.equal(new Uint8Array(digest).toHex(), "dda7d8bd3788123b63a9f78c49ce0b8368a60305");
  assert.deepEqual(yTrain.slice("0:10").toArray(), [3, 7, 6, 4, 1, 0, 2, 8, 5, 9]);
});

Deno.test("syntheticCifar10() makes other pictures of another seed", () => {
  const options = { numTraining: 20, numValidation: 0, numTest: 0 };
  const a = pictures({ ...options, seed: 0 });
  const b = pictures({ ...options, seed: 1 });
  assert.notDeepEqual(a.yTrain.data, b.yTrain.data);
  for (let i = 0; i < 20; i++) assert.notEqual(picture(a.XTrain, i), picture(b.XTrain, i));
});

Deno.test("syntheticCifar10() holds every class once in every ten rows", () => {
  const { yTrain, yVal, yTest } = pictures({ numTraining: 200, numValidation: 50, numTest: 43 });
  const classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (const y of [yTrain, yVal, yTest]) {
    for (let i = 0; i + 10 <= y.size; i += 10) {
      assert.deepEqual([...y.data.subarray(i, i + 10)].sort(), classes);
    }
  }
  assert.equal(new Set(yTest.data.subarray(40)).size, 3);
  assert.notDeepEqual(yTrain.data.subarray(0, 10), yTrain.data.subarray(10, 20));
});

Deno.test("syntheticCifar10() makes rows that do not depend on how many there are", () => {
  const large = pictures({ numTraining: 60, numValidation: 40, numTest: 30, seed: 9 });
  const counts = fc.record({
    numTraining: fc.integer({ min: 1, max: 60 }),
    numValidation: fc.integer({ min: 0, max: 40 }),
    numTest: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(
    fc.property(counts, (counts) => {
      const small = pictures({ ...counts, seed: 9 });
      for (const key of ["XTrain", "yTrain", "XVal", "yVal", "XTest", "yTest"] as const) {
        const { data } = small[key];
        assert.deepEqual(data, large[key].data.subarray(0, data.length));
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("syntheticCifar10() has no picture twice, in one split or in two", () => {
  const { XTrain, XVal, XTest } = pictures({ numTraining: 600, numValidation: 200, numTest: 200 });
  const seen = new Set<string>();
  for (const X of [XTrain, XVal, XTest]) {
    for (let i = 0; i < X.shape[0]; i++) seen.add(picture(X, i));
  }
  assert.equal(seen.size, 1000);
});

Deno.test("syntheticCifar10() has splits of one distribution", () => {
  const { XTrain, XVal, XTest } = pictures({
    numTraining: 1000,
    numValidation: 1000,
    numTest: 1000,
  });
  const means = [XTrain, XVal, XTest].map((X) => X.mean());
  assert.ok(Math.max(...means) - Math.min(...means) < 4, `${means}`);
});

Deno.test("syntheticCifar10() has pixels of about CIFAR-10's mean and spread", () => {
  // CIFAR-10's channels have means of 125, 123 and 114, and deviations of 63, 62 and 67.
  const { XTrain } = pictures({ numTraining: 1000, numValidation: 0, numTest: 0 });
  const means = (XTrain.mean([0, 2, 3]) as NDArray).data;
  const deviations = (XTrain.astype("float64").std([0, 2, 3]) as NDArray).data;
  for (const mean of means) assert.ok(mean > 112 && mean < 130, `mean ${mean}`);
  for (const deviation of deviations) {
    assert.ok(deviation > 56 && deviation < 68, `deviation ${deviation}`);
  }
});

Deno.test("syntheticCifar10() subtracts the mean training image from every split", () => {
  const counts = { numTraining: 40, numValidation: 10, numTest: 10 };
  for (const dtype of ["float32", "float64"] as const) {
    const centred = syntheticCifar10({ ...counts, dtype });
    const raw = syntheticCifar10({ ...counts, dtype, subtractMean: false });
    assert.equal(raw.meanImage, undefined);
    assert.ok(centred.meanImage);
    assert.equal(centred.meanImage.dtype, dtype);
    const tolerance = dtype === "float32" ? 2e-5 : 1e-12;
    const mean = raw.XTrain.astype("float64").mean(0) as NDArray;
    assertNear(centred.meanImage, mean, tolerance);
    for (const split of ["XTrain", "XVal", "XTest"] as const) {
      assert.equal(centred[split].dtype, dtype);
      assertNear(centred[split].add(centred.meanImage), raw[split], tolerance);
    }
  }
});

function assertNear(actual: NDArray, expected: NDArray, tolerance: number): void {
  assert.deepEqual(actual.shape, expected.shape);
  const difference = actual.subtract(expected);
  const largest = Math.max(difference.max(), -difference.min());
  assert.ok(largest <= tolerance, `${largest} > ${tolerance}`);
}

Deno.test("syntheticCifar10() gives whole numbers from 0 to 255 if nothing is subtracted", () => {
  const counts = { numTraining: 50, numValidation: 0, numTest: 0 };
  const bytes = pictures(counts).XTrain;
  assert.equal(bytes.dtype, "uint8");
  const { XTrain } = syntheticCifar10({ ...counts, subtractMean: false });
  assert.deepEqual(Array.from(XTrain.data), Array.from(bytes.data));
  assert.deepEqual([bytes.min(), bytes.max()], [0, 255]);
});

Deno.test("syntheticCifar10() takes undefined for not given", () => {
  const counts = { numTraining: 10, numValidation: 0, numTest: 0 };
  assert.deepEqual(
    syntheticCifar10({ ...counts, seed: undefined, dtype: undefined }),
    syntheticCifar10(counts),
  );
});

Deno.test("syntheticCifar10() refuses numbers of rows that are negative or not whole", () => {
  for (const name of ["numTraining", "numValidation", "numTest"]) {
    for (const value of [-1, 2.5, NaN, Infinity, "10"]) {
      assert.throws(
        () => syntheticCifar10({ [name]: value }),
        { name: "RangeError", message: new RegExp(`^syntheticCifar10: ${name} must be a whole`) },
      );
    }
  }
  assert.throws(() => syntheticCifar10({ numTraining: 0 }), RangeError);
});

Deno.test("syntheticCifar10() refuses seeds that RandomState does not take", () => {
  for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
    assert.throws(
      () => syntheticCifar10({ seed }),
      { name: "RangeError", message: /^syntheticCifar10: seed must be a whole number from 0 to/ },
    );
  }
  pictures({ numTraining: 1, numValidation: 0, numTest: 0, seed: 2 ** 32 - 1 });
});

Deno.test("syntheticCifar10() refuses a dtype that cannot hold the images", () => {
  assert.throws(
    () => syntheticCifar10({ dtype: "int32" as "uint8" }),
    { name: "RangeError", message: /dtype must be "float32", "float64" or "uint8", got "int32"/ },
  );
  assert.throws(
    () => syntheticCifar10({ dtype: "uint8" }),
    { name: "RangeError", message: /pass subtractMean: false/ },
  );
});

Deno.test("syntheticCifar10() names the option that was meant", () => {
  assert.throws(
    () => syntheticCifar10({ numTrain: 10 } as SyntheticCifar10Options),
    { name: "TypeError", message: /no option "numTrain"; did you mean "numTraining"\?/ },
  );
  assert.throws(
    () => syntheticCifar10({ whatever: 1 } as SyntheticCifar10Options),
    { name: "TypeError", message: /the options are numTraining, numValidation/ },
  );
  assert.throws(() => syntheticCifar10(null as unknown as undefined), TypeError);
});

/** Trains a network with a hidden layer: its last training and its best validation accuracy. */
async function learned(
  hidden: number,
  data: Dataset,
  options: SolverOptions,
): Promise<{ train: number; val: number }> {
  const rng = new RandomState(231);
  const net = new FullyConnectedNet([hidden], { weightScale: 1e-3, rng });
  const solver = new Solver(net, data, {
    ...options,
    updateRule: "adam",
    verbose: false,
    rng,
  });
  await solver.train();
  return { train: solver.trainAccHistory.at(-1) ?? 0, val: solver.bestValAcc };
}

Deno.test("syntheticCifar10() is as hard as CIFAR-10", async (t) => {
  const data = syntheticCifar10({ numTest: 0 });

  await t.step("a linear classifier gets 30 to 45 % right", () => {
    const rows = (X: NDArray) => X.reshape([-1, 3072]);
    const softmax = new Softmax();
    const options = { learningRate: 2e-6, reg: 1e3, numIters: 400, batchSize: 100 };
    const rng = new RandomState(231);
    softmax.train(rows(data.XTrain), data.yTrain, { ...options, rng });
    const right = equal(softmax.predict(rows(data.XVal)), data.yVal).mean();
    assert.ok(right > 0.3 && right < 0.45, `${right}`);
  });
  await t.step("a network with a hidden layer gets more", async () => {
    const { val } = await learned(50, data, { numEpochs: 3, lrDecay: 0.7 });
    assert.ok(val > 0.45 && val < 0.65, `${val}`);
  });
  await t.step("fifty images are learned by heart", async () => {
    const options = { numEpochs: 30, batchSize: 10, lrDecay: 0.9 };
    const { train, val } = await learned(50, subset(data, 50), options);
    assert.equal(train, 1);
    assert.ok(val > 0.12 && val < 0.4, `${val}`);
  });
});

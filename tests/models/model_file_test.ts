import assert from "node:assert/strict";
import { readSafetensors, writeSafetensors } from "../../io/mod.ts";
import {
  ConvNet,
  FullyConnectedNet,
  loadModel,
  type Model,
  saveModel,
  ThreeLayerConvNet,
} from "../../models/mod.ts";
import { type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { asModel, BatchNorm1d, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { inFolder } from "../solver/_runs.ts";

function makeNet(seed: number, hidden = [6, 5], dtype: "float32" | "float64" = "float32") {
  return new FullyConnectedNet(hidden, {
    inputDim: 4,
    numClasses: 3,
    normalization: "batchnorm",
    weightScale: 0.5,
    dtype,
    rng: new RandomState(seed),
  });
}

const X = new RandomState(9).randn(20, 4);

/** Moves the running statistics away from where they start. */
function used<M extends Model>(model: M, on: NDArray = X): M {
  for (let step = 0; step < 5; step++) model.loss(on, zeros([on.shape[0]], "int32"));
  return model;
}

Deno.test("a model that was saved and loaded gives the same scores, running statistics included", () =>
  inFolder(async (folder) => {
    const images = new RandomState(2).randn(4, 1, 8, 8);
    const normalization = "batchnorm";
    const inputDim = [1, 8, 8] as const;
    const cases: [make: () => Model, X: NDArray][] = [
      [() => makeNet(1), X],
      [() => new ThreeLayerConvNet({ inputDim, numFilters: 3, normalization }), images],
      [
        () => new ConvNet({ inputDim, conv: [3, { filters: 2, pool: true }], normalization }),
        images,
      ],
    ];
    for (const [make, X] of cases) {
      const [trained, fresh] = [used(make(), X), make()];
      const path = `${folder}/net.safetensors`;
      await saveModel(path, trained, { epoch: "3" });
      const metadata = await loadModel(path, fresh);
      assert.equal(metadata.epoch, "3");
      assert.deepEqual(fresh.loss(X).toArray(), trained.loss(X).toArray());
    }
  }));

Deno.test("files have PyTorch's names for paths, and the course's for the rest; both are read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const trained = used(makeNet(1, [6]));
    await saveModel(path, trained);
    const { tensors } = await readSafetensors(path, { checksum: true });
    assert.deepEqual(Object.keys(tensors).sort(), [
      "W1",
      "W2",
      "b1",
      "b2",
      "beta1",
      "bn1.running_mean",
      "bn1.running_var",
      "gamma1",
    ]);
    await writeSafetensors(path, {
      ...trained.params,
      ...trained.buffers,
      "bn1.num_batches_tracked": ones([1], "int32"),
    });
    const fresh = makeNet(2, [6]);
    await loadModel(path, fresh);
    assert.deepEqual(fresh.loss(X).toArray(), trained.loss(X).toArray());
  }));

Deno.test("a file of another type is converted", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const wide = used(makeNet(1, [6], "float64"));
    await saveModel(path, wide);
    const narrow = makeNet(2, [6]);
    await loadModel(path, narrow);
    assert.equal(narrow.params.W1.dtype, "float32");
    assert.deepEqual([...narrow.params.W1.data], [...Float32Array.from(wide.params.W1.data)]);
  }));

Deno.test("a file that does not fit is refused in one message, and the model stays as it was", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const model = used(makeNet(1));
    const before = model.loss(X).toArray();
    const refuses = async (tensors: Record<string, NDArray>, message: RegExp) => {
      await writeSafetensors(path, tensors);
      await assert.rejects(loadModel(path, model), { name: "RangeError", message });
      assert.deepEqual(model.loss(X).toArray(), before);
    };
    const { W1: _, ...params } = model.params;
    await refuses(
      { ...params, ...model.buffers, W2: ones([2, 2]), W9: ones([1]) },
      /^loadModel: .*net\.safetensors does not fit the model; missing: W1; too many: W9; of another shape: W2 \(\(6, 5\) is needed, not \(2, 2\)\)$/,
    );
    await refuses(
      model.params,
      /missing: bn1\.runningMean, .*; they are running statistics, without which scores are wrong: write the file with saveModel$/,
    );
    await refuses({ a: ones([1]) }, /missing: W1, b1, .*; too many: a$/);
  }));

Deno.test("a checkpoint is no file of weights, and a file of weights no checkpoint", () =>
  inFolder(async (folder) => {
    const data = {
      XTrain: X,
      yTrain: X.slice(":", ":3").argmax(1),
      XVal: X,
      yVal: X.slice(":", ":3").argmax(1),
    };
    const checkpointName = `${folder}/run`;
    await new Solver(makeNet(1), data, { numEpochs: 1, verbose: false, checkpointName }).train();
    await assert.rejects(
      loadModel(`${checkpointName}.safetensors`, makeNet(1)),
      /^RangeError: loadModel: .*run\.safetensors is the checkpoint of a run, .* with Solver\.resume/,
    );
    for (
      const write of [saveModel, (path: string, net: Model) => writeSafetensors(path, net.params)]
    ) {
      await write(`${folder}/net.safetensors`, makeNet(1));
      await assert.rejects(
        Solver.resume(`${folder}/net`, makeNet(1), data),
        /this is not a checkpoint of a Solver but a file of arrays \(.*\); read weights with loadModel/,
      );
    }
  }));

Deno.test("modules, and models made of them, are saved and loaded too", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const make = (seed: number) =>
      new Sequential(
        new Linear(4, 5, { rng: new RandomState(seed) }),
        new BatchNorm1d(5),
        new Linear(5, 3, { rng: new RandomState(seed + 1) }),
      );
    const module = make(1);
    const model = used(asModel(module));
    const scores = model.loss(X).toArray();
    await saveModel(path, module);
    const names = Object.keys((await readSafetensors(path)).tensors);
    assert.ok(names.includes("1.running_mean") && names.includes("0.weight"), names.join());
    const [other, another] = [make(5), make(7)];
    await loadModel(path, other);
    assert.deepEqual(asModel(other).loss(X).toArray(), scores);
    await saveModel(path, model);
    const fresh = asModel(another);
    await loadModel(path, fresh);
    assert.deepEqual(fresh.loss(X).toArray(), scores);
    await writeSafetensors(path, { "0.weight": ones([5, 4]) });
    await assert.rejects(
      loadModel(path, other),
      /^RangeError: loadModel: .*net\.safetensors: .*missing/,
    );
  }));

Deno.test("saveModel() refuses two arrays that would have one name in the file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const model = { params: { "a.keyMask": ones([1]), "a.key_mask": zeros([1]) } };
    await assert.rejects(saveModel(path, model), {
      name: "RangeError",
      message: /^saveModel: two arrays would be called a\.key_mask in the file; give one another/,
    });
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("what is no model is refused", async () => {
  for (const wrong of [null, {}, 3, { params: { W: [1] } }, Promise.resolve(makeNet(1))]) {
    await assert.rejects(
      saveModel("/nowhere/net", wrong as unknown as Model),
      /^TypeError: saveModel: model must/,
    );
    await assert.rejects(
      loadModel("/nowhere/net", wrong as unknown as Model),
      /^TypeError: loadModel: model must/,
    );
  }
});

Deno.test("buffers take assignment: the values are copied, shapes are checked", () => {
  const linear = asModel(new Sequential(new Linear(4, 5), new BatchNorm1d(5), new Linear(5, 3)));
  const cases: [Model, string, number][] = [
    [makeNet(1), "bn1.runningVar", 6],
    [linear, "1.runningVar", 5],
  ];
  for (const [model, name, size] of cases) {
    const live = model.buffers![name];
    const before = model.loss(X).toArray();
    const wanted = ones([size]).multiply(9);
    model.buffers![name] = wanted;
    assert.equal(model.buffers![name], live);
    assert.deepEqual([...live.data], [...wanted.data]);
    assert.notDeepEqual(model.loss(X).toArray(), before);
    assert.throws(
      () => model.buffers![name] = ones([size + 1]),
      new RegExp(
        `RangeError: model\\.buffers\\["${name}"\\] must have shape \\(${size},\\), got \\(`,
      ),
    );
    assert.throws(
      () => model.buffers!["bn7.runningVar"] = wanted,
      /RangeError: model\.buffers\["bn7\.runningVar"\]: there is no such array; there are /,
    );
    assert.throws(
      () => model.buffers![name] = [1] as unknown as NDArray,
      /TypeError: .* must be an NDArray, got obj/,
    );
    assert.throws(() => delete model.buffers![name], /belongs to the model and cannot be deleted/);
  }
});

// The first import: it replaces the constructors that the library is going to use.
import { made } from "../solver/_allocations.ts";
import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import { ConvNet, type Model, ThreeLayerConvNet } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";

const inputDim = [3, 16, 16] as const;

const nets: Record<string, Model> = {
  "ThreeLayerConvNet": new ThreeLayerConvNet({ inputDim, reg: 0.1 }),
  "ThreeLayerConvNet with batchnorm": new ThreeLayerConvNet({
    inputDim,
    normalization: "batchnorm",
  }),
  "ConvNet with batchnorm": new ConvNet({
    inputDim,
    conv: [16, { filters: 16, stride: 2, dropoutKeepRatio: 0.9 }, { filters: 32, pool: true }],
    hidden: [64],
    normalization: "batchnorm",
    dropoutKeepRatio: 0.5,
    reg: 0.1,
  }),
  "ConvNet with groupnorm and average pooling": new ConvNet({
    inputDim,
    conv: [16, { filters: 32, groups: 16, pool: { size: 2, kind: "average" } }],
    globalAveragePool: true,
    normalization: "groupnorm",
    dropoutKeepRatio: 0.5,
  }),
};

for (const [name, model] of Object.entries(nets)) {
  Deno.test(`${name} makes no array above 4 KB in a workspace that has seen a step`, () => {
    const rng = new RandomState(0);
    const X = rng.randn(20, ...inputDim);
    const y = rng.randint(0, 10, 20);
    const workspace = new Workspace();
    for (const images of [X.astype("float32"), X]) {
      model.loss(images, y, workspace);
      model.loss(images, undefined, workspace);
      made.length = 0;
      model.loss(images, y, workspace);
      model.loss(images, undefined, workspace);
      const largest = Math.max(0, ...made);
      assert.ok(largest <= 4096, `${largest} bytes`);
    }
    // What is counted is what is made: the same pass without a workspace.
    made.length = 0;
    model.loss(X, y);
    assert.ok(Math.max(...made) > 4096);
  });
}

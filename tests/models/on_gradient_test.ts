/** Models tell of gradients as soon as they are final. */
import assert from "node:assert/strict";
import { flatten, relu, type Tensor } from "../../autograd/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { ConvNet, FullyConnectedNet, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import {
  asModel,
  BatchNorm2d,
  Conv2d,
  Linear,
  type Model,
  Module,
  Sequential,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

const rng = new RandomState(231);
const rest = { numClasses: 3, reg: 0.3, weightScale: 0.1, rng } as const;
const normalization = "batchnorm";

/** A layer whose weights have two uses. */
class Twice extends Module {
  readonly linear: Linear = new Linear(4, 4, { rng });

  forward(x: Tensor | NDArray): Tensor {
    return this.linear.forward(relu(this.linear.forward(x)));
  }
}

const models: Record<string, Model> = {
  TwoLayerNet: new TwoLayerNet({ inputDim: 32, hiddenDim: 5, ...rest }),
  FullyConnectedNet: new FullyConnectedNet([5, 4], { inputDim: 32, normalization, ...rest }),
  ThreeLayerConvNet: new ThreeLayerConvNet({
    inputDim: [2, 4, 4],
    numFilters: 2,
    filterSize: 3,
    hiddenDim: 4,
    normalization,
    ...rest,
  }),
  ConvNet: new ConvNet({ inputDim: [2, 4, 4], conv: [3, 2], hidden: [4], normalization, ...rest }),
  "a model of modules": asModel(
    new Sequential(
      new Conv2d(2, 3, 3, { pad: 1, rng }),
      new BatchNorm2d(3),
      relu,
      flatten,
      new Linear(48, 4, { rng }),
      new Twice(),
    ),
  ),
};

for (const [name, model] of Object.entries(models)) {
  Deno.test(`${name} tells of each gradient once, when it is final`, () => {
    const [X, y] = [rng.randn(6, 2, 4, 4).astype("float32"), rng.randint(0, 3, 6) as NDArray];
    const expected = model.loss(X, y)[1];
    for (const workspace of [undefined, new Workspace()]) {
      const told: [name: string, grad: NDArray, then: NDArray][] = [];
      const [, grads] = model.loss(X, y, workspace, (name, grad) => {
        told.push([name, grad, grad.copy()]);
      });
      assert.deepEqual(told.map(([name]) => name).sort(), Object.keys(model.params).sort());
      for (const [name, grad, then] of told) {
        assert.equal(grad.data, grads[name].data);
        assert.deepEqual(then.toArray(), grads[name].toArray());
        assert.deepEqual(then.toArray(), expected[name].toArray());
      }
      // What is above is told of before what is below.
      const [first] = told;
      assert.ok(!Object.keys(model.params).slice(0, 2).includes(first[0]));
    }
  });
}

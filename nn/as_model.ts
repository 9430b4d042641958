/**
 * A module as what the Solver trains.
 *
 * @module
 */
import { crossEntropy, noGrad, type Tensor } from "../autograd/mod.ts";
import { liveArrays } from "../internal/live_arrays.ts";
import { type DType, isFloat } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import type { Workspace } from "../kernels/mod.ts";
import { checkIsModule } from "./_options.ts";
import { liveParams } from "./live_params.ts";
import { BatchNorm } from "./batch_norm.ts";
import type { Model, OnGradient } from "./model.ts";
import type { Module } from "./module.ts";

/**
 * A loss of scores and labels.
 *
 * @category Modules
 */
export type ScoreLoss = (scores: Tensor, y: NDArray) => Tensor;

/**
 * Makes a {@linkcode Model} of a module, so that the Solver, checkpoints and everything else that
 * takes models work with it.
 *
 * `params` are live: to read one gives the parameter's array, to set one replaces it. `buffers` are
 * the module's own arrays, and with them the parameters that are frozen when the model is made.
 * `loss(X)` computes scores in eval mode and records nothing, `loss(X, y)` computes loss and
 * gradients in train mode; the module stays in the mode of the last call.
 *
 * @param module A module whose `forward` takes a batch and returns scores
 * @param loss The loss, `crossEntropy` if not given
 * @returns The model
 * @throws {RangeError} If nothing is to be learnt
 * @throws {TypeError} If it is no module, or parts of it draw from several generators, which no checkpoint keeps
 *
 * @example
 * ```ts
 * import { asModel, Linear, Sequential } from "@nndl/nndl/nn";
 * import { relu } from "@nndl/nndl/autograd";
 * import { RandomState } from "@nndl/nndl/random";
 * import { Solver } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(60, 4);
 * const y = X.argmax(1);
 * const net = new Sequential(new Linear(4, 20, { rng }), relu, new Linear(20, 4, { rng }));
 * const solver = new Solver(asModel(net), { XTrain: X, yTrain: y, XVal: X, yVal: y }, {
 *   updateRule: "adam",
 *   optimConfig: { learningRate: 1e-2 },
 *   batchSize: 20,
 *   numEpochs: 40,
 *   verbose: false,
 *   rng,
 * });
 * await solver.train();
 * assert.ok(solver.bestValAcc > 0.95);
 * ```
 *
 * @category Modules
 */
export function asModel(module: Module, loss: ScoreLoss = crossEntropy): Model {
  checkIsModule("asModel", module);
  const all = Object.entries(module.parameters());
  const learnt = all.filter(([, { requiresGrad }]) => requiresGrad);
  if (learnt.length === 0) {
    throw new RangeError(
      `asModel: this ${module.constructor.name} has no parameters to learn` +
        (all.length > 0 ? "; all are frozen" : "; are they fields of the module?"),
    );
  }
  const params = liveParams(Object.fromEntries(learnt));
  const dtype = learnt[0][1].dtype;

  function pass(
    X: NDArray,
    y?: NDArray,
    onGradient?: OnGradient,
  ): NDArray | [number, Record<string, NDArray>] {
    const x = entering(X, dtype);
    if (!y) return noGrad(() => module.eval().forward(x) as Tensor).value;
    const result = loss(module.train().forward(x) as Tensor, y);
    const gradients = result.gradients(
      learnt.map(([, parameter]) => parameter),
      undefined,
      onGradient && ((i, gradient) => onGradient(learnt[i][0], gradient)),
    );
    const unused = learnt.filter((_, i) => gradients[i] === null).map(([name]) => name);
    if (unused.length > 0) {
      throw new Error(
        `asModel: the loss does not depend on ${unused.join(", ")}; use them in forward, freeze ` +
          `them before asModel, or leave them out`,
      );
    }
    return [result.item(), Object.fromEntries(learnt.map(([name], i) => [name, gradients[i]!]))];
  }
  const model = {
    params,
    get buffers() {
      const frozen = all.filter(([name]) => !(name in params));
      const values = Object.fromEntries(frozen.map(([name, { value }]) => [name, value]));
      return liveArrays("model.buffers", { ...module.buffers(), ...values });
    },
    rng: generatorOf(module),
    batchNorms: Object.values(module.modules()).filter((part) => part instanceof BatchNorm),
    loss: (X: NDArray, y?: NDArray, workspace?: Workspace, onGradient?: OnGradient) =>
      workspace ? workspace.run(() => pass(X, y, onGradient)) : pass(X, y, onGradient),
  };
  return model as Model;
}

/** The batch in the float type of the parameters; indices stay as they are. */
function entering(X: NDArray, dtype: DType): NDArray {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`asModel: X must be an NDArray, got ${typeof X}; wrap it in array(X)`);
  }
  return isFloat(X.dtype) && X.dtype !== dtype ? X.astype(dtype) : X;
}

/** The generator that dropout draws from. */
function generatorOf(module: Module): RandomState | undefined {
  const found = new Set<RandomState>();
  for (const part of Object.values(module.modules())) {
    for (const field of Object.values(part)) if (field instanceof RandomState) found.add(field);
  }
  if (found.size > 1) {
    throw new TypeError(
      `asModel: the parts of this ${module.constructor.name} draw from ${found.size} generators; ` +
        `give all of them one rng, so that a checkpoint can keep its state`,
    );
  }
  return found.values().next().value;
}

/**
 * Layers one after the other.
 *
 * @module
 */
import { relu, Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkNoClass } from "./_options.ts";
import { BatchNorm } from "./batch_norm.ts";
import { Module } from "./module.ts";

/**
 * A layer: a module, or a function of tensors such as `relu`.
 *
 * @category Modules
 */
export type Layer = Module | ((x: Tensor | NDArray) => Tensor);

/**
 * Applies modules and plain functions one after the other. Its parts are named by their place:
 * `0.weight`, `3.bias`.
 *
 * @example
 * ```ts
 * import { Conv2d, Linear, Sequential } from "@nndl/nndl/nn";
 * import { flatten, relu } from "@nndl/nndl/autograd";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new Sequential(
 *   new Conv2d(3, 4, 3, { pad: 1, rng }),
 *   relu,
 *   flatten,
 *   new Linear(4 * 8 * 8, 10, { rng }),
 * );
 * assert.deepEqual(net.forward(zeros([2, 3, 8, 8])).shape, [2, 10]);
 * assert.deepEqual(Object.keys(net.parameters()), ["0.weight", "0.bias", "3.weight", "3.bias"]);
 * ```
 *
 * @category Modules
 */
export class Sequential extends Module {
  /** The layers in order. */
  readonly layers: readonly Layer[];

  /**
   * Puts layers together.
   *
   * @param layers Modules, or functions from a tensor to a tensor
   * @throws {TypeError} If one is neither, or a module that learns or remembers is given twice
   */
  constructor(...layers: Layer[]) {
    super();
    layers.forEach((layer, i) => {
      checkNoClass(`Sequential: layer ${i}`, "a layer of it", layer);
      if (!(layer instanceof Module) && typeof layer !== "function") {
        throw new TypeError(
          `Sequential: layer ${i} must be a module or a function, got ${
            Array.isArray(layer) ? "a list; spread it with ..." : String(layer)
          }`,
        );
      }
      const first = layers.indexOf(layer);
      if (first === i || !(layer instanceof Module) || isStateless(layer)) return;
      throw new TypeError(
        `Sequential: layers ${first} and ${i} are the same ${layer.constructor.name}; make a ` +
          `second one, or, to share its weights, call it twice in a module of your own`,
      );
    });
    this.layers = layers;
  }

  /** The layers by their number. */
  protected override *fields(): Iterable<[string, unknown]> {
    for (const [i, layer] of this.layers.entries()) yield [String(i), layer];
  }

  /**
   * Applies the layers. ReLU is computed along with batch normalisation before it.
   *
   * @param x What the first layer takes
   * @returns What the last layer returns
   * @throws {TypeError} If a function returns something other than a tensor
   */
  forward(x: Tensor | NDArray): Tensor {
    let out = x;
    for (let i = 0; i < this.layers.length; i++) {
      const layer = this.layers[i];
      if (layer instanceof BatchNorm && this.layers[i + 1] === relu) {
        out = layer.forwardRelu(out);
        i++;
        continue;
      }
      out = layer instanceof Module ? layer.forward(out) : layer(out);
      if (out instanceof Tensor) continue;
      throw new TypeError(
        `Sequential: layer ${i} must return a tensor, got ${
          (out as object | undefined)?.constructor?.name ?? out
        }; functions of autograd take and return tensors`,
      );
    }
    return out instanceof Tensor ? out : new Tensor(out, { requiresGrad: false });
  }
}

function isStateless(module: Module): boolean {
  return Object.keys(module.parameters()).length + Object.keys(module.buffers()).length === 0;
}

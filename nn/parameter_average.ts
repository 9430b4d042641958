/**
 * Averages of parameters over time.
 *
 * @module
 */
import type { Tensor } from "../autograd/mod.ts";
import { touch } from "../autograd/tensor.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { asNDArray } from "../ndarray/mod.ts";
import { namedParameters, type ParameterSource } from "./_parameters.ts";

/**
 * Options of {@linkcode ParameterAverage}.
 *
 * @category Modules
 */
export interface ParameterAverageOptions {
  /** Share of the old average that an update keeps, from 0 up to below 1. Default 0.999. */
  readonly decay?: number;
}

/**
 * Exponential moving averages of parameters: `average = decay·average + (1 - decay)·parameter` at
 * every update, starting from the parameters as they are. Averages often predict better than the
 * last parameters; the teacher of DINO is one.
 *
 * Source: B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging",
 * 1992; M. Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", ICCV 2021.
 *
 * @example
 * ```ts
 * import { Linear, ParameterAverage } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new Linear(1, 1, { bias: false });
 * layer.weight.value = array([[0]], "float32");
 * const average = new ParameterAverage(layer, { decay: 0.75 });
 * layer.weight.value = array([[4]], "float32");
 * average.update();
 * assert.equal(average.values.weight.item(), 1);
 * assert.equal(average.use(() => layer.forward(array([[1]])).item()), 1);
 * assert.equal(layer.weight.item(), 4);
 * ```
 *
 * @category Modules
 */
export class ParameterAverage {
  /** The averages, by the name of the parameter. */
  readonly values: Readonly<Record<string, NDArray>>;
  readonly #entries: readonly (readonly [parameter: Tensor, average: NDArray])[];
  readonly #decay: number;

  /**
   * Begins with the parameters as they are.
   *
   * @param parameters A module, its `parameters()`, or a list of tensors
   * @param options The decay
   * @throws {RangeError} If the decay is out of range
   */
  constructor(parameters: ParameterSource, { decay = 0.999 }: ParameterAverageOptions = {}) {
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(`ParameterAverage: decay must be from 0 up to below 1, got ${decay}`);
    }
    this.#decay = decay;
    const named = namedParameters("ParameterAverage", parameters);
    const copies = named.map(([name, { value }]): [string, NDArray] => [
      name,
      asNDArray(value.data.slice(), value.shape),
    ]);
    this.values = Object.fromEntries(copies);
    this.#entries = named.map(([, parameter], i) => [parameter, copies[i][1]]);
  }

  /** Moves the averages towards the parameters. */
  update(): void {
    for (const [{ value: { data } }, { data: average }] of this.#entries) {
      for (let i = 0; i < data.length; i++) {
        average[i] = this.#decay * average[i] + (1 - this.#decay) * data[i];
      }
    }
  }

  /**
   * Runs work with the averages in place of the parameters, and puts the parameters back.
   *
   * @param work What to run; it must not be asynchronous
   * @returns What `work` returns
   */
  use<T>(work: () => T): T {
    this.#swap();
    try {
      return work();
    } finally {
      this.#swap();
    }
  }

  #swap(): void {
    for (const [parameter, average] of this.#entries) {
      const { data } = parameter.value;
      const kept = data.slice();
      data.set(average.data);
      average.data.set(kept);
      touch(parameter);
    }
  }
}

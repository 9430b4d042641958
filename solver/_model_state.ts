/** Copying a model's arrays out and in. */

import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Model } from "../models/mod.ts";
import type { ModelState } from "./checkpoint.ts";

/** Throws unless the model has parameters and a loss. */
export function checkModel(model: Model): void {
  if (typeof model?.loss !== "function" || typeof model.params !== "object" || !model.params) {
    throw new TypeError(
      "Solver: model must have params and a loss method; see the Model interface",
    );
  }
  for (const [name, param] of Object.entries(model.params)) {
    if (param instanceof NDArray && (param.dtype === "float32" || param.dtype === "float64")) {
      continue;
    }
    const what = param instanceof NDArray ? param.dtype : typeof param;
    throw new TypeError(
      `Solver: model.params.${name} must be a float32 or float64 NDArray, got ${what}`,
    );
  }
}

/** Copies a model's parameters and buffers. */
export function copyState({ params, buffers = {} }: Model): ModelState {
  return { params: copyAll(params), buffers: copyAll(buffers) };
}

/** Puts copies of arrays into a model: new arrays for parameters, new values into its buffers. */
export function installState(model: Model, state: ModelState): void {
  for (const [name, param] of Object.entries(state.params)) model.params[name] = param.copy();
  const live = model.buffers ?? {};
  for (const [name, buffer] of Object.entries(state.buffers)) live[name].data.set(buffer.data);
}

/** Throws unless the arrays fit the model. */
export function checkStateFits(model: Model, state: ModelState, file: string): void {
  checkSame("params", model.params, state.params, file);
  checkSame("buffers", model.buffers ?? {}, state.buffers, file);
}

function checkSame(
  kind: "params" | "buffers",
  live: Record<string, NDArray>,
  stored: Record<string, NDArray>,
  file: string,
): void {
  const remedy = "make the model with the options it had";
  for (const name of new Set([...Object.keys(live), ...Object.keys(stored)])) {
    const [is, was] = [live[name], stored[name]];
    if (!is || !was) {
      throw new RangeError(
        `Solver.resume: ${is ? "the model" : file} has model.${kind}.${name} and ${
          is ? file : "the model"
        } has not; ${remedy}`,
      );
    }
    if (is.dtype === was.dtype && is.shape.join() === was.shape.join()) continue;
    throw new RangeError(
      `Solver.resume: model.${kind}.${name} has shape ${showShape(was.shape)}, ${was.dtype}, in ` +
        `${file}, and ${showShape(is.shape)}, ${is.dtype}, in the model; ${remedy}`,
    );
  }
}

function copyAll(arrays: Record<string, NDArray>): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.copy()]));
}

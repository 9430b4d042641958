/** Why a loss stopped being a number. */
import type { TrainableModel } from "../models/mod.ts";
import { NDArray, type TypedArray } from "../ndarray/mod.ts";
import type { Examples } from "./_minibatch.ts";

/**
 * Looks for the cause of a loss that is NaN or infinite.
 *
 * @param batch The examples that gave the loss
 * @param rows The rows of the training data that they are
 * @returns What was found and what to do, to follow a semicolon
 */
export function diagnose(model: TrainableModel, batch: Examples, rows: TypedArray): string {
  return badRow("XTrain", batch.X, rows) ?? badLabel(model, batch, rows) ?? badParameter(model) ??
    "lower the learning rate or the scale of the initial weights";
}

/** The first row that holds something that is no number, and what to do. */
export function badRow(name: string, X: NDArray, rows: TypedArray): string | undefined {
  const at = X.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return undefined;
  const size = X.size / X.shape[0];
  return `row ${rows[Math.floor(at / size)]} of ${name} holds ${X.data[at]} (feature ${
    at % size
  } of ${size}), clean the data`;
}

function badLabel(
  model: TrainableModel,
  { X, y }: Examples,
  rows: TypedArray,
): string | undefined {
  if (model.score) return badRow("yTrain", y, rows);
  let scores: unknown;
  try {
    scores = model.loss(X);
  } catch {
    // The model is in trouble anyway; this is only a search for a better message.
  }
  if (!(scores instanceof NDArray)) return undefined;
  const [, classes] = scores.shape;
  const at = y.data.findIndex((label) => label >= classes);
  if (at < 0) return undefined;
  return `row ${rows[at]} of yTrain is class ${y.data[at]} and the model has ${classes} classes`;
}

/** The first parameter that holds something that is no number, and what to do. */
export function badParameter(
  { params }: { readonly params: Readonly<Record<string, NDArray>> },
): string | undefined {
  for (const [name, { data }] of Object.entries(params)) {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      return `the parameter ${name} holds ${bad}, lower the learning rate`;
    }
  }
  return undefined;
}

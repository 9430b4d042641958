/** What a model has to be and to return, and what a Solver does with it. */
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Schedule, Updater } from "../optim/mod.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { NonFiniteLossError } from "./non_finite_loss_error.ts";
import type { Trainer } from "./trainer.ts";
import type { Figures } from "./trainer_options.ts";

/** Throws unless the model has parameters and a loss. */
export function checkModel(caller: string, model: unknown): void {
  const { params, loss } = Object(model) as { params?: unknown; loss?: unknown };
  if (typeof loss !== "function" || typeof params !== "object" || !params) {
    throw new TypeError(
      `${caller}: model must have params and a loss method; see the Model interface` +
        (model instanceof Promise ? "; this is a promise, write await before it" : ""),
    );
  }
  for (const [name, param] of Object.entries(params)) {
    if (param instanceof NDArray && (param.dtype === "float32" || param.dtype === "float64")) {
      continue;
    }
    const what = param instanceof NDArray ? param.dtype : typeof param;
    throw new TypeError(
      `${caller}: model.params.${name} must be a float32 or float64 NDArray, got ${what}`,
    );
  }
}

/** Gives a model copies of its parameters, so that the arrays it came with stay as they are. */
export function detachParams({ params }: { readonly params: Record<string, NDArray> }): void {
  for (const [name, param] of Object.entries(params)) params[name] = param.copy();
}

/** Puts the state of a checkpoint into a model, whose own arrays stay as they are. */
export function restoreDetached(
  trainer: Trainer,
  { params }: { readonly params: Record<string, NDArray> },
  file: string,
  checkpoint: Checkpoint,
): void {
  const before = { ...params };
  detachParams({ params });
  try {
    trainer.restore(file, checkpoint);
  } catch (error) {
    Object.assign(params, before);
    throw error;
  }
}

/** How a step of a Solver follows the gradients that a model returned. */
export interface Following {
  /** How the model was called, for messages. */
  readonly call: string;
  /** Steps done before. */
  readonly iteration: number;
  /** The losses of the steps before. */
  readonly lossHistory: readonly number[];
  readonly updater: Updater;
  readonly schedule: Schedule | null;
  /** Says why the loss is not a number. */
  readonly diagnose: () => string;
}

/** Checks what a model returned, and updates its parameters. */
export function followGradients(
  result: unknown,
  { call, iteration, lossHistory, updater, schedule, diagnose }: Following,
): Figures {
  checkLoss(call, result);
  const [loss, grads] = result;
  if (!Number.isFinite(loss)) {
    throw new NonFiniteLossError(loss, iteration + 1, lossHistory.at(-1) ?? null, diagnose());
  }
  const rate = schedule?.(iteration);
  updater.update(grads, rate);
  const learningRate = rate ?? updater.learningRate;
  return learningRate === undefined ? { loss } : { loss, learningRate };
}

/** Throws unless a model returned a loss and gradients. */
function checkLoss(
  call: string,
  result: unknown,
): asserts result is [number, Record<string, NDArray>] {
  const [loss, grads] = Array.isArray(result) ? result : [];
  if (typeof loss === "number" && typeof grads === "object" && grads !== null) return;
  const got = result instanceof Promise
    ? "a promise"
    : result instanceof NDArray
    ? `an array of shape ${showShape(result.shape)}`
    : Array.isArray(result)
    ? `[${result.map((part) => part instanceof NDArray ? "NDArray" : typeof part).join(", ")}]`
    : typeof result;
  throw new TypeError(
    `train: ${call} must return [loss, grads], the loss a number and grads the gradients by the ` +
      `names of the parameters, got ${got}`,
  );
}

/** Throws unless a model returned scores for each example. */
export function checkScores(
  caller: string,
  scores: unknown,
  rows: number,
): asserts scores is NDArray {
  if (scores instanceof NDArray && scores.ndim === 2 && scores.shape[0] === rows) {
    return;
  }
  throw new RangeError(
    `${caller}: model.loss(X) must return scores of shape (${rows}, C), got ${
      scores instanceof NDArray ? showShape(scores.shape) : typeof scores
    }`,
  );
}

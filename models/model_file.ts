/**
 * Models in files: parameters and running statistics as safetensors, which other programs read.
 *
 * Names are those of the model; where they are paths, such as `bn1.runningMean`, they are written as
 * PyTorch writes them, `bn1.running_mean`.
 *
 * @module
 */
import { fileName } from "../internal/file_names.ts";
import { messageOf } from "../internal/message_of.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/**
 * What has weights: any model, trainable or not.
 *
 * @category Models
 */
export interface ModelArrays {
  /** The trained arrays, by name. */
  readonly params: Record<string, NDArray>;
  /** Running statistics and the like, by name. */
  readonly buffers?: Record<string, NDArray>;
}

/**
 * What says itself what it holds, such as a module of `@nndl/nndl/nn`.
 *
 * @category Models
 */
export interface StateDictHolder {
  /** The arrays by the names of files. */
  stateDict(): Record<string, NDArray>;
  /** Takes such arrays in, or refuses them as a whole. */
  loadStateDict(state: Readonly<Record<string, NDArray>>): void;
}

const format = "nndl model";

/**
 * Writes a model's parameters and buffers to a file, whole or not at all.
 *
 * @param path The file, such as `net.safetensors`; an existing one is replaced
 * @param model A model, or a module of `@nndl/nndl/nn`
 * @param metadata Strings to store with them
 * @throws {TypeError} If the model has no arrays
 * @throws {RangeError} If two arrays have one name in the file
 * @throws {Error} If the file cannot be written
 *
 * @example
 * ```ts
 * import { FullyConnectedNet, loadModel, saveModel } from "@nndl/nndl/models";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const make = () =>
 *   new FullyConnectedNet([4], { inputDim: 3, numClasses: 2, normalization: "batchnorm" });
 * const [trained, fresh] = [make(), make()];
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await saveModel(path, trained);
 * await loadModel(path, fresh);
 * const X = ones([5, 3]);
 * assert.deepEqual(fresh.loss(X).toArray(), trained.loss(X).toArray());
 * await Deno.remove(path);
 * ```
 *
 * @category Models
 */
export async function saveModel(
  path: string | URL,
  model: ModelArrays | StateDictHolder,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tensors: Record<string, NDArray> = {};
  const arrays = isModule(model) ? Object.entries(model.stateDict()) : arraysOf("saveModel", model);
  for (const [name, array] of arrays) {
    const inFile = nameInFile(name);
    if (Object.hasOwn(tensors, inFile)) {
      throw new RangeError(
        `saveModel: two arrays would be called ${inFile} in the file; give one another name`,
      );
    }
    tensors[inFile] = array;
  }
  const { writeSafetensors } = await import("../io/safetensors.ts");
  await writeSafetensors(path, tensors, { ...metadata, format }, { checksum: true });
}

/**
 * Reads parameters and buffers of a file into a model. Each must be there in the shape that the model
 * has, and no others; element types may differ. PyTorch's `num_batches_tracked` is passed over. If
 * anything does not fit, the model stays as it was.
 *
 * @param path A file of {@linkcode saveModel}, or any safetensors file with the names of the model
 * @param model A model made with the options it had, or a module of `@nndl/nndl/nn`
 * @returns The strings that were stored with them
 * @throws {FileFormatError} If the file is not a valid safetensors file
 * @throws {TypeError} If the model has no arrays
 * @throws {RangeError} If names are missing, too many, or of another shape; it names them all
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { loadModel, TwoLayerNet } from "@nndl/nndl/models";
 * import { writeSafetensors } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * const net = new TwoLayerNet({ inputDim: 3, hiddenDim: 4, numClasses: 2 });
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const { W1, b1 } = net.params;
 * await writeSafetensors(path, { W1, b1, b3: b1 });
 * await assert.rejects(loadModel(path, net), /missing: W2, b2; too many: b3/);
 * await Deno.remove(path);
 * ```
 *
 * @category Models
 */
export async function loadModel(
  path: string | URL,
  model: ModelArrays | StateDictHolder,
): Promise<Record<string, string>> {
  const live = isModule(model) ? [] : arraysOf("loadModel", model);
  const { readSafetensors } = await import("../io/safetensors.ts");
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.format === "nndl checkpoint") {
    throw new RangeError(
      `loadModel: ${path} is the checkpoint of a run, not a file of weights; continue it with ` +
        "Solver.resume, or write the trained model with saveModel",
    );
  }
  if (isModule(model)) {
    try {
      model.loadStateDict(tensors);
    } catch (error) {
      throw new RangeError(`loadModel: ${path}: ${messageOf(error)}`);
    }
    return metadata;
  }
  const names = new Set(
    Object.keys(tensors).filter((name) => !/(^|\.)num_batches_tracked$/.test(name)),
  );
  const missing: string[] = [];
  const misfits: string[] = [];
  const copies: [to: NDArray, from: NDArray][] = [];
  for (const [name, to] of live) {
    const stored = [nameInFile(name), name].find((name) => names.delete(name));
    if (stored === undefined) {
      missing.push(name);
      continue;
    }
    const from = tensors[stored];
    if (sameShape(from.shape, to.shape)) copies.push([to, from]);
    else misfits.push(`${name} (${showShape(to.shape)} is needed, not ${showShape(from.shape)})`);
  }
  const problems = [
    ...(missing.length ? [`missing: ${missing.join(", ")}`] : []),
    ...(names.size ? [`too many: ${[...names].join(", ")}`] : []),
    ...(misfits.length ? [`of another shape: ${misfits.join(", ")}`] : []),
  ];
  if (problems.length > 0) {
    throw new RangeError(
      `loadModel: ${path} does not fit the model; ${problems.join("; ")}${advice(model, missing)}`,
    );
  }
  for (const [to, from] of copies) to.data.set(from.data);
  return metadata;
}

/** Modules say themselves what they hold, under the names of files. */
function isModule(model: ModelArrays | StateDictHolder): model is StateDictHolder {
  return typeof (model as Partial<StateDictHolder>)?.loadStateDict === "function";
}

/** All arrays of a model by the names they have in memory. */
function arraysOf(caller: string, model: ModelArrays): [string, NDArray][] {
  const { params, buffers = {} } = Object(model) as Partial<ModelArrays>;
  const arrays = [...Object.entries(params ?? {}), ...Object.entries(buffers)];
  const wrong = arrays.find(([, array]) => !(array instanceof NDArray));
  if (arrays.length > 0 && !wrong) return arrays;
  throw new TypeError(
    `${caller}: model must have params, ` +
      (wrong ? `NDArrays, got ${typeof wrong[1]} for ${wrong[0]}` : `got ${typeof model}`) +
      (model instanceof Promise ? "; this is a promise, write await before it" : ""),
  );
}

/** Paths as PyTorch writes them; names without a dot, `W1`, are those of the course and stay. */
function nameInFile(name: string): string {
  return name.includes(".") ? fileName(name) : name;
}

function advice(model: ModelArrays, missing: readonly string[]): string {
  if (missing.length === 0) return "";
  const statistics = missing.every((name) => Object.hasOwn(model.buffers ?? {}, name));
  if (!statistics) return "";
  return "; they are running statistics, without which scores are wrong: write the file with saveModel";
}

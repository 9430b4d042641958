/**
 * Checkpoints: everything that a run needs to continue as if it had never stopped, in one
 * safetensors file. Arrays and float64 numbers are tensors, the rest is JSON in the metadata.
 *
 * @module
 */
import { dirname } from "node:path";
import {
  FileFormatError,
  readSafetensors,
  removePartialFiles,
  writeSafetensors,
} from "../io/mod.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import type { OptimConfig, UpdateRuleName } from "../optim/mod.ts";
import type { RandomStateSnapshot } from "../random/mod.ts";
import type { SolverData } from "./data.ts";

/** A model's arrays at one moment. */
export interface ModelState {
  /** The trained arrays, by name. */
  readonly params: Record<string, NDArray>;
  /** Running statistics and the like, by name. */
  readonly buffers: Record<string, NDArray>;
}

/** What is remembered of an array of the data, to know it again. */
export interface ArrayFingerprint {
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its element type. */
  readonly dtype: string;
  /** A checksum of samples of its bytes, and of all if they are few. */
  readonly sum: number;
}

/** The options that a run keeps for life, as JSON holds them. */
export interface CheckpointOptions {
  /** The update rule; null if it is the user's own. */
  readonly updateRule: UpdateRuleName | null;
  /** The numbers that the rule began with. */
  readonly optimConfig: Record<string, unknown>;
  /** Whether a schedule sets the learning rate. */
  readonly schedule: boolean;
  /** Whether the examples of minibatches were changed at random. */
  readonly augment: boolean;
  /** Factor on the learning rate at the end of an epoch. */
  readonly lrDecay: number;
  /** Examples in a minibatch. */
  readonly batchSize: number;
  /** Passes over the data. */
  readonly numEpochs: number;
  /** Training examples for each accuracy check; null for all. */
  readonly numTrainSamples: number | null;
  /** Validation examples for each accuracy check; null for all. */
  readonly numValSamples: number | null;
}

/** A run at one moment between two steps. */
export interface Checkpoint {
  /** The model as it is being trained. */
  readonly model: ModelState;
  /** The model at its best validation accuracy; null before any was above 0. */
  readonly best: ModelState | null;
  /** The best validation accuracy, 0 to 1. */
  readonly bestValAcc: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly iteration: number;
  /** The loss of every step. */
  readonly lossHistory: readonly number[];
  /** The training accuracy of every check. */
  readonly trainAccHistory: readonly number[];
  /** The validation accuracy of every check. */
  readonly valAccHistory: readonly number[];
  /** The state of the update rule, by the name of the parameter. */
  readonly optimConfigs: Record<string, OptimConfig>;
  /** The Solver's generator. */
  readonly rng: RandomStateSnapshot;
  /** The model's generator: its state, `"shared"` if it is the Solver's, null if it has none. */
  readonly modelRng: RandomStateSnapshot | "shared" | null;
  /** How the run trains. */
  readonly options: CheckpointOptions;
  /** What the data look like. */
  readonly data: Readonly<Record<keyof SolverData, ArrayFingerprint>>;
  /** The kernel table of the run. Another one may round differently. */
  readonly backend: string;
}

const format = "nndl checkpoint";
const version = "1";

/** What the metadata hold as JSON. */
type Facts =
  & Pick<Checkpoint, "bestValAcc" | "epoch" | "iteration" | "options" | "data" | "backend">
  & {
    hasBest: boolean;
    rng: StoredGenerator;
    modelRng: StoredGenerator | "shared" | null;
    /** Entries of optimizer states that are neither numbers nor arrays. */
    optim: Record<string, Record<string, unknown>>;
  };

/** The part of a generator's state that is not in a tensor. */
type StoredGenerator = Pick<RandomStateSnapshot, "pos" | "hasGauss">;

/** The file of a checkpoint, given by its name with or without `.safetensors`. */
export function checkpointPath(name: string): string {
  return name.endsWith(".safetensors") ? name : `${name}.safetensors`;
}

/** Makes the folder of a checkpoint, and clears it of what a killed run left half-written. */
export async function openCheckpoint(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch {
    // Writing will fail as well, and says more.
  }
  await removePartialFiles(path);
}

/** Writes a checkpoint, whole or not at all. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { model, best, rng, modelRng, optimConfigs } = checkpoint;
  const tensors: Record<string, NDArray> = {
    "history/loss": float64(checkpoint.lossHistory),
    "history/trainAcc": float64(checkpoint.trainAccHistory),
    "history/valAcc": float64(checkpoint.valAccHistory),
  };
  const put = (prefix: string, arrays: Record<string, NDArray>) => {
    for (const [name, array] of Object.entries(arrays)) tensors[`${prefix}/${name}`] = array;
  };
  put("params", model.params);
  put("buffers", model.buffers);
  put("best/params", best?.params ?? {});
  put("best/buffers", best?.buffers ?? {});
  put("rng/solver", generatorTensors(rng));
  if (modelRng && modelRng !== "shared") put("rng/model", generatorTensors(modelRng));

  const optim: Facts["optim"] = {};
  for (const [param, config] of Object.entries(optimConfigs)) {
    optim[param] = {};
    for (const [key, value] of Object.entries(config)) {
      const name = `optim/${param}/${encodeURIComponent(key)}`;
      if (value instanceof NDArray) tensors[name] = value;
      else if (typeof value === "number") tensors[`number/${name}`] = float64([value]);
      else optim[param][key] = plain(param, key, value);
    }
  }
  const facts: Facts = {
    bestValAcc: checkpoint.bestValAcc,
    epoch: checkpoint.epoch,
    iteration: checkpoint.iteration,
    options: checkpoint.options,
    data: checkpoint.data,
    backend: checkpoint.backend,
    hasBest: best !== null,
    rng: { pos: rng.pos, hasGauss: rng.hasGauss },
    modelRng: modelRng && modelRng !== "shared"
      ? { pos: modelRng.pos, hasGauss: modelRng.hasGauss }
      : modelRng,
    optim,
  };
  const metadata = { format, version, run: JSON.stringify(facts) };
  await writeSafetensors(path, tensors, metadata, { checksum: true });
}

/**
 * Reads a checkpoint, for a look at a run; {@linkcode Solver.resume} continues it.
 *
 * @param path The file
 * @returns The run at the moment the checkpoint was written
 * @throws {FileFormatError} If the file is damaged, no checkpoint, or one of another version
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import { RandomState } from "@nndl/nndl/random";
 * import { readCheckpoint, Solver } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(0);
 * const model = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
 * const X = rng.randn(20, 4);
 * const y = rng.randint(0, 3, 20);
 * const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
 * const folder = await Deno.makeTempDir();
 * const checkpointName = `${folder}/net`;
 * const options = { numEpochs: 2, batchSize: 10, verbose: false, rng, checkpointName };
 * await new Solver(model, data, options).train();
 *
 * const checkpoint = await readCheckpoint(`${checkpointName}.safetensors`);
 * assert.equal(checkpoint.epoch, 2);
 * assert.equal(checkpoint.lossHistory.length, 4);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path, { checksum: true });
  const bad = (problem: string) => new FileFormatError("readCheckpoint", path, 8, problem);
  if (metadata.format !== format) throw bad("this is not a checkpoint of a Solver");
  if (metadata.version !== version) {
    throw bad(
      `the checkpoint has format version ${metadata.version}, this library reads ${version}; ` +
        "use the library that wrote it",
    );
  }
  const facts = JSON.parse(metadata.run) as Facts;
  const take = (prefix: string) => withPrefix(tensors, `${prefix}/`);
  const { rng, modelRng, hasBest, optim, ...same } = facts;
  return {
    ...same,
    model: { params: take("params"), buffers: take("buffers") },
    best: hasBest ? { params: take("best/params"), buffers: take("best/buffers") } : null,
    lossHistory: [...tensors["history/loss"].data],
    trainAccHistory: [...tensors["history/trainAcc"].data],
    valAccHistory: [...tensors["history/valAcc"].data],
    optimConfigs: readConfigs(take("optim"), take("number/optim"), optim),
    rng: generator(rng, take("rng/solver")),
    modelRng: modelRng && modelRng !== "shared" ? generator(modelRng, take("rng/model")) : modelRng,
  };
}

function readConfigs(
  arrays: Record<string, NDArray>,
  numbers: Record<string, NDArray>,
  rest: Facts["optim"],
): Record<string, OptimConfig> {
  const configs: Record<string, Record<string, unknown>> = {};
  for (const [param, config] of Object.entries(rest)) configs[param] = { ...config };
  const put = (name: string, value: unknown) => {
    const slash = name.lastIndexOf("/");
    configs[name.slice(0, slash)][decodeURIComponent(name.slice(slash + 1))] = value;
  };
  for (const [name, array] of Object.entries(arrays)) put(name, array);
  for (const [name, number] of Object.entries(numbers)) put(name, number.item());
  return configs;
}

function plain(param: string, key: string, value: unknown): unknown {
  if (["string", "boolean", "undefined"].includes(typeof value) || value === null) return value;
  throw new TypeError(
    `Solver: a checkpoint cannot hold "${key}" of the update rule's state for ${param}; ` +
      "keep numbers, strings, booleans and NDArrays there, or train without checkpointName",
  );
}

function generatorTensors({ key, gauss }: RandomStateSnapshot): Record<string, NDArray> {
  const words = new Int32Array(key.buffer, key.byteOffset, key.length);
  return { key: asNDArray(words, [key.length]), gauss: float64([gauss]) };
}

function generator(
  stored: StoredGenerator,
  { key, gauss }: Record<string, NDArray>,
): RandomStateSnapshot {
  return { ...stored, key: Uint32Array.from(key.data), gauss: gauss.item() };
}

function withPrefix(tensors: Record<string, NDArray>, prefix: string): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

function float64(values: readonly number[]): NDArray {
  return asNDArray(Float64Array.from(values), [values.length]);
}

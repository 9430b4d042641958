/**
 * Checkpoints: everything that a run needs to continue as if it had never stopped, in one
 * safetensors file. Arrays and lists of numbers are tensors, the rest is JSON in the metadata.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { FileFormatError } from "../io/errors.ts";
import type { Safetensors } from "../io/safetensors_options.ts";
import type { SharedTraining } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { flatten, isRecord, unflatten } from "./_tree.ts";
import type { State } from "./state.ts";

/**
 * What is remembered of an array of the data, to know it again.
 *
 * @category Training
 */
export interface ArrayFingerprint {
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its element type. */
  readonly dtype: string;
  /** A checksum of samples of its bytes, and of all if they are few. */
  readonly sum: number;
}

/**
 * The weights of a run when they were best.
 *
 * @category Training
 */
export interface BestState {
  /** The value of the figure that tells. */
  readonly value: number;
  /** Models, modules and arrays, by the names that the run gave them. */
  readonly state: Readonly<Record<string, State>>;
}

/**
 * A run at one moment between two steps.
 *
 * @category Training
 */
export interface Checkpoint {
  /** The loop that wrote it: `"Solver"`, `"CaptioningSolver"`, `"Trainer"` or a name of its own. */
  readonly name: string;
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly iteration: number;
  /** The figures of every step, by name: `history.loss`. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The figures of every check, by name: `checks.valAcc`. */
  readonly checks: Readonly<Record<string, readonly number[]>>;
  /** What is trained, optimizers and generators, by the names that the run gave them. */
  readonly state: Readonly<Record<string, State>>;
  /** Names of the state that are second names of others, such as a model's generator. */
  readonly shared: Readonly<Record<string, string>>;
  /** The best weights; null before any check beat what there was to beat. */
  readonly best: BestState | null;
  /** How the run trains, as far as it must stay so. */
  readonly settings: Readonly<Record<string, State>>;
  /** What the data look like. */
  readonly data: Readonly<Record<string, ArrayFingerprint>>;
  /** The kernel table of the run, and its threads. Others may round differently. */
  readonly backend: { readonly name: string; readonly threads: number };
}

const format = "nndl checkpoint";
const version = "2";

/** The file of a checkpoint, given by its name with or without `.safetensors`. */
export function checkpointPath(name: string): string {
  return name.endsWith(".safetensors") ? name : `${name}.safetensors`;
}

/** Writes a checkpoint, whole or not at all. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors: Record<string, NDArray> = {};
  const run = Object.fromEntries(
    Object.entries(checkpoint).map(([name, value]) => [name, flatten(value, name, tensors)]),
  );
  const metadata = { format, version, run: JSON.stringify(run) };
  const { writeSafetensors } = await import("../io/safetensors.ts");
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
 * assert.equal(checkpoint.history.loss.length, 4);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Training
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { readSafetensors } = await import("../io/safetensors.ts");
  return checkpointOf(path, await checked((options) => readSafetensors(path, options)));
}

/** Reads the checkpoint of a run; where several processes share it, the first reads it for all. */
export async function readCheckpointFor(
  path: string,
  shared: SharedTraining | undefined,
): Promise<Checkpoint> {
  if (!shared) return await readCheckpoint(path);
  const bytes = await shared.readOnce(() => Deno.readFile(path));
  const { decodeSafetensors } = await import("../io/safetensors.ts");
  const decode = (options: { checksum?: boolean }) =>
    Promise.resolve().then(() => decodeSafetensors(bytes, options));
  return checkpointOf(path, await checked(decode));
}

function checkpointOf(path: string, { tensors, metadata }: Safetensors): Checkpoint {
  const bad = (problem: string) => new FileFormatError("readCheckpoint", path, 8, problem);
  if (metadata.format !== format) {
    const names = Object.keys(tensors);
    const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
    throw bad(
      `this is not a checkpoint of a Solver but a file of arrays (${some}); read weights with ` +
        "loadModel, and continue a run from what its checkpointName wrote",
    );
  }
  if (metadata.version !== version) {
    throw bad(
      `the checkpoint has format version ${metadata.version}, this library reads ${version}; ` +
        "use the library that wrote it",
    );
  }
  try {
    const run = JSON.parse(metadata.run);
    const checkpoint = Object.fromEntries(
      Object.entries(run).map(([name, value]) => [name, unflatten(value, name, tensors)]),
    );
    checkForm(checkpoint);
    return checkpoint as unknown as Checkpoint;
  } catch (error) {
    throw bad(`what it says of the run makes no sense: ${messageOf(error)}`);
  }
}

/** Reads a file, which needs a checksum only if it is a checkpoint. */
async function checked(
  read: (options: { checksum?: boolean }) => Promise<Safetensors>,
): Promise<Safetensors> {
  try {
    return await read({ checksum: true });
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    const other = await read({}).catch(() => null);
    if (!other || other.metadata.format === format || "nndl.crc32" in other.metadata) throw error;
    return other;
  }
}

/** Throws unless a tree has the form of a checkpoint. What its states hold is for the run to judge. */
function checkForm(run: Record<string, unknown>): void {
  const expect = (fits: boolean, what: string) => {
    if (!fits) throw new RangeError(what);
  };
  const { iteration, epoch, best, backend } = run;
  const count = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  expect(typeof run.name === "string", "it has no name");
  expect(count(iteration), "iteration is no whole number from 0 up");
  expect(count(epoch), "epoch is no whole number from 0 up");
  for (const name of ["history", "checks", "state", "shared", "settings", "data"]) {
    expect(isRecord(run[name]), `${name} is no record`);
  }
  for (const name of ["history", "checks"]) {
    for (const [figure, values] of Object.entries(run[name] as object)) {
      const numbers = Array.isArray(values) && values.every((value) => typeof value === "number");
      expect(numbers, `${name}.${figure} is no list of numbers`);
      expect(values.length <= (iteration as number), `${name}.${figure} is longer than the run`);
    }
  }
  for (const [name, other] of Object.entries(run.shared as object)) {
    expect(typeof other === "string", `shared.${name} is no name`);
  }
  for (const [name, print] of Object.entries(run.data as object)) {
    const { shape, dtype, sum } = Object(print);
    const fits = Array.isArray(shape) && shape.every(count) && typeof dtype === "string";
    expect(fits && typeof sum === "number", `data.${name} is no fingerprint`);
  }
  expect(
    best === null || isRecord(best) && typeof best.value === "number" && isRecord(best.state),
    "best is neither null nor a value with a state",
  );
  expect(
    isRecord(backend) && typeof backend.name === "string" && count(backend.threads),
    "backend is no name with threads",
  );
}

/**
 * Checkpoints and saved models, damaged under a right checksum.
 *
 * @module
 */
import { decodeSafetensors, encodeSafetensors } from "../../io/mod.ts";
import { loadModel, saveModel, TwoLayerNet } from "../../models/mod.ts";
import { asNDArray, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { readCheckpoint, Solver } from "../../solver/mod.ts";
import { damaged } from "./_mutate.ts";
import { below, mayRefuse, oneOf, type Target } from "./_target.ts";

const folder = await Deno.makeTempDir({ prefix: "nndl-fuzz-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const net = (seed: number) =>
  new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng: new RandomState(seed) });
const rng = new RandomState(0);
const X = rng.randn(20, 4);
const y = rng.randint(0, 3, 20) as NDArray;
const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
const checkpointName = `${folder}/run`;
await new Solver(net(1), data, {
  numEpochs: 1,
  batchSize: 10,
  verbose: false,
  updateRule: "adam",
  rng,
  checkpointName,
}).train();
const checkpoint = await Deno.readFile(`${checkpointName}.safetensors`);
await saveModel(`${folder}/model.safetensors`, net(2));
const model = await Deno.readFile(`${folder}/model.safetensors`);
const path = `${folder}/damaged.safetensors`;

const words: readonly unknown[] = [null, true, -1, 0, 1.5, 1e308, "", "x", "adam", [], {}, [[]], [
  1e9,
], { a: 1 }];

/** Puts something else somewhere into a value. */
function altered(rng: RandomState, value: unknown): unknown {
  const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (isLeaf || rng.rand() as number < 0.15) return oneOf(rng, words);
  const names = Object.keys(value);
  const name = oneOf(rng, names);
  const copy = structuredClone(value) as Record<string, unknown>;
  if (rng.rand() as number < 0.15) delete copy[name];
  else copy[name] = altered(rng, copy[name]);
  return copy;
}

/** The same file with other metadata or arrays, under its right checksum. */
function resealed(rng: RandomState, file: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  const names = Object.keys(tensors);
  const name = oneOf(rng, names);
  switch (below(rng, metadata.run ? 6 : 3)) {
    case 0:
      delete tensors[name];
      break;
    case 1:
      tensors[name] = oneOf(rng, [
        zeros([0]),
        zeros([2, 2], "int32"),
        asNDArray(Float32Array.of(NaN), []),
        tensors[oneOf(rng, names)],
      ]);
      break;
    case 2:
      tensors[oneOf(rng, ["x", "", "__proto__", "params/W1", "W1"])] = tensors[name];
      break;
    case 3: {
      const text = new TextEncoder().encode(metadata.run);
      metadata.run = new TextDecoder().decode(damaged(rng, text));
      break;
    }
    default:
      metadata.run = JSON.stringify(altered(rng, JSON.parse(metadata.run)));
  }
  return encodeSafetensors(tensors, metadata, { checksum: true });
}

/** The targets, by name. */
export const states: Record<string, Target> = {
  checkpoint: {
    run: async (rng) => {
      const file = rng.rand() as number < 0.2
        ? damaged(rng, checkpoint)
        : resealed(rng, checkpoint);
      await Deno.writeFile(path, file);
      await mayRefuse(["FileFormatError"], () => readCheckpoint(path));
      // A checkpoint of another run is well formed: that it does not fit is a RangeError.
      await mayRefuse(
        ["FileFormatError", "RangeError", "TypeError"],
        () => Solver.resume(path, net(1), data, { verbose: false }),
      );
    },
  },
  "saved model": {
    run: async (rng) => {
      const file = rng.rand() as number < 0.3 ? damaged(rng, model) : resealed(rng, model);
      await Deno.writeFile(path, file);
      await mayRefuse(["FileFormatError", "RangeError"], () => loadModel(path, net(3)));
    },
  },
};

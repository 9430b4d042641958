/**
 * Where CIFAR-10 lies on disk, and in which of its two official layouts.
 *
 * @module
 */
import { locate, type Root, rootOf } from "../_locate.ts";

/**
 * The binary archive: one byte of label, then 3,072 of pixels, 10,000 times a file.
 *
 * @category Data
 */
export type Cifar10Layout = "binary" | "pickle";

/**
 * A folder with CIFAR-10 in it.
 *
 * @category Data
 */
export interface Cifar10Folder {
  /** The folder that holds the batches. */
  readonly dir: string;
  /** `"binary"` for `data_batch_1.bin` …, `"pickle"` for the Python version's `data_batch_1` …. */
  readonly layout: Cifar10Layout;
}

/**
 * The ten classes, in the order of their labels.
 *
 * @category Data
 */
export const cifar10LabelNames: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** Records in each of the official files. */
export const officialRecords = 10_000;
/** The official archive of the binary layout. */
export const archiveUrl = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";

const variable = "CIFAR10_DIR";
const subfolders = { binary: "cifar-10-batches-bin", pickle: "cifar-10-batches-py" } as const;
const markers = { binary: "data_batch_1.bin", pickle: "data_batch_1" } as const;

/**
 * Looks for CIFAR-10 without ever asking for a permission.
 *
 * @param dir The folder with the batches, or the one above it. Default: what the environment
 * variable `CIFAR10_DIR` says, and if it is not set or not to be read, `data`
 * @returns The folder and its layout, or a line that says why there is none
 *
 * @example
 * ```ts
 * import { findCifar10 } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const found = await findCifar10("no/such/folder");
 * assert.equal(typeof found, "string");
 * ```
 *
 * @category Data
 */
export function findCifar10(dir?: string | URL): Promise<Cifar10Folder | string> {
  return locateCifar10(cifar10Root("findCifar10", dir), false);
}

/** Settles which folder is meant. */
export function cifar10Root(caller: string, dir?: string | URL): Root {
  return rootOf(caller, variable, dir);
}

/** Looks in a folder and its usual subfolders. `mayAsk`: the user named it, so Deno may prompt. */
export async function locateCifar10(root: Root, mayAsk: boolean): Promise<Cifar10Folder | string> {
  const places = (["binary", "pickle"] as const).flatMap((layout) =>
    ["", subfolders[layout]].map((subfolder) => ({
      subfolder,
      markers: [markers[layout]],
      found: layout,
    }))
  );
  const missing = `${markers.binary}, ${subfolders.binary}/ or ${subfolders.pickle}/`;
  const there = await locate(root, mayAsk, places, missing);
  return typeof there === "string" ? there : { dir: there.dir, layout: there.found };
}

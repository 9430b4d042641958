/**
 * Where CIFAR-10 lies on disk, and in which of its two official layouts.
 *
 * @module
 */
import { pathOf } from "../../internal/paths.ts";
import { environment, granted } from "../../internal/environment.ts";

/** The binary archive: one byte of label, then 3,072 of pixels, 10,000 times a file. */
export type Cifar10Layout = "binary" | "pickle";

/** A folder with CIFAR-10 in it. */
export interface Cifar10Folder {
  /** The folder that holds the batches. */
  readonly dir: string;
  /** `"binary"` for `data_batch_1.bin` …, `"pickle"` for the Python version's `data_batch_1` …. */
  readonly layout: Cifar10Layout;
}

/** The ten classes, in the order of their labels. */
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
 */
export function findCifar10(dir?: string | URL): Promise<Cifar10Folder | string> {
  return locateCifar10(cifar10Root("findCifar10", dir), false);
}

/** The folder to look in, with what names it. */
export interface Cifar10Root {
  readonly path: string;
  readonly from: "option" | "environment" | "default";
}

/** Settles which folder is meant. */
export function cifar10Root(caller: string, dir?: string | URL): Cifar10Root {
  if (dir !== undefined) {
    return { path: pathOf(dir, caller, "dir"), from: "option" };
  }
  const path = environment(variable);
  return path ? { path, from: "environment" } : { path: "data", from: "default" };
}

/** Looks in a folder and its usual subfolders. `mayAsk`: the user named it, so Deno may prompt. */
export async function locateCifar10(
  root: Cifar10Root,
  mayAsk: boolean,
): Promise<Cifar10Folder | string> {
  const path = root.path.replace(/(?<=.)[/\\]+$/, "");
  const named = root.from === "environment" ? `CIFAR10_DIR=${path}` : path;
  const refused: string[] = [];
  for (const layout of ["binary", "pickle"] as const) {
    for (const dir of [path, `${path}/${subfolders[layout]}`]) {
      if (!mayAsk && !granted({ name: "read", path: dir })) {
        refused.push(dir);
        continue;
      }
      try {
        await Deno.stat(`${dir}/${markers[layout]}`);
        return { dir, layout };
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) refused.push(dir);
        else if (!isAbsent(error)) return `${named} cannot be read: ${(error as Error).message}`;
      }
    }
  }
  // A variable that may not be read could have named another folder.
  const isUnseen = root.from === "default" && !granted({ name: "env", variable });
  const right = `without --allow-env=${variable}`;
  if (refused.includes(path)) {
    return `${named} may not be read without --allow-read=${path}` +
      (isUnseen ? `, nor ${variable} ${right}` : "");
  }
  return `${named} has no ${markers.binary}, ${subfolders.binary}/ or ${subfolders.pickle}/` +
    (isUnseen ? `, and ${variable} may not be read ${right}` : "");
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

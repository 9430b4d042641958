/**
 * What a search is, as hashes: the code of its trials, their data, and what the trials follow from.
 *
 * @module
 */
import { builtin } from "../internal/builtins.ts";
import { messageOf } from "../internal/message_of.ts";
import { PACKAGE_VERSION } from "../internal/version.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { TrialData } from "../selection/mod.ts";

/** What the trials of a search run. */
export interface Code {
  /** The version of this package. */
  readonly version: string;
  /** Hash of the module that exports `trial`, and of the modules that it imports by paths. */
  readonly code: string;
  /** Hash of what all trials share. */
  readonly data: string;
}

/** A search, as its stream on the server describes it. */
export interface Identity extends Code {
  /** Hash of the ranges and the seed. */
  readonly plan: string;
}

/** Specifiers of imports that are paths, in the text of a module. */
const specifiers = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** Looks at the module of a trial, and at its data. */
export async function codeOf(caller: string, trial: URL, data: TrialData): Promise<Code> {
  return { version: PACKAGE_VERSION, code: await hashModule(caller, trial), data: hashData(data) };
}

/** The beginning of a SHA-256 sum of texts and bytes. */
export function hashOf(parts: Iterable<string | Uint8Array>): string {
  const hash = builtin("node:crypto").createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

/** What differs between two versions of a search, in words; null if nothing does. */
export function differenceOf(ours: Code, theirs: Code): string | null {
  if (ours.version !== theirs.version) {
    return `its version of nndl is ${theirs.version}, this one is ${ours.version}`;
  }
  if (ours.code !== theirs.code) {
    return `the code of its trials has the hash ${theirs.code}, the code here ${ours.code}`;
  }
  if (ours.data !== theirs.data) {
    return `the data of its trials has the hash ${theirs.data}, the data here ${ours.data}`;
  }
  return null;
}

/** Paths do not count, since they differ between machines, nor does how lines end. */
async function hashModule(caller: string, entry: URL): Promise<string> {
  const texts = new Map<string, string>();
  const open = [entry.href];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (texts.has(module)) continue;
    const text = await textOf(module).catch((cause) => {
      // What looks like an import may stand in a comment.
      if (module !== entry.href) return "";
      throw new Error(`${caller}: ${module} cannot be read: ${messageOf(cause)}`, { cause });
    });
    texts.set(module, text.replaceAll("\r\n", "\n"));
    for (const [, path] of text.matchAll(specifiers)) open.push(new URL(path, module).href);
  }
  const hashes = Array.from(texts.values(), (text) => hashOf([text]));
  return hashOf(hashes.sort());
}

async function textOf(module: string): Promise<string> {
  const response = await fetch(module);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return await response.text();
}

function hashData(data: TrialData): string {
  const parts: (string | Uint8Array)[] = [];
  for (const [name, value] of Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1)) {
    if (!(value instanceof NDArray)) {
      parts.push(JSON.stringify([name, value]));
      continue;
    }
    const { data: { buffer, byteOffset, byteLength }, dtype, shape } = value;
    parts.push(
      JSON.stringify([name, dtype, shape]),
      new Uint8Array(buffer, byteOffset, byteLength),
    );
  }
  return hashOf(parts);
}

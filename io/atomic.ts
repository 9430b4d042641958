/**
 * Writing a file so that it is there as a whole or not at all.
 *
 * @module
 */

import { granted } from "../internal/environment.ts";
import { messageOf } from "../internal/message_of.ts";
import { joinPath, pathOf, splitPath } from "../internal/paths.ts";

/**
 * What can be written: one array, or the pieces of one in order.
 *
 * @category Files
 */
export type Bytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file under a temporary name in the same folder, flushes it to disk, and renames it, for
 * which it needs `--allow-read` and `--allow-write` for that folder.
 * Readers see the old file or the new one, never a part. On any error the temporary file is
 * removed and the target stays as it was. (A process that is killed while it writes leaves a
 * `*.partial` file beside an intact target.)
 *
 * A link is followed, and the file that it names is replaced. Devices and pipes, such as `/dev/null`
 * and `/dev/stdout`, are written to as they are.
 *
 * @param path Where to write; an existing file is replaced
 * @param bytes The content
 * @throws {Error} If the file cannot be written, with the system's error as `cause`; an error
 * thrown by `bytes` while it is iterated comes through as it is
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await writeFileAtomic(`${folder}/digits.bin`, Uint8Array.of(1, 2, 3));
 * assert.deepEqual(await Deno.readFile(`${folder}/digits.bin`), Uint8Array.of(1, 2, 3));
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Files
 */
export async function writeFileAtomic(path: string | URL, bytes: Bytes): Promise<void> {
  const caller = "writeFileAtomic";
  const { target, isDevice } = await placeOf(caller, pathOf(path, caller));
  const write = async (place: string, options: Deno.OpenOptions) => {
    const file = await attempt(caller, target, () => Deno.open(place, { write: true, ...options }));
    try {
      for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
        await attempt(caller, target, () => writeAll(file, piece));
      }
      if (!isDevice) await attempt(caller, target, () => file.sync());
    } finally {
      file.close();
    }
  };
  if (isDevice) return await write(target, {});
  const partial = partialName(target);
  try {
    await write(partial, { createNew: true });
    await attempt(caller, target, () => Deno.rename(partial, target));
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

/**
 * Fails now if {@linkcode writeFileAtomic} could not write a file later: for want of a permission or
 * a folder, or because there is a folder of that name. Nothing is left behind.
 *
 * @param path Where something is to be written
 * @throws {Error} If it could not, with the system's error as `cause`
 *
 * @example
 * ```ts
 * import { checkWritable } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await checkWritable(`${folder}/net.bin`);
 * await assert.rejects(checkWritable(`${folder}/no/net.bin`), /create its folder first$/);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Files
 */
export async function checkWritable(path: string | URL): Promise<void> {
  const caller = "checkWritable";
  const { target, isDevice } = await placeOf(caller, pathOf(path, caller));
  if (isDevice) return;
  const [partial, renamed] = [partialName(target), partialName(target)];
  const empty = new Uint8Array();
  await attempt(caller, target, () => Deno.writeFile(partial, empty, { createNew: true }));
  try {
    await attempt(caller, target, () => Deno.rename(partial, renamed));
    await Deno.remove(renamed);
  } catch (error) {
    await Deno.remove(partial);
    throw error;
  }
}

/**
 * Removes the temporary files that writers of a file left behind because they were killed. Call it
 * when no one else is writing that file. Without the permission to list the folder it does nothing.
 *
 * @param path The file that was to be written
 * @returns How many files were removed
 *
 * @example
 * ```ts
 * import { removePartialFiles } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/net.bin.0a1b2c3d.partial`, "half a");
 * assert.equal(await removePartialFiles(`${folder}/net.bin`), 1);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Files
 */
export async function removePartialFiles(path: string | URL): Promise<number> {
  const { folder, name: target } = splitPath(pathOf(path, "removePartialFiles"));
  const start = `${target}.`;
  if (!granted({ name: "read", path: folder })) return 0;
  let removed = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.startsWith(start) || !/^[0-9a-f]{8}\.partial$/.test(name.slice(start.length))) {
        continue;
      }
      await Deno.remove(joinPath(folder, name));
      removed++;
    }
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotADirectory)) throw error;
  }
  return removed;
}

/**
 * Where a file goes that is to be at `path`: at the end of a link, or into the device that is there.
 *
 * @throws {Error} If there is a folder
 */
async function placeOf(
  caller: string,
  path: string,
): Promise<{ target: string; isDevice: boolean }> {
  // Without the permission to look, opening fails, and says what is missing.
  const mayLook = granted({ name: "read", path });
  const info = mayLook ? await Deno.stat(path).catch(() => null) : null;
  if (info?.isDirectory || path.endsWith("/")) {
    const cause = new Deno.errors.IsADirectory("it is a folder");
    await attempt(caller, path, () => Promise.reject(cause));
  }
  if (info && !info.isFile) return { target: path, isDevice: true };
  const isLink = info && (await Deno.lstat(path)).isSymlink;
  return { target: isLink ? await Deno.realPath(path) : path, isDevice: false };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** A name beside `target` that nobody else has. */
function partialName(target: string): string {
  return `${target}.${crypto.randomUUID().slice(0, 8)}.partial`;
}

async function attempt<T>(caller: string, target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(
      `${caller}: cannot write ${target}: ${messageOf(cause)}; ${remedy(target, cause)}`,
      { cause },
    );
  }
}

function remedy(target: string, cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "create its folder first";
  if (cause instanceof Deno.errors.NotADirectory) return "a part of the path is a file";
  if (cause instanceof Deno.errors.IsADirectory) return "give the name of a file";
  if (cause instanceof Deno.errors.NotCapable) {
    // Renaming reads: both are said at once, for the folder, because of the temporary file.
    const { folder: path } = splitPath(target);
    const missing = (["read", "write"] as const).filter((name) => !granted({ name, path }));
    return `allow it with ${missing.map((name) => `--allow-${name}=${path}`).join(" ")}`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) return "choose a folder you may write to";
  return "free some space or choose another disk; the old file, if any, is untouched";
}

/**
 * Downloads that are checked before they are used: into a file beside the place, which keeps what has
 * arrived for the next time, and which one program at a time may write.
 */
import { builtin } from "../internal/builtins.ts";
import { downloadFile, type FileDownload } from "./_download_file.ts";

/** A checksum in hexadecimal digits. */
export interface Checksum {
  readonly algorithm: "md5" | "sha256";
  readonly sum: string;
}

/** A file that a download goes into. */
export interface Partial {
  readonly file: Deno.FsFile;
  readonly path: string;
  readonly validatorPath: string;
}

/**
 * Opens the partial file of `target` for `work` alone. Afterwards it is removed, unless `work`
 * failed and something has arrived.
 */
export async function withPartial<T>(
  caller: string,
  target: string,
  work: (partial: Partial) => Promise<T>,
): Promise<T> {
  const path = `${target}.partial`;
  const validatorPath = `${target}.etag.partial`;
  const file = await Deno.open(path, { read: true, write: true, create: true });
  let finished = false;
  try {
    if (!await file.tryLock(true)) {
      throw new Error(`${caller}: ${path} is being downloaded by another program; wait for it`);
    }
    const result = await work({ file, path, validatorPath });
    finished = true;
    return result;
  } finally {
    // A download that is empty or done is of no use to the next one.
    if (finished || (await file.stat()).size === 0) {
      for (const name of [path, validatorPath]) await Deno.remove(name).catch(() => {});
    }
    file.close();
  }
}

/** What {@linkcode checkedDownload} is to download. */
export type CheckedDownload =
  & Omit<FileDownload, "file" | "validatorPath">
  & { readonly partial: Partial; readonly checksum: Checksum | null };

/**
 * Completes the partial file and checks it. One that was taken up again and has the wrong sum is
 * downloaded anew; with the wrong sum again it is emptied.
 */
export async function checkedDownload(
  { partial: { file, path, validatorPath }, checksum, ...download }: CheckedDownload,
): Promise<void> {
  const { caller, log, remedy } = download;
  const request = { ...download, file, validatorPath };
  const check = () => checkSum(caller, path, checksum, remedy);
  const resumed = await downloadFile(request);
  try {
    await check();
  } catch (error) {
    await file.truncate(0);
    if (!resumed) throw error;
    log(`the download, resumed, has the wrong ${checksum?.algorithm} sum; starting over`);
    await downloadFile(request);
    await check().catch(async (error) => {
      await file.truncate(0);
      throw error;
    });
  }
}

/** Throws unless a file has the sum that is expected. */
export async function checkSum(
  caller: string,
  path: string,
  checksum: Checksum | null,
  remedy: string,
): Promise<void> {
  if (checksum === null) return;
  const { algorithm, sum } = checksum;
  const hash = builtin("node:crypto").createHash(algorithm);
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  const actual = hash.digest("hex");
  if (actual === sum) return;
  throw new Error(
    `${caller}: ${path}: the ${algorithm} sum is ${actual}, not ${sum}; it is damaged or not the ` +
      `official file: call again to download it anew, or ${remedy}`,
  );
}

/** Whether there is something at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Downloads a file so that an interrupted download goes on where it stopped. */
import { pause } from "../internal/event_loop.ts";
import { messageOf } from "../internal/message_of.ts";

/** How often a download is taken up again in one call. */
const maxAttempts = 4;
/** How long nothing may arrive, milliseconds. */
const stallTime = 60_000;

/** What to download, and how to go about it. */
export interface FileDownload {
  /** The function to name in errors. */
  readonly caller: string;
  readonly url: string;
  /** The open file to write, for reading and writing. What it holds is what there is already. */
  readonly file: Deno.FsFile;
  /** Where the validator of what `file` holds is kept. */
  readonly validatorPath: string;
  /** The size the whole must have, if that is known. */
  readonly size: number | null;
  /** What to do when it cannot be done: the end of every message. */
  readonly remedy: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A failure that trying again will not mend. */
class FinalError extends Error {}

/** A failure of the disk, not of the network. */
class WriteError extends Error {}

/**
 * Completes the file. Returns whether part of it was there before.
 *
 * The rest is asked for with `Range`, and with `If-Range` where the server gave a validator, so
 * that a file that changed meanwhile is sent whole. A server that ignores `Range` sends it whole
 * as well: then we start over.
 */
export async function downloadFile(download: FileDownload): Promise<boolean> {
  const { caller, file, log, remedy, signal, size, url } = download;
  let resumed = false;
  for (let attempt = 1;; attempt++) {
    const have = (await file.stat()).size;
    if (have === size) return true;
    try {
      if (await transfer(download, size !== null && have > size ? 0 : have)) resumed = true;
      return resumed;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FinalError) throw new Error(error.message, { cause: error.cause });
      if (error instanceof WriteError) throw error;
      const reason = messageOf(error);
      if (attempt === maxAttempts) {
        throw new Error(
          `${caller}: ${url}: ${reason} (${maxAttempts} attempts); what has arrived is ` +
            `kept, so try again later to go on from there, or ${remedy}`,
          { cause: error },
        );
      }
      log(`download interrupted, trying again: ${reason}`);
      await pause(100 * 2 ** attempt);
    }
  }
}

/** One request. Returns whether it went on from `have` bytes. */
async function transfer(download: FileDownload, have: number): Promise<boolean> {
  const { caller, file, onProgress, size, url, validatorPath } = download;
  const stall = new AbortController();
  const signals = [stall.signal, ...(download.signal ? [download.signal] : [])];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    const late = () => stall.abort(new Error(`nothing came for ${stallTime / 1000} seconds`));
    timer = setTimeout(late, stallTime);
  };
  alive();
  try {
    const response = await request(download, have, AbortSignal.any(signals));
    const from = response.status === 206 ? have : 0;
    const length = Number(response.headers.get("content-length") ?? NaN);
    const total = Number.isNaN(length) ? size ?? 0 : from + length;
    if (size !== null && total !== size) {
      await response.body?.cancel();
      throw new FinalError(
        `${caller}: ${url}: ${size} bytes expected, the server has ${total}; it is not ` +
          `the official file: ${download.remedy}`,
      );
    }
    const validator = strongValidator(response.headers);
    await writing(caller, () => Deno.writeTextFile(validatorPath, validator));
    await writing(caller, () => file.truncate(from));
    await file.seek(from, Deno.SeekMode.Start);
    let done = from;
    for await (const chunk of response.body ?? []) {
      alive();
      for (let at = 0; at < chunk.length;) {
        at += await writing(caller, () => file.write(chunk.subarray(at)));
      }
      done += chunk.length;
      onProgress(done, total);
    }
    if (total > 0 && done < total) {
      throw new Error(`the connection closed after ${done} of ${total} bytes`);
    }
    return from > 0;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for the bytes from `have` on. Answers 200 (all of them) or a 206 that fits. */
async function request(
  download: FileDownload,
  have: number,
  signal: AbortSignal,
): Promise<Response> {
  const { caller, log, remedy, size, url, validatorPath } = download;
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have > 0) {
    headers.range = `bytes=${have}-`;
    const validator = await Deno.readTextFile(validatorPath).catch(() => "");
    if (validator) headers["if-range"] = validator;
  }
  let response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = messageOf(error);
    const advice = error instanceof Deno.errors.NotCapable
      ? `allow it with --allow-net=${new URL(url).host}, or ${remedy}`
      : `check the network, or ${remedy}`;
    throw new FinalError(`${caller}: ${url} cannot be reached: ${reason}; ${advice}`, {
      cause: error,
    });
  }
  if (response.status === 200) return response;
  if (response.status === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/
      .exec(response.headers.get("content-range") ?? "") ?? [];
    const fits = Number(from) === have && (size === null || total === "*" || +total === size);
    if (have > 0 && fits) return response;
  }
  await response.body?.cancel();
  if (have > 0 && [206, 416].includes(response.status)) {
    log("the part downloaded earlier does not fit the file on the server; starting over");
    return request(download, 0, signal);
  }
  const problem = `the server answered ${response.status} ${response.statusText}`.trim();
  if (response.status >= 500) throw new Error(problem);
  throw new FinalError(`${caller}: ${url}: ${problem}; ${remedy}`);
}

/** What `If-Range` may be sent with; nothing if the server has only weak ones. */
function strongValidator(headers: Headers): string {
  const etag = headers.get("etag");
  if (etag && !etag.startsWith("W/")) return etag;
  return headers.get("last-modified") ?? "";
}

async function writing<T>(caller: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new WriteError(
      `${caller}: the download cannot be written: ${reason}; make room on the disk and ` +
        "call again to go on from there",
      { cause },
    );
  }
}

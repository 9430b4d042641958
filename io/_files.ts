/** Reading whole files with an error that says what to do. */
import { messageOf } from "../internal/message_of.ts";

/** Reads a file. */
export async function readBytes(caller: string, path: string | URL): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const reason = messageOf(cause);
    const remedy = cause instanceof Deno.errors.NotCapable
      ? "allow it with --allow-read"
      : "check the path and the right to read it";
    throw new Error(`${caller}: cannot read ${fileName(path)}: ${reason}; ${remedy}`, { cause });
  }
}

/** How a file is called in messages. */
export function fileName(path: string | URL): string {
  return path instanceof URL ? path.href : path;
}

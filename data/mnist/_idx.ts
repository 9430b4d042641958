/** The IDX files of MNIST: a header of big-endian numbers, then bytes. */
import { messageOf } from "../../internal/message_of.ts";
import { FileFormatError } from "../../io/mod.ts";
import { DataNotFoundError } from "../errors.ts";

/** What to do about a damaged file. */
export const remedy = "get the file again from where MNIST is published";

/** Reads an IDX file of bytes whose items have the given shape: a header, then the items. */
export async function readIdx(
  caller: string,
  dir: string,
  name: string,
  itemShape: readonly number[],
): Promise<{ path: string; count: number; data: Uint8Array<ArrayBuffer> }> {
  const { path, bytes } = await readMaybeZipped(caller, dir, name);
  const fail = (offset: number, problem: string) =>
    new FileFormatError(caller, path, offset, `${problem}; ${remedy}`);
  const headerSize = 8 + 4 * itemShape.length;
  if (bytes.length < headerSize) {
    throw fail(bytes.length, `the file ends within its header of ${headerSize} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = 0x800 + 1 + itemShape.length;
  if (view.getUint32(0) !== magic) {
    const hex = (n: number) => `0x${n.toString(16)}`;
    throw fail(0, `the magic number ${hex(magic)} expected, got ${hex(view.getUint32(0))}`);
  }
  const count = view.getUint32(4);
  itemShape.forEach((length, axis) => {
    const got = view.getUint32(8 + 4 * axis);
    if (got !== length) {
      throw fail(8 + 4 * axis, `images of 28 × 28 expected, got a side of ${got}`);
    }
  });
  const size = headerSize + count * itemShape.reduce((a, b) => a * b, 1);
  if (bytes.length !== size) {
    throw fail(
      Math.min(bytes.length, size),
      `${size} bytes expected for ${count} items, got ${bytes.length}`,
    );
  }
  return { path, count, data: bytes.subarray(headerSize) };
}

/** The names that a file may have: the official one, and with a dot as some programs unpack it. */
export function namesOf(name: string): string[] {
  const dotted = name.replace("-idx", ".idx");
  return [name, `${name}.gz`, dotted, `${dotted}.gz`];
}

/** Reads a file under the name that is there, and unpacks it if it is packed. */
async function readMaybeZipped(caller: string, dir: string, name: string) {
  const paths = namesOf(name).map((each) => `${dir}/${each}`.replace(/\/+/g, "/"));
  for (const path of paths) {
    const bytes = await readIfThere(caller, path);
    if (!bytes) continue;
    const packed = path.endsWith(".gz") || (bytes[0] === 0x1f && bytes[1] === 0x8b);
    return { path, bytes: packed ? await gunzip(caller, path, bytes) : bytes };
  }
  throw new DataNotFoundError(
    `${caller}: there is neither ${paths.join(" nor ")}; put MNIST's four files into one folder ` +
      "and name it, or call getMnistData({ download: true })",
  );
}

async function readIfThere(caller: string, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    // Some archives unpack each file into a folder of its name, beside one named with a dot.
    const { NotFound, NotADirectory, IsADirectory } = Deno.errors;
    if ([NotFound, NotADirectory, IsADirectory].some((kind) => cause instanceof kind)) return null;
    const [reason, advice] = cause instanceof Deno.errors.NotCapable
      ? ["Deno may not read it", `allow it with --allow-read=${path}`]
      : [messageOf(cause), "check the disk and the mode"];
    throw new Error(`${caller}: ${path}: ${reason}; ${advice}`, { cause });
  }
}

async function gunzip(
  caller: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    const reason = messageOf(cause);
    throw new FileFormatError(
      caller,
      path,
      bytes.length,
      `the gzip data is damaged or ends too early: ${reason}; ${remedy}`,
    );
  }
}

/**
 * A look at a library's file before it is opened. The system's loader maps an incomplete ELF file
 * without complaint, and the process dies at the first page that is not there.
 *
 * @module
 */
import { messageOf } from "./message_of.ts";

/** ELF machine numbers by Deno's name of the architecture. */
const MACHINES: Record<string, number> = { x86_64: 0x3e, aarch64: 0xb7 };

const HEADER_BYTES = 64;

/**
 * Checks that a file can be opened as a library on this system.
 *
 * @param path The file
 * @returns What is wrong with it, or null
 */
export function problemWith(path: string): string | null {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no such file";
    return messageOf(error);
  }
  try {
    const { isFile, size } = file.statSync();
    if (!isFile) return "it is not a file";
    const header = new Uint8Array(HEADER_BYTES);
    const count = file.readSync(header) ?? 0;
    // Loaders other than ELF's check their files themselves.
    if (Deno.build.os === "darwin" || Deno.build.os === "windows") return null;
    return problemWithElf(new DataView(header.buffer, 0, count), size);
  } finally {
    file.close();
  }
}

function problemWithElf(header: DataView, size: number): string | null {
  const isElf = header.byteLength === HEADER_BYTES && header.getUint32(0) === 0x7f454c46;
  const is64BitLittleEndian = isElf && header.getUint16(4) === 0x0201;
  if (!is64BitLittleEndian) return "it is not a library for this system, or it is truncated";
  const machine = header.getUint16(18, true);
  const wanted = MACHINES[Deno.build.arch];
  if (machine !== wanted) {
    return `it is for another processor (ELF machine ${machine}, this one is ${wanted})`;
  }
  // The table of sections is the last thing in the file.
  const end = Number(header.getBigUint64(40, true)) +
    header.getUint16(58, true) * header.getUint16(60, true);
  return size < end ? `it is truncated: ${size} of ${end} bytes` : null;
}

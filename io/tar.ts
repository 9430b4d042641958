/** A reader for tar archives (ustar), as a stream: plain files and folders, nothing else. */
import { FileFormatError } from "./mod.ts";

const blockSize = 512;

/** A file in an archive. */
export interface TarFile {
  /** Its name as it stands in the archive. Not to be trusted. */
  readonly name: string;
  readonly size: number;
  /** The content. What is not read before the next file is asked for is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Reads the files of an archive, one after the other. Links, devices and the like are errors;
 * folders are passed over.
 */
export async function* readTar(
  caller: string,
  path: string,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarFile> {
  const source = new ByteSource(caller, path, stream);
  try {
    for (;;) {
      const at = source.position;
      const header = await source.take(blockSize);
      if (header.every((byte) => byte === 0)) return;
      const bad = (problem: string) => new FileFormatError(caller, path, at, problem);
      if (!checksumHolds(header)) {
        throw bad("not the header of a file in a tar archive; download the archive again");
      }
      const name = nameOf(header);
      const size = octal(header, 124, 12);
      const type = String.fromCharCode(header[156]);
      if (!Number.isSafeInteger(size)) throw bad(`the size of ${name} is no number`);
      const end = source.position + size;
      if (type === "0" || type === "\0") {
        yield { name, size, body: source.pieces(size) };
      } else if (!["5", "x", "g"].includes(type)) {
        throw bad(`${name} is of type "${type}"; only files and folders are unpacked`);
      }
      await source.skipTo(end + (blockSize - size % blockSize) % blockSize);
    }
  } finally {
    await source.cancel();
  }
}

/** Bytes of a stream by the number wanted. */
class ByteSource {
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(
    readonly caller: string,
    readonly path: string,
    stream: AsyncIterable<Uint8Array>,
  ) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let done = 0;
    for await (const piece of this.pieces(count)) {
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  async *pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) await this.#fill();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      this.position += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  async skipTo(position: number): Promise<void> {
    for await (const _ of this.pieces(position - this.position));
  }

  async cancel(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done) {
      throw new FileFormatError(
        this.caller,
        this.path,
        this.position,
        "the archive ends in the middle (byte counted after unpacking); download it again",
      );
    }
    this.#rest = value;
  }
}

function checksumHolds(header: Uint8Array): boolean {
  let sum = 0;
  header.forEach((byte, i) => sum += i >= 148 && i < 156 ? 0x20 : byte);
  return sum === octal(header, 148, 8);
}

function nameOf(header: Uint8Array): string {
  const isUstar = text(header, 257, 5) === "ustar" && header[262] === 0;
  const prefix = isUstar ? text(header, 345, 155) : "";
  return (prefix && `${prefix}/`) + text(header, 0, 100);
}

function text(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, from: number, length: number): number {
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

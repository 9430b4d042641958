/** Bytes: what is given as such, and pieces of them. */

/** Checks that the content of a file is bytes. */
export function checkContent(caller: string, bytes: unknown, reader: string): void {
  if (!(bytes instanceof Uint8Array)) {
    const got = bytes === null ? "null" : typeof bytes;
    throw new TypeError(
      `${caller}: bytes must be a Uint8Array, got ${got}; read a file with ${reader}`,
    );
  }
}

/** Joins pieces. */
export function concatenateBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

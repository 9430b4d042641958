/** The segments of a JPEG file: its sizes, and whether all of it is there. */

/** What the frame header tells. */
export interface JpegHeader {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: number;
}

const marker = { start: 0xd8, end: 0xd9, scan: 0xda } as const;

/**
 * Walks over the segments up to the end marker. Source: ITU-T T.81, annex B.
 *
 * @param bytes The file, which begins with the start marker
 * @param bad Builds the error for a problem
 * @returns What the frame header tells
 */
export function parseJpegHeader(
  bytes: Uint8Array,
  bad: (offset: number, problem: string) => Error,
): JpegHeader {
  const endsEarly = () => bad(bytes.length, "the JPEG ends early; get the whole file");
  let header: JpegHeader | undefined;
  for (let at = 2;;) {
    if (at + 1 >= bytes.length) throw endsEarly();
    if (bytes[at] !== 0xff) throw bad(at, "there is no JPEG marker here; the file is damaged");
    const kind = bytes[at + 1];
    if (kind === 0xff) {
      at++; // Markers may be padded.
      continue;
    }
    if (kind === marker.end) {
      if (header) return header;
      throw bad(at, "the JPEG ends before its image; the file is damaged");
    }
    at += 2;
    if (isBare(kind)) continue;
    if (at + 1 >= bytes.length) throw endsEarly();
    const end = at + 256 * bytes[at] + bytes[at + 1];
    if (end > bytes.length) throw endsEarly();
    if (isFrame(kind)) header = parseFrame(kind, bytes.subarray(at, end), at, bad);
    at = kind === marker.scan ? afterScan(bytes, end) : end;
  }
}

/** Restart markers and the reserved marker 1 stand without a segment. */
function isBare(kind: number): boolean {
  return (kind >= 0xd0 && kind <= 0xd7) || kind === 1;
}

/** The markers C0 to CF but for those of the tables between them begin a frame. */
function isFrame(kind: number): boolean {
  return kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc;
}

function parseFrame(
  kind: number,
  segment: Uint8Array,
  at: number,
  bad: (offset: number, problem: string) => Error,
): JpegHeader {
  if (kind > 0xc2) {
    throw bad(at, "lossless and arithmetic JPEG are not read; save it as a plain JPEG or as PNG");
  }
  if (segment.length < 8) throw bad(at, "the frame header is cut short; the file is damaged");
  const [, , precision, h1, h0, w1, w0, channels] = segment;
  if (precision !== 8) {
    throw bad(at, `JPEG with ${precision} bits is not read; save it with 8 bits or as PNG`);
  }
  if (channels !== 1 && channels !== 3) {
    throw bad(at, `JPEG with ${channels} channels (CMYK?) is not read; convert it to RGB`);
  }
  const height = 256 * h1 + h0;
  const width = 256 * w1 + w0;
  if (height === 0 || width === 0) {
    throw bad(at, `the image has ${height} rows and ${width} columns; the file is damaged`);
  }
  return { height, width, channels };
}

/** Compressed data go on to the next marker; FF 00 in them is a plain FF, and restarts belong to them. */
function afterScan(bytes: Uint8Array, start: number): number {
  for (let at = start;; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1];
    if (next !== 0 && !isBare(next)) return at;
  }
}

/** The segments of a JPEG file: its sizes, its scans, and whether all of it is there. */
import { checkPixelCount, type ImageReading } from "./_image_options.ts";
import { type JpegComponent, JpegScans } from "./_jpeg_scans.ts";
import { exifOrientation } from "./_orientation.ts";

/** What the segments tell. */
export interface JpegHeader {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: number;
  /** How to turn the image, 1 to 8; 1 leaves it. */
  readonly orientation: number;
}

/** The frame header. */
interface Frame extends Omit<JpegHeader, "orientation"> {
  readonly progressive: boolean;
  readonly components: readonly JpegComponent[];
}

type Bad = (offset: number, problem: string) => Error;

const marker = { end: 0xd9, scan: 0xda, app1: 0xe1 } as const;

/**
 * Walks over the segments up to the end marker. Source: ITU-T T.81, annex B.
 *
 * @param bytes The file, which begins with the start marker
 * @param reading Which sizes and damage are taken
 * @param bad Builds the error for a problem
 * @returns What the segments tell
 */
export function parseJpegHeader(
  bytes: Uint8Array,
  { maxPixels, acceptDamage }: ImageReading,
  bad: Bad,
): JpegHeader {
  const endsEarly = () => bad(bytes.length, "the JPEG ends early; get the whole file");
  let frame: Frame | undefined;
  let scans: JpegScans | undefined;
  let orientation = 1;
  const finish = (at: number) => {
    if (!frame || !scans || scans.count === 0) {
      throw bad(at, "the JPEG ends before its image; the file is damaged");
    }
    const problem = acceptDamage ? undefined : scans.missing(frame);
    if (problem) throw bad(at, `${problem}; the file is damaged`);
    const { height, width, channels } = frame;
    return { height, width, channels, orientation };
  };
  for (let at = 2;;) {
    if (at + 1 >= bytes.length) {
      if (acceptDamage && scans?.count) return finish(at);
      throw endsEarly();
    }
    if (bytes[at] !== 0xff) throw bad(at, "there is no JPEG marker here; the file is damaged");
    const kind = bytes[at + 1];
    if (kind === 0xff) {
      at++; // Markers may be padded.
      continue;
    }
    if (kind === marker.end) return finish(at);
    at += 2;
    if (isBare(kind)) continue;
    if (at + 1 >= bytes.length) throw endsEarly();
    const end = at + 256 * bytes[at] + bytes[at + 1];
    if (end > bytes.length) throw endsEarly();
    const segment = bytes.subarray(at, end);
    if (isFrame(kind)) {
      if (frame) throw bad(at, "there is a second frame header; the file is damaged");
      frame = parseFrame(kind, segment, (problem) => bad(at, problem));
      checkPixelCount(frame.height, frame.width, maxPixels, (problem) => bad(at, problem));
      scans = new JpegScans(frame.components, frame.progressive);
    }
    if (kind === marker.app1 && orientation === 1) orientation = exifOrientation(segment);
    if (kind !== marker.scan) {
      at = end;
      continue;
    }
    if (!scans) throw bad(at, "there is a scan before the frame header; the file is damaged");
    const next = afterScan(bytes, end);
    const problem = scans.add(segment, next - end);
    if (problem) throw bad(at, `${problem}; the file is damaged`);
    at = next;
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

function parseFrame(kind: number, segment: Uint8Array, bad: (problem: string) => Error): Frame {
  if (kind > 0xc2) {
    throw bad("lossless and arithmetic JPEG are not read; save it as a plain JPEG or as PNG");
  }
  const [, , precision, h1, h0, w1, w0, channels] = segment;
  const cutShort = () => bad("the frame header is cut short; the file is damaged");
  if (segment.length < 8) throw cutShort();
  if (precision !== 8) {
    throw bad(`JPEG with ${precision} bits is not read; save it with 8 bits or as PNG`);
  }
  if (channels !== 1 && channels !== 3) {
    throw bad(`JPEG with ${channels} channels (CMYK?) is not read; convert it to RGB`);
  }
  if (segment.length !== 8 + 3 * channels) throw cutShort();
  const components = Array.from({ length: channels }, (_, i) => {
    const [id, sampling] = segment.subarray(8 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15 };
  });
  return {
    height: 256 * h1 + h0,
    width: 256 * w1 + w0,
    channels,
    progressive: kind === 0xc2,
    components,
  };
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

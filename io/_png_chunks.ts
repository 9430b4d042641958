/** The chunks of a PNG file: what they hold, and whether all of them are there and whole. */
import { crc32 } from "../internal/crc32.ts";
import { tiffOrientation } from "./_orientation.ts";

/** What a file holds. */
export interface PngChunks {
  readonly height: number;
  readonly width: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
  /** Red, green and blue of each colour, if there is a palette. */
  readonly palette?: Uint8Array;
  /** The alpha of the first colours of the palette. */
  readonly alpha?: Uint8Array;
  /** The compressed pixels. */
  readonly data: readonly Uint8Array[];
  /** How to turn the image, 1 to 8; 1 leaves it. */
  readonly orientation: number;
}

type Bad = (offset: number, problem: string) => Error;

/** What the colour types are made of. */
export const colorTypes: Readonly<Record<number, { channels: number; depths: readonly number[] }>> =
  {
    0: { channels: 1, depths: [1, 2, 4, 8, 16] }, // grey
    2: { channels: 3, depths: [8, 16] }, // red, green, blue
    3: { channels: 1, depths: [1, 2, 4, 8] }, // indices of a palette
    4: { channels: 2, depths: [8, 16] }, // grey, alpha
    6: { channels: 4, depths: [8, 16] }, // red, green, blue, alpha
  };

/**
 * Walks over the chunks up to the last one and checks them. Source: the PNG specification,
 * https://www.w3.org/TR/png-3/#5Chunk-layout
 *
 * @param bytes The file, which begins with the signature
 * @param bad Builds the error for a problem
 * @returns What they hold
 */
export function parsePngChunks(bytes: Uint8Array, bad: Bad): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: ReturnType<typeof parseHeader> | undefined;
  let palette: Uint8Array | undefined;
  let alpha: Uint8Array | undefined;
  let orientation = 1;
  const data: Uint8Array[] = [];
  for (let at = 8, previous = "";;) {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Infinity;
    if (end > bytes.length) throw bad(bytes.length, "the PNG ends early; get the whole file");
    const type = new TextDecoder("latin1").decode(bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, end - 4);
    const wrong = (problem: string) => bad(at, `${problem}; the file is damaged`);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw wrong(`chunk ${JSON.stringify(type)} has a wrong CRC`);
    }
    if ((header === undefined) !== (type === "IHDR")) {
      throw wrong(header ? "there is a second PNG header" : "the PNG header is missing");
    }
    switch (type) {
      case "IHDR":
        header = parseHeader(content, wrong);
        break;
      case "PLTE":
        if (palette || data.length > 0) throw wrong("the palette comes too late");
        if (content.length % 3 !== 0 || content.length === 0 || content.length > 768) {
          throw wrong(`the palette has ${content.length} bytes`);
        }
        palette = content;
        break;
      case "tRNS":
        if (header?.colorType !== 3) break;
        if (!palette || content.length > palette.length / 3) {
          throw wrong("there are more alpha values than colours in the palette");
        }
        alpha = content;
        break;
      case "IDAT":
        if (data.length > 0 && previous !== "IDAT") throw wrong("the pixels are interrupted");
        data.push(content);
        break;
      case "eXIf":
        orientation = tiffOrientation(content);
        break;
      case "IEND": {
        if (data.length === 0) throw wrong("the PNG has no pixels");
        if (header?.colorType === 3 && !palette) throw wrong("the palette is missing");
        return { ...header!, palette, alpha, data, orientation };
      }
      default:
        // What a reader may not pass over has a capital first.
        if (/^[A-Z]/.test(type)) throw wrong(`chunk ${JSON.stringify(type)} is not known`);
    }
    previous = type;
    at = end;
  }
}

function parseHeader(content: Uint8Array, wrong: (problem: string) => Error) {
  if (content.length !== 13) throw wrong(`the PNG header has ${content.length} bytes, not 13`);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const [depth, colorType, compression, filter, interlace] = content.subarray(8);
  if (!colorTypes[colorType]?.depths.includes(depth)) {
    throw wrong(`there is no PNG of colour type ${colorType} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw wrong(`there is no PNG of methods ${compression}, ${filter} and ${interlace}`);
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth,
    colorType,
    interlaced: interlace === 1,
  };
}

/** From the compressed rows of a PNG to its pixels, 8 bits a channel. */
import { builtin } from "../internal/builtins.ts";
import { concatenateBytes } from "./_bytes.ts";
import { colorTypes, type PngChunks } from "./_png_chunks.ts";

/** Pixels with 1 to 4 channels. */
export interface PngImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** An image of every so many-th pixel: the whole one, or a pass of an interlaced one. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
}

/** No compressed byte gives more than this many: the limit of deflate. */
const mostExpansion = 1032;

/** Decodes the pixels. Palettes are looked up. Errors say what is wrong. */
export function pngPixels(png: PngChunks): PngImage {
  const { height, width, depth, colorType, palette, alpha } = png;
  const bits = depth * colorTypes[colorType].channels;
  const passes = passesOf(png);
  const size = passes.reduce(
    (sum, { rows, columns }) => sum + rows * (1 + rowBytes(columns, bits)),
    0,
  );
  const rows = inflate(png.data, size);
  const samples = unpackRows(rows, passes, png);
  if (!palette || colorType !== 3) {
    return { height, width, channels: colorTypes[colorType].channels, data: samples };
  }
  return { height, width, ...lookUp(samples, palette, alpha) };
}

function inflate(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const compressed = pieces.length === 1 ? pieces[0] : concatenateBytes(pieces);
  let rows: Uint8Array;
  if (compressed.length * mostExpansion < size) {
    throw new Error(`${compressed.length} compressed bytes are too few for the image`);
  }
  try {
    rows = builtin("node:zlib").inflateSync(compressed, { maxOutputLength: size });
  } catch (cause) {
    throw new Error(`the pixels do not inflate (${(cause as Error).message})`, { cause });
  }
  if (rows.length !== size) {
    throw new Error(`the pixels have ${rows.length} bytes, ${size} are needed`);
  }
  return rows;
}

/** Source: the PNG specification, 8.1. */
function passesOf({ height, width, interlaced }: PngChunks): Pass[] {
  const steps = interlaced
    ? [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
      0,
      1,
      1,
      2,
    ]]
    : [[0, 0, 1, 1]];
  return steps
    .map(([left, top, stepX, stepY]) => ({
      left,
      top,
      stepX,
      stepY,
      columns: Math.ceil((width - left) / stepX),
      rows: Math.ceil((height - top) / stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

function rowBytes(columns: number, bits: number): number {
  return Math.ceil(columns * bits / 8);
}

/** Takes the filters back, and brings the samples to 8 bits and to their places. */
function unpackRows(rows: Uint8Array, passes: readonly Pass[], png: PngChunks): Uint8Array {
  const { height, width, depth, colorType } = png;
  const { channels } = colorTypes[colorType];
  const pixelBytes = Math.max(1, depth * channels / 8);
  const out = new Uint8Array(height * width * channels);
  let at = 0;
  for (const { left, top, stepX, stepY, columns, rows: count } of passes) {
    const length = rowBytes(columns, depth * channels);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < count; y++) {
      const row = rows.subarray(at + 1, at + 1 + length);
      unfilter(rows[at], row, above, pixelBytes);
      above = row;
      at += 1 + length;
      const to = ((top + y * stepY) * width + left) * channels;
      if (depth === 8 && stepX === 1) out.set(row, to);
      else spread(row, depth, colorType, channels, columns, stepX * channels, out.subarray(to));
    }
  }
  return out;
}

/** Takes the filter of a row back, in place. Source: the PNG specification, 9.2. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < row.length; i++) row[i] += row[i - pixelBytes];
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < row.length; i++) {
        row[i] += ((i < pixelBytes ? 0 : row[i - pixelBytes]) + above[i]) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < row.length; i++) {
        const before = i >= pixelBytes;
        const a = before ? row[i - pixelBytes] : 0;
        row[i] += paeth(a, above[i], before ? above[i - pixelBytes] : 0);
      }
      return;
  }
  throw new Error(`a row has filter ${filter}, which is none`);
}

/** The neighbour (left, above, above left) that is nearest to left + above - above left. */
function paeth(a: number, b: number, c: number): number {
  const distanceA = Math.abs(b - c);
  const distanceB = Math.abs(a - c);
  const distanceC = Math.abs(a + b - 2 * c);
  if (distanceA <= distanceB && distanceA <= distanceC) return a;
  return distanceB <= distanceC ? b : c;
}

/** Puts the samples of a row, as 8 bits, at every `step`-th place. Indices stay as they are. */
function spread(
  row: Uint8Array,
  depth: number,
  colorType: number,
  channels: number,
  columns: number,
  step: number,
  out: Uint8Array,
): void {
  const scale = colorType === 3 || depth === 16 ? 1 : 255 / (2 ** depth - 1);
  const mask = 2 ** depth - 1;
  for (let x = 0; x < columns; x++) {
    for (let c = 0; c < channels; c++) {
      const i = x * channels + c;
      let value;
      if (depth === 16) value = Math.round((256 * row[2 * i] + row[2 * i + 1]) / 257);
      else if (depth === 8) value = row[i];
      else value = (row[i * depth >> 3] >> (8 - depth - (i * depth & 7)) & mask) * scale;
      out[x * step + c] = value;
    }
  }
}

/** Colours for indices; with alpha if the file has any. */
function lookUp(indices: Uint8Array, palette: Uint8Array, alpha: Uint8Array | undefined) {
  const channels = alpha ? 4 : 3;
  const data = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const color = 3 * indices[i];
    if (color >= palette.length) {
      throw new Error(
        `a pixel has colour ${indices[i]}, the palette ${palette.length / 3} colours`,
      );
    }
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette[color + c];
    if (alpha) data[i * 4 + 3] = alpha[indices[i]] ?? 255;
  }
  return { channels, data };
}

/** The two passes over pixels: their mean, and the conversion to floating point. */

/** Arrays that images can be converted to. */
export type ImageArray = Float32Array | Float64Array | Uint8Array;

/**
 * The mean of each of the `size` bytes of an image over all images: sums in whole numbers, which
 * are exact, then one division. `size` is a multiple of 4.
 */
export function meanImage(
  images: Uint8Array<ArrayBuffer>,
  size: number,
): Float64Array<ArrayBuffer> {
  const mean = new Float64Array(size);
  const count = images.length / size;
  const words = new Uint32Array(images.buffer, images.byteOffset, images.length / 4);
  const width = size / 4;
  // Four bytes a step: a word holds two sums of 16 bits, which have room for 257 bytes.
  const even = new Uint32Array(width);
  const odd = new Uint32Array(width);
  for (let done = 0; done < count;) {
    const end = Math.min(count, done + 257);
    for (; done < end; done++) {
      const first = done * width;
      for (let j = 0; j < width; j++) {
        const word = words[first + j];
        even[j] += word & 0x00ff00ff;
        odd[j] += (word >>> 8) & 0x00ff00ff;
      }
    }
    for (let j = 0; j < width; j++) {
      mean[4 * j] += even[j] & 0xffff;
      mean[4 * j + 1] += odd[j] & 0xffff;
      mean[4 * j + 2] += even[j] >>> 16;
      mean[4 * j + 3] += odd[j] >>> 16;
    }
    even.fill(0);
    odd.fill(0);
  }
  for (let j = 0; j < size; j++) mean[j] /= count;
  return mean;
}

/**
 * Writes whole images, less their mean, into `out` from `offset` on. The difference is computed in
 * double precision and rounded once.
 */
export function convertPixels(
  bytes: Uint8Array,
  mean: Float64Array,
  out: ImageArray,
  offset: number,
): void {
  if (out instanceof Uint8Array) return out.set(bytes, offset);
  const size = mean.length;
  for (let from = 0; from < bytes.length; from += size) {
    for (let j = 0; j < size; j++) out[offset + from + j] = bytes[from + j] - mean[j];
  }
}

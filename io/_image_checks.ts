/** What an image is: the checks of the image functions. */
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** The sizes of an image. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Pixel types that arithmetic on images takes. */
export type PixelData = Uint8Array | Float32Array | Float64Array;

/** Checks that a value is an image, (H, W, C) or (H, W), of at least one pixel and 1-4 channels. */
export function checkImage(caller: string, image: NDArray): ImageSize {
  if (!(image instanceof NDArray)) {
    throw new TypeError(
      `${caller}: image must be an NDArray, got ${typeof image}; wrap pixels with asNDArray`,
    );
  }
  const [height, width, channels = 1] = image.shape;
  if (image.ndim < 2 || image.ndim > 3 || channels > 4) {
    const fix = image.ndim === 4
      ? "pick one with images.slice(i)"
      : image.ndim === 3
      ? "move the channels last with image.transpose([1, 2, 0])"
      : "reshape it";
    throw new RangeError(
      `${caller}: image must have shape (H, W, C) with 1 to 4 channels, or (H, W), ` +
        `got ${showShape(image.shape)}; ${fix}`,
    );
  }
  if (image.size === 0) {
    throw new RangeError(
      `${caller}: image must have at least one pixel, got shape ${showShape(image.shape)}`,
    );
  }
  return { height, width, channels };
}

/** Checks that an image holds bytes or floats, and returns them. */
export function checkPixels(caller: string, image: NDArray): PixelData {
  const { data, dtype } = image;
  if (dtype === "bool" || data instanceof Int32Array) {
    throw new TypeError(
      `${caller}: image must be uint8, float32 or float64, got ${dtype}; ` +
        `convert it with image.astype("uint8")`,
    );
  }
  return data;
}

/** Checks that an image holds bytes, and returns them. */
export function checkBytes(caller: string, image: NDArray): Uint8Array {
  if (image.dtype !== "uint8") {
    throw new TypeError(
      `${caller}: image must be uint8, got ${image.dtype}; ` +
        `scale it to 0-255 and convert it with image.astype("uint8")`,
    );
  }
  return image.data as Uint8Array;
}

/** Makes an array for pixels like `like`. */
export function pixelsLike(like: PixelData, length: number): PixelData {
  if (like instanceof Uint8Array) return new Uint8Array(length);
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

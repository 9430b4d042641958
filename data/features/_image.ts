/**
 * The check of an image that features are computed from.
 *
 * @module
 */
import { showShape } from "../../internal/shapes.ts";
import { NDArray } from "../../ndarray/mod.ts";

/** The size of an image of colour planes. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Returns the size of an image, (C, H, W) or (H, W), if it has one of the numbers of channels. */
export function imageSize(caller: string, image: NDArray, channels: readonly number[]): ImageSize {
  if (!(image instanceof NDArray)) {
    throw new TypeError(`${caller}: image must be an NDArray, got ${image}`);
  }
  const shape = image.ndim === 2 ? [1, ...image.shape] : image.shape;
  if (shape.length === 3 && channels.includes(shape[0]) && image.size > 0) {
    return { channels: shape[0], height: shape[1], width: shape[2] };
  }
  const wanted = channels.map((count) => `(${count}, H, W)`).join(" or ");
  throw new RangeError(
    `${caller}: image must have shape ${wanted}, colours first, got ${showShape(image.shape)}` +
      (shape.length === 3 && shape[2] === 3 ? "; transpose it by [2, 0, 1]" : ""),
  );
}

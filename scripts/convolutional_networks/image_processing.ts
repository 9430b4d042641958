/**
 * Two filters made by hand, one that turns an image grey and one that finds horizontal edges, to
 * show what a convolution can do.
 *
 * @module
 */
import { convForwardNaive } from "../../layers/mod.ts";
import { resizeImage } from "../../io/mod.ts";
import { abs, array, type NDArray, stack, zeros } from "../../ndarray/mod.ts";
import { imageGrid } from "../../plot/mod.ts";
import { errorText } from "../_checks.ts";
import type { ImageData } from "../_images.ts";
import { savePlot } from "../_outputs.ts";
import type { Context, PartResult } from "../_part.ts";

/** Height and width of the images that are filtered, as in the course. */
const SIDE = 200;

/** Height and width of the pictures in text; characters are twice as high as wide. */
const ROWS = 16;
const COLUMNS = 32;

/** Weights of red, green and blue in grey. */
const greyWeights = [0.3, 0.6, 0.1];

/** Characters from dark to light. */
const shades = " .:-=+*#%@";

/** The first validation image of a class as it was before the mean image was taken off, (H, W, 3). */
function originalImage({ XVal, yVal, meanImage }: ImageData, label: number): NDArray {
  const index = yVal.data.indexOf(label as never);
  const image = XVal.slice(Math.max(index, 0)).add(meanImage ?? 0);
  return image.transpose([1, 2, 0]).astype("float64");
}

function filters(): NDArray {
  const w = zeros([2, 3, 3, 3]);
  const place = (f: number, c: number, i: number, j: number) => ((f * 3 + c) * 3 + i) * 3 + j;
  greyWeights.forEach((weight, channel) => w.data[place(0, channel, 1, 1)] = weight);
  [1, 2, 1].forEach((weight, column) => {
    w.data[place(1, 2, 0, column)] = weight;
    w.data[place(1, 2, 2, column)] = -weight;
  });
  return w;
}

/** A picture in characters from its darkest to its lightest value, (H, W). */
function textPicture(plane: NDArray): string[] {
  const small = resizeImage(plane, ROWS, COLUMNS);
  const [dark, light] = [small.min(), small.max()];
  const shade = (value: number) => shades[Math.round((shades.length - 1) * value)];
  return Array.from({ length: ROWS }, (_, row) =>
    Array.from(
      { length: COLUMNS },
      (_, column) => shade((small.at(row, column) - dark) / (light - dark || 1)),
    ).join(""));
}

/**
 * Images without their outermost pixels. There the filters see the zeros of the padding, an edge so
 * strong that beside it all others would be the same grey.
 */
function inner(images: NDArray): NDArray {
  return images.slice(":", ":", "1:-1", "1:-1");
}

/** Each image beside what the two filters make of it, (3·N, 3, H, W). */
function picture(x: NDArray, out: NDArray): NDArray {
  const colours = (plane: NDArray) => stack([plane, plane, plane]);
  return stack(
    Array.from({ length: x.shape[0] }, (_, i) => [
      x.slice(i),
      colours(out.slice(i, 0)),
      colours(out.slice(i, 1)),
    ]).flat(),
  );
}

/** Filters two images of the data set. */
export async function imagePart(context: Context): Promise<PartResult> {
  const data = await context.data();
  const labels = [3, 5];
  const images = labels.map((label) => resizeImage(originalImage(data, label), SIDE, SIDE));
  const x = stack(images.map((image) => image.transpose([2, 0, 1])));
  const [out] = convForwardNaive(x, filters(), array([0, 128]), { stride: 1, pad: 1 });
  const errors = images.map((image, i) => {
    const grey = image.multiply(array(greyWeights)).sum(2);
    return abs(out.slice(i, 0).subtract(grey)).max();
  });
  const shown = inner(out);
  labels.forEach((label, i) => {
    const grey = textPicture(shown.slice(i, 0));
    const edges = textPicture(shown.slice(i, 1));
    console.log(`${data.labelNames[label]}: grey, and horizontal edges in blue\n`);
    console.log(grey.map((line, row) => `${line}    ${edges[row]}`.trimEnd()).join("\n") + "\n");
  });
  await savePlot(context, "conv_image_processing", () =>
    imageGrid(picture(inner(x), shown), {
      title: "Images filtered by hand",
      columns: 3,
      labels: ["image", "grey", "edges"],
      scale: 1,
    }));
  const worst = Math.max(...errors);
  return {
    results: { images: labels.map((label) => data.labelNames[label]), errors },
    summary: [`Image processing: grey within ${errorText(worst)} of the weighted channels`],
  };
}

/** Reads MNIST's four files: images and labels of two parts. */
import { FileFormatError } from "../../io/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { readIdx, remedy } from "./_idx.ts";
import type { Mnist } from "./load_mnist.ts";

/** The official names of the files, packed with gzip. */
export const mnistFiles: readonly string[] = ["train", "t10k"].flatMap((part) => [
  `${part}-images-idx3-ubyte`,
  `${part}-labels-idx1-ubyte`,
]);

/** Reads a folder; `caller` is the function to name in errors. */
export async function readMnist(caller: string, dir: string): Promise<Mnist> {
  const [XTrain, yTrain] = await readPart(caller, dir, "train");
  const [XTest, yTest] = await readPart(caller, dir, "t10k");
  return { XTrain, yTrain, XTest, yTest };
}

async function readPart(
  caller: string,
  dir: string,
  part: string,
): Promise<[images: NDArray, labels: NDArray]> {
  const images = await readIdx(caller, dir, `${part}-images-idx3-ubyte`, [28, 28]);
  const labels = await readIdx(caller, dir, `${part}-labels-idx1-ubyte`, []);
  if (images.count !== labels.count) {
    throw new FileFormatError(
      caller,
      labels.path,
      4,
      `${images.count} labels expected for the images in ${images.path}, got ${labels.count}; ` +
        "get both files from the same place",
    );
  }
  const bad = labels.data.findIndex((label) => label > 9);
  if (bad >= 0) {
    throw new FileFormatError(
      caller,
      labels.path,
      8 + bad,
      `a label from 0 to 9 expected, got ${labels.data[bad]}; ${remedy}`,
    );
  }
  return [
    asNDArray(images.data, [images.count, 1, 28, 28]),
    asNDArray(Int32Array.from(labels.data), [labels.count]),
  ];
}

/**
 * The images that the assignments work on: CIFAR-10 where it can be found, else the synthetic set.
 *
 * @module
 */
import {
  type Cifar10Data,
  type Cifar10DataOptions,
  findCifar10,
  getCifar10Data,
  syntheticCifar10,
} from "../data/mod.ts";
import { type Flags, UsageError } from "./_flags.ts";

/** Images and labels for training, validation and testing, real or synthetic. */
export type ImageData = Omit<Cifar10Data, "source">;

/** Where the images come from. */
export interface ImageSource {
  /** Whether they are the real CIFAR-10. */
  readonly real: boolean;
  /** A line that says so. */
  readonly line: string;
}

/** Decides where images come from, before anything runs. */
export async function chooseSource({ data, synthetic }: Flags): Promise<ImageSource> {
  const found = synthetic ? "--synthetic" : await findCifar10(data);
  if (typeof found !== "string") return { real: true, line: `Data: CIFAR-10 from ${found.dir}` };
  if (data !== undefined) {
    const advice = found.includes("--allow-read") ? "" : "; unpack the binary version of " +
      "https://www.cs.toronto.edu/~kriz/cifar.html and name its folder, or leave out --data to " +
      "use synthetic images";
    throw new UsageError(`--data: ${found}${advice}`);
  }
  return { real: false, line: `Data: SYNTHETIC images, not CIFAR-10 (${found})` };
}

/** Loads the images, and says how many there are. */
export async function loadImages(
  flags: Flags,
  { real }: ImageSource,
  format: Pick<Cifar10DataOptions, "numTest" | "subtractMean" | "dtype">,
): Promise<ImageData> {
  const started = performance.now();
  const data = real
    ? await getCifar10Data({ ...format, dir: flags.data, onMessage: console.log })
    : syntheticCifar10({
      ...format,
      ...(flags.quick ? { numTraining: 4000 } : {}),
      seed: flags.seed,
    });
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(
    `Data ready in ${seconds} s: ${data.XTrain.shape[0]} training, ${data.XVal.shape[0]} ` +
      `validation, ${data.XTest.shape[0]} test images`,
  );
  return data;
}

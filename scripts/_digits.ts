/**
 * The digits that the programs on generative nets work on: MNIST where it can be found, else the
 * synthetic set.
 *
 * @module
 */
import { DataNotFoundError, getMnistData, splitValidation, syntheticDigits } from "../data/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { type Flags, UsageError } from "./_flags.ts";
import type { ImageSource } from "./_images.ts";

/** Images of digits, bytes (N, 1, 28, 28), and their labels. */
export interface DigitData {
  /** Training images. */
  readonly XTrain: NDArray;
  /** Training labels. */
  readonly yTrain: NDArray;
  /** Validation images. */
  readonly XVal: NDArray;
  /** Validation labels. */
  readonly yVal: NDArray;
  /** Test images. */
  readonly XTest: NDArray;
  /** Test labels. */
  readonly yTest: NDArray;
}

/** Decides where digits come from, before anything runs, and loads them if they are real. */
export async function chooseDigits(
  flags: Flags,
): Promise<ImageSource & { readonly digits: () => DigitData }> {
  if (!flags.synthetic) {
    try {
      const data = await getMnistData({
        dir: flags.data,
        dtype: "uint8",
        ...(flags.quick ? { numTraining: 3000, numValidation: 1000, numTest: 1000 } : {}),
        onMessage: console.log,
      });
      return { real: true, line: `Data: MNIST from ${data.source.text}`, digits: () => data };
    } catch (error) {
      if (!(error instanceof DataNotFoundError)) throw error;
      if (flags.data !== undefined) {
        throw new UsageError(`--data: ${error.message}`);
      }
    }
  }
  const why = flags.synthetic ? "--synthetic" : "no --data with the folder of MNIST";
  const sizes = flags.quick
    ? { numTraining: 4000, numTest: 1000 }
    : { numTraining: 20_000, numTest: 5000 };
  return {
    real: false,
    line: `Data: SYNTHETIC digits, not MNIST (${why})`,
    digits: () =>
      splitValidation(
        syntheticDigits({ ...sizes, seed: flags.seed }),
        flags.quick ? 1000 : 5000,
      ),
  };
}

/**
 * Models that caption, as the programs make and measure them.
 *
 * @module
 */
import type { SampleOptions } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import type { CaptioningModel } from "../../solver/mod.ts";

/** A model that captions. */
export type Captioner = CaptioningModel & {
  sample(features: NDArray, options?: SampleOptions): NDArray;
};

/** Makes a captioner for features of a width and a vocabulary. */
export type CaptionerMaker = (options: {
  inputDim: number;
  wordToIdx: Readonly<Record<string, number>>;
  rng: RandomState;
}) => Captioner;

/** Words of a caption, its start not counted. */
export const LENGTH = 16;

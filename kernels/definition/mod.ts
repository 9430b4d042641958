/**
 * What each kernel computes, as the shortest loops that follow its meaning, in float64: slow, and
 * written without looking at any implementation. The conformance suite compares every table with it;
 * no program runs it.
 *
 * @module
 */
import type { Kernels } from "../types.ts";
import { activations } from "./activations.ts";
import { elementwise } from "./elementwise.ts";
import { images } from "./images.ts";
import { losses } from "./losses.ts";
import { norms } from "./norms.ts";
import { products } from "./products.ts";
import { sequences } from "./sequences.ts";
import { softmax } from "./softmax.ts";
import { updates } from "./updates.ts";
import { upsampling } from "./upsampling.ts";

/** The table of kernels, for arrays of float64. */
export const definition: Kernels = {
  ...products,
  ...elementwise,
  ...activations,
  ...norms,
  ...softmax,
  ...losses,
  ...images,
  ...sequences,
  ...upsampling,
  ...updates,
};

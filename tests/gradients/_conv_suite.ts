/**
 * The gradient suite of a convolution, on every geometry.
 *
 * @module
 */
import type { ConvCache, ConvParam } from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { convSetups } from "../layers/_geometries.ts";
import { gradientSuite } from "./_suite.ts";

/** A convolution's two passes. */
export interface ConvPasses {
  readonly forward: (
    x: NDArray,
    w: NDArray,
    b: NDArray | null,
    convParam: ConvParam,
  ) => [out: NDArray, cache: ConvCache];
  readonly backward: (
    dout: NDArray,
    cache: ConvCache,
  ) => [dx: NDArray, dw: NDArray, db: NDArray | null];
}

/** Checks a convolution on every geometry. */
export function convSuite(name: string, { forward, backward }: ConvPasses): void {
  for (const { name: setup, x, w, param, bias } of convSetups) {
    gradientSuite<ConvCache>(`${name}, ${setup},`, {
      cases: [bias ? { x, w, b: [w[0]] } : { x, w }],
      forward: ({ x, w, b }) => forward(x, w, b ?? null, param),
      backward,
      tolerance: 1e-8,
    });
  }
}

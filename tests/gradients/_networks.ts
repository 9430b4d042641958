/**
 * The gradient suite of whole networks.
 *
 * @module
 */
import { array, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { type Case, gradientSuite, type Inputs } from "./_suite.ts";

/** A network that is made anew for every loss, so that no state passes from one to the next. */
export interface Network {
  params: Record<string, NDArray>;
  loss(X: NDArray, y: NDArray): [loss: number, grads: Record<string, NDArray>];
}

/** Takes the parameters as the inputs, and the loss as the output. */
export function networkSuite(
  name: string,
  make: () => Network,
  { X, y }: { X: NDArray; y: NDArray },
  tolerance: number,
  float32Tolerance: number,
): void {
  const rng = new RandomState(7);
  const params: Case = {};
  // Biases and shifts too are drawn, so that no gradient is zero by symmetry.
  for (const [key, { shape }] of Object.entries(make().params)) {
    params[key] = rng.randn(...shape).multiply(0.5);
  }
  gradientSuite(name, {
    cases: [params],
    forward: (inputs: Inputs) => {
      const network = make();
      network.params = inputs;
      const [loss, grads] = network.loss(X, y);
      return [array([loss]), Object.keys(inputs).map((key) => grads[key])];
    },
    backward: (dout, grads) => grads.map((d) => d.multiply(dout.astype(d.dtype))),
    tolerance,
    float32Tolerance,
  });
}

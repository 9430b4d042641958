/**
 * A layer of one's own: two functions, and the check that they belong together.
 *
 *     deno run examples/own_layer.ts
 */
import {
  evalNumericalGradientArray,
  exp,
  type NDArray,
  ones,
  RandomState,
  relError,
} from "@nndl/nndl";

interface SwishCache {
  readonly x: NDArray;
  readonly sigmoid: NDArray;
}

/** Swish: `out = x·σ(βx)`, with one trained number β for each column. */
function swishForward(x: NDArray, beta: NDArray): [out: NDArray, cache: SwishCache] {
  const sigmoid = exp(x.multiply(beta).negative()).add(1).power(-1);
  return [x.multiply(sigmoid), { x, sigmoid }];
}

/** `∂out/∂x = σ + βx·σ(1 - σ)`, `∂out/∂β = x²·σ(1 - σ)`, summed over the rows that share β. */
function swishBackward(
  dout: NDArray,
  beta: NDArray,
  { x, sigmoid }: SwishCache,
): [dx: NDArray, dbeta: NDArray] {
  const slope = sigmoid.subtract(sigmoid.multiply(sigmoid));
  const dx = dout.multiply(sigmoid.add(x.multiply(beta).multiply(slope)));
  return [dx, dout.multiply(x.multiply(x)).multiply(slope).sum(0)];
}

const rng = new RandomState(0);
const x = rng.randn(4, 3);
const beta = ones(3);
const dout = rng.randn(4, 3);
const [, cache] = swishForward(x, beta);
const [dx, dbeta] = swishBackward(dout, beta, cache);

const dxNumerical = evalNumericalGradientArray((x) => swishForward(x, beta)[0], x, dout);
const dbetaNumerical = evalNumericalGradientArray((beta) => swishForward(x, beta)[0], beta, dout);
console.log("Relative errors, which should be below 1e-8:");
console.log("dx   ", relError(dx, dxNumerical).toExponential(1));
console.log("dbeta", relError(dbeta, dbetaNumerical).toExponential(1));

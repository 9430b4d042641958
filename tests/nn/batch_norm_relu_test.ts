/** ReLU after batch normalisation: `Sequential` computes both at once, and nobody can tell. */
import assert from "node:assert/strict";
import { add, relu, sum, tanh, Tensor } from "../../autograd/mod.ts";
import { BatchNorm1d, BatchNorm2d, type Layer, Sequential } from "../../nn/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

type Norm = BatchNorm1d | BatchNorm2d;

/** What comes out, what comes back, and what is left behind. */
function traces(norm: Norm, layers: Layer[], x: NDArray, isTraining: boolean) {
  const rng = new RandomState(3);
  norm.weight.value.data.set(rng.randn(3).data);
  norm.bias.value.data.set(rng.randn(3).data);
  const net = new Sequential(...layers);
  if (!isTraining) net.eval();
  const input = new Tensor(x.copy(), { requiresGrad: true });
  const out = net.forward(input);
  sum(add(out, out)).backward();
  const grads = [input, norm.weight, norm.bias].map(({ grad }) => grad!.toArray());
  return [out.value.toArray(), ...grads, norm.runningMean.toArray(), norm.runningVar.toArray()];
}

for (
  const [Norm, shape] of [[BatchNorm1d, [5, 3]], [BatchNorm2d, [2, 3, 4, 4]], [BatchNorm1d, [
    2,
    3,
    4,
  ]]] as const
) {
  for (const isTraining of [true, false]) {
    Deno.test(`${Norm.name} of (${shape}) with ReLU is the two one by one, ${isTraining ? "train" : "eval"}`, () => {
      const x = new RandomState(1).randn(...shape);
      const make = () => new Norm(3, { dtype: "float64" });
      const [one, two] = [make(), make()];
      assert.deepEqual(
        traces(one, [one, relu], x, isTraining),
        traces(two, [two, (x) => relu(x)], x, isTraining),
      );
    });
  }
}

Deno.test("Sequential calls a forward of one's own, and refuses what the layer refuses", () => {
  class Loud extends BatchNorm1d {
    calls = 0;
    override forward(x: Tensor | NDArray): Tensor {
      this.calls++;
      return super.forward(x);
    }
  }
  const loud = new Loud(3);
  new Sequential(loud, relu).forward(new RandomState(0).randn(4, 3).astype("float32"));
  assert.equal(loud.calls, 1);
  const rows = new RandomState(0).randn(4, 3).astype("float32");
  assert.ok(new Sequential(new BatchNorm1d(3), tanh).forward(rows).value.min() < 0);
  assert.throws(() => new Sequential(new BatchNorm2d(3), relu).forward(rows), /spatialBatchnorm/);
});

import assert from "node:assert/strict";
import { add, lift, liftLoss, multiply, sum, Tensor } from "../../autograd/mod.ts";
import { affineBackward, affineForward, softmaxLoss, svmLoss } from "../../layers/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const scaleForward = (x: NDArray, by: { factor: number }): [NDArray, { factor: number }] => [
  x.multiply(by.factor),
  by,
];
const scaleBackward = (dout: NDArray, { factor }: { factor: number }) => dout.multiply(factor);

Deno.test("lift() passes on what is no array", () => {
  const scale = lift(scaleForward, scaleBackward);
  const x = new Tensor(array([1, 2]));
  sum(scale(x, { factor: 3 })).backward();
  assert.deepEqual(x.grad!.toArray(), [3, 3]);
});

Deno.test("lift() gives the gradients of the pair", () => {
  const rng = new RandomState(0);
  const [x, w, b, dout] = [rng.randn(3, 4), rng.randn(4, 2), rng.randn(2), rng.randn(3, 2)];
  const tensors = [x, w, b].map((value) => new Tensor(value));
  const affine = lift(affineForward, affineBackward);
  const out = affine(tensors[0], tensors[1], tensors[2]);
  const [expected, cache] = affineForward(x, w, b);
  assert.deepEqual(out.value, expected);
  assert.deepEqual(out.gradients(tensors, dout), affineBackward(dout, cache));
});

Deno.test("lift() gives integer arrays no gradient", () => {
  const pickForward = (places: NDArray, table: NDArray): [NDArray, [NDArray, NDArray]] => [
    table.take(places, 0),
    [places, table],
  ];
  const pickBackward = (dout: NDArray, [places, table]: [NDArray, NDArray]) => {
    const gradient = zeros(table.shape);
    places.data.forEach((place, i) => gradient.data[place] += dout.data[i]);
    return gradient;
  };
  const table = new Tensor(array([1, 2, 3]));
  const out = lift(pickForward, pickBackward)(array([2, 2], "int32"), table);
  out.backward(array([1, 10]));
  assert.deepEqual(out.toArray(), [3, 3]);
  assert.deepEqual(table.grad!.toArray(), [0, 0, 11]);
});

Deno.test("lift() tells a backward pass what is wanted if its gradients have names", () => {
  const asked: unknown[] = [];
  const forward = (x: NDArray, w: NDArray, b: NDArray | null): [NDArray, [NDArray, NDArray]] => [
    x.multiply(w).add(b ?? 0),
    [x, w],
  ];
  const backward = (
    dout: NDArray,
    [x, w]: [NDArray, NDArray],
    options?: { needs: Record<string, boolean> },
  ) => {
    asked.push(options?.needs);
    return [dout.multiply(w), dout.multiply(x), dout];
  };
  const f = lift(forward, backward, ["dx", "dw", "db"]);
  const [w, b] = [new Tensor(ones([2])), new Tensor(ones([2]))];
  sum(f(ones([2]), w, b)).backward();
  sum(f(w, b, null)).gradients([b]);
  sum(f(w, w, w)).backward();
  assert.deepEqual(asked, [
    { dx: false, dw: true, db: true },
    { dx: false, dw: true, db: false },
    undefined,
  ]);
});

Deno.test("a pair with several outputs lifts; an unused one has an upstream gradient of zeros", () => {
  const seen: unknown[] = [];
  const splitForward = (x: NDArray): [NDArray, NDArray, null] => [
    x.multiply(2),
    x.multiply(3).astype("float32"),
    null,
  ];
  const splitBackward = (dout1: NDArray, dout2: NDArray) => {
    seen.push([dout1.toArray(), dout2.toArray(), dout2.dtype]);
    return dout1.multiply(2).add(dout2.multiply(3));
  };
  const split = lift(splitForward, splitBackward);
  const x = new Tensor(array([1, 1]));
  const [twice, thrice] = split(x);
  sum(twice).backward();
  assert.deepEqual(x.grad!.toArray(), [2, 2]);
  x.grad = null;
  add(sum(twice), sum(thrice)).backward();
  assert.deepEqual(x.grad!.toArray(), [5, 5]);
  assert.deepEqual(seen, [[[1, 1], [0, 0], "float32"], [[1, 1], [1, 1], "float32"]]);
});

Deno.test("liftLoss() gives a number without axes, in float64, and the gradient times upstream's", () => {
  const scores = new RandomState(1).randn(4, 3).astype("float32");
  const y = array([0, 1, 2, 0], "int32");
  for (const loss of [softmaxLoss, svmLoss]) {
    const x = new Tensor(scores);
    const [expected, dx] = loss(scores, y);
    const value = liftLoss(loss)(x, y);
    assert.deepEqual([value.shape, value.dtype, value.item()], [[], "float64", expected]);
    multiply(value, 2).backward();
    assert.deepEqual(x.grad, dx.multiply(2));
  }
});

Deno.test("liftLoss() takes float labels, which have no gradient", () => {
  const x = new Tensor(array([[1, 2]]));
  liftLoss(softmaxLoss)(x, array([1])).backward();
  assert.equal(x.grad!.sum().toFixed(12), "0.000000000000");
});

Deno.test("lift() converts plain arrays to the type of the tensors, and refuses two float types", () => {
  const affine = lift(affineForward, affineBackward);
  const [w, b] = [zeros([4, 2], "float32"), zeros([2], "float32")].map((x) => new Tensor(x));
  assert.equal(affine(ones([3, 4]), w, b).dtype, "float32");
  assert.throws(
    () => affine(new Tensor(ones([3, 4])), w, b),
    /^TypeError: affine: tensors must have one float type, got float64 of shape \(3, 4\) and float32/,
  );
});

Deno.test("errors of a pair of one's own name it and what is wrong", () => {
  const x = new Tensor(ones([2]));
  const doubleForward = (x: NDArray): [NDArray, null] => [x.multiply(2), null];
  const wrong = (backward: (dout: NDArray) => unknown) =>
    sum(lift(doubleForward, backward as (dout: NDArray) => NDArray)(x)).backward();
  const cases: [() => unknown, RegExp][] = [
    [
      () => wrong(() => ones([3])),
      /^RangeError: double: the backward pass must return a gradient of shape \(2,\) for argument 0, got \(3,\)$/,
    ],
    [
      () => wrong(() => [null]),
      /^TypeError: double: the backward pass must return a gradient for argument 0 of shape \(2,\), got null$/,
    ],
    [
      () => wrong(() => [ones([2]), ones([2])]),
      /^RangeError: double: the backward pass must return a gradient for each of the 1 float arrays among the arguments, got 2$/,
    ],
    [() => wrong(() => undefined), /^RangeError: double: the backward pass .* got undefined$/],
    [
      () => lift(((x: NDArray) => x) as never, (d: NDArray) => d)(x as never),
      /^TypeError: lifted operation: the forward pass must return \[out, cache\], got NDArray$/,
    ],
    [
      () => lift(undefined as never, (d: NDArray) => d),
      /^TypeError: lift: forward and backward must be functions, got undefined$/,
    ],
    [
      () => liftLoss((() => [ones([1])]) as never)(),
      /^TypeError: loss: the loss must return \[value, \.\.\.gradients\], got \[NDArray\]$/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("a gradient comes in the type of its input, whatever the pair returns", () => {
  const x = new Tensor(ones([2]).astype("float32"));
  const wide = lift(
    (x: NDArray): [NDArray, null] => [x.astype("float64"), null],
    (dout: NDArray) => dout,
  );
  sum(wide(x)).backward();
  assert.equal(x.grad!.dtype, "float32");
});

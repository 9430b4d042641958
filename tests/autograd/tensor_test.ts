import assert from "node:assert/strict";
import {
  add,
  concatenate,
  crossEntropy,
  exp,
  lift,
  maskedFill,
  matmul,
  mse,
  multiply,
  noGrad,
  relu,
  slice,
  subtract,
  sum,
  Tensor,
} from "../../autograd/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";

Deno.test("a tensor asks for a gradient unless it is told otherwise or holds no floats", () => {
  assert.ok(new Tensor(array([1])).requiresGrad);
  assert.ok(!new Tensor(array([1]), { requiresGrad: false }).requiresGrad);
  assert.ok(!new Tensor(array([1]), false).requiresGrad);
  assert.ok(!new Tensor(array([1], "int32")).requiresGrad);
  assert.throws(
    () => new Tensor(array([1], "int32"), { requiresGrad: true }),
    new TypeError(
      "Tensor: only float32 and float64 have gradients, got int32; convert it with astype",
    ),
  );
  assert.throws(
    () => new Tensor([1] as unknown as NDArray),
    /^TypeError: Tensor: value must be an NDArray, got a list; wrap it in array\(\.\.\.\)$/,
  );
});

Deno.test("backward() adds to the gradients of leaves, and of no other tensor", () => {
  const x = new Tensor(array([1, 2]));
  const y = multiply(x, 3);
  const loss = sum(multiply(y, y));
  loss.backward();
  assert.deepEqual(x.grad!.toArray(), [18, 36]);
  assert.equal(y.grad, null);
  loss.backward();
  assert.deepEqual(x.grad!.toArray(), [36, 72]);
});

Deno.test("backward() with inputs stores the gradients of these alone", () => {
  const [x, w] = [new Tensor(array([1, 2])), new Tensor(array([3, 4]))];
  const y = multiply(x, w);
  sum(multiply(y, y)).backward(undefined, { inputs: [y, w] });
  assert.deepEqual(y.grad!.toArray(), [6, 16]);
  assert.deepEqual(w.grad!.toArray(), [6, 32]);
  assert.equal(x.grad, null);
});

Deno.test("gradients() stores nothing and can be called twice", () => {
  const x = new Tensor(array([1, 2]));
  const y = exp(x);
  const loss = sum(multiply(y, 2));
  for (let i = 0; i < 2; i++) {
    const [dy, dx, itself] = loss.gradients([y, x, loss]);
    assert.deepEqual(dy!.toArray(), [2, 2]);
    assert.deepEqual(dx!.toArray(), [2 * Math.E, 2 * Math.exp(2)]);
    assert.equal(itself!.item(), 1);
  }
  assert.equal(x.grad, null);
});

Deno.test("whoever is told of a gradient early may overwrite it", () => {
  const [a, b, c] = [2, 3, 4].map((value) => new Tensor(array([value])));
  // add() hands one array on to both of its arguments, and exp() has yet to use it.
  const loss = () => sum(multiply(add(add(exp(a), b), c), 5));
  const expected = loss().gradients([a, b, c]).map((gradient) => gradient!.item());
  const told: number[] = [];
  const gradients = loss().gradients([a, b, c], undefined, (i, gradient) => {
    told[i] = gradient.item();
    gradient.data[0] = -1;
  });
  assert.deepEqual(told, expected);
  assert.deepEqual(gradients.map((gradient) => gradient!.item()), [-1, -1, -1]);
});

Deno.test("no two gradients share memory, nor one with the upstream gradient", () => {
  const [a, b] = [new Tensor(ones([2])), new Tensor(ones([2]))];
  const dout = ones([2]);
  const c = add(a, b);
  c.backward(dout);
  const [da, db, dc] = c.gradients([a, b, c], dout);
  const buffers = [dout, a.grad!, b.grad!, da!, db!, dc!].map(({ data }) => data);
  assert.equal(new Set(buffers).size, buffers.length);
});

Deno.test("a tensor that the result does not depend on has no gradient", () => {
  const [x, y] = [new Tensor(array([1])), new Tensor(array([1]))];
  multiply(y, 2);
  assert.deepEqual(sum(x).gradients([y]), [null]);
  sum(x).backward();
  assert.equal(y.grad, null);
});

/** A pair that notes when its backward pass runs. */
function noted(log: string[], name: string) {
  return lift(
    (x: NDArray): [NDArray, null] => [x.copy(), null],
    (dout: NDArray) => {
      log.push(name);
      return dout;
    },
  );
}

Deno.test("the way back runs no pullback that leads to nothing asked for", () => {
  const log: string[] = [];
  const [x, w] = [new Tensor(ones([2])), new Tensor(ones([2]))];
  const loss = sum(add(noted(log, "x")(x), noted(log, "w")(noted(log, "early w")(w))));
  const [dx] = loss.gradients([x]);
  assert.deepEqual(dx!.toArray(), [1, 1]);
  assert.deepEqual(log, ["x"]);
});

Deno.test("the way back undoes a step once, after all that used it", () => {
  const log: string[] = [];
  const x = new Tensor(ones([1]));
  const shared = noted(log, "shared")(x);
  const deep = noted(log, "deep")(noted(log, "middle")(shared));
  sum(add(multiply(deep, 10), shared)).backward();
  assert.deepEqual(x.grad!.toArray(), [11]);
  assert.deepEqual(log, ["deep", "middle", "shared"]);
});

Deno.test("a chain of 20,000 operations has a gradient", () => {
  const x = new Tensor(array([1]));
  let y: Tensor = x;
  for (let i = 0; i < 20_000; i++) y = add(y, 1);
  y.backward();
  assert.equal(y.item(), 20_001);
  assert.deepEqual(x.grad!.toArray(), [1]);
});

Deno.test("a tensor that is used 20,000 times has the sum of its gradients", () => {
  const x = new Tensor(array([1]));
  let total: Tensor = multiply(x, 0);
  for (let i = 0; i < 20_000; i++) total = add(total, x);
  total.backward();
  assert.deepEqual(x.grad!.toArray(), [20_000]);
});

Deno.test("noGrad() records nothing, also after an error and inside another", () => {
  const x = new Tensor(array([1]));
  noGrad(() => {
    noGrad(() => {});
    assert.ok(!multiply(x, 2).requiresGrad);
  });
  assert.throws(() =>
    noGrad(() => {
      throw new Error("stop");
    }), /stop/);
  assert.ok(multiply(x, 2).requiresGrad);
  assert.throws(() => noGrad(async () => {}), /^TypeError: noGrad: work must be synchronous/);
  assert.ok(multiply(x, 2).requiresGrad);
});

Deno.test("no gradient goes through a detached tensor", () => {
  const x = new Tensor(array([3]));
  const y = multiply(x, 2);
  multiply(y.detach(), y).backward();
  assert.deepEqual(x.grad!.toArray(), [12]);
  assert.equal(y.detach().value, y.value);
});

Deno.test("a frozen leaf gets no gradient", () => {
  const [x, w] = [new Tensor(array([3])), new Tensor(array([2]))];
  w.requiresGrad = false;
  multiply(x, w).backward();
  assert.equal(w.grad, null);
  w.requiresGrad = true;
  multiply(x, w).backward();
  assert.deepEqual(w.grad!.toArray(), [3]);
});

Deno.test("the methods of a tensor are the operations", () => {
  const x = new Tensor(array([[1, 2], [3, 4]]));
  const results = [
    [x.add(1), [[2, 3], [4, 5]]],
    [x.subtract(x), [[0, 0], [0, 0]]],
    [x.multiply(2), [[2, 4], [6, 8]]],
    [x.divide(2), [[0.5, 1], [1.5, 2]]],
    [x.power(2), [[1, 4], [9, 16]]],
    [x.negative().abs(), [[1, 2], [3, 4]]],
    [x.matmul(x, { transposeB: true }), [[5, 11], [11, 25]]],
    [x.sum(0), [4, 6]],
    [x.mean(1, { keepdims: true }), [[1.5], [3.5]]],
    [x.reshape([4]), [1, 2, 3, 4]],
    [x.T, [[1, 3], [2, 4]]],
    [x.transpose([0, 1]), [[1, 2], [3, 4]]],
    [x.slice(0), [1, 2]],
    [x.take([3]), [4]],
    [x.sum(), 10],
    [x.astype("float32"), [[1, 2], [3, 4]]],
  ] as const;
  for (const [result, expected] of results) {
    assert.deepEqual(result.toArray(), expected);
    assert.ok(result.requiresGrad);
  }
  assert.equal(`${x.slice(0)}`, "Tensor([1. 2.], requiresGrad)");
  assert.deepEqual([x.size, x.ndim, x.dtype, x.isLeaf, x.T.isLeaf], [4, 2, "float64", true, false]);
});

Deno.test("an operation takes the float type of its tensors", () => {
  const x = new Tensor(ones([2]).astype("float32"));
  for (const other of [array([1, 2]), array([1, 2], "int32"), array([true, false]), 0.1]) {
    const out = multiply(x, other);
    assert.equal(out.dtype, "float32");
    assert.equal(out.gradients([x], ones([2]))[0]!.dtype, "float32");
  }
  const total = sum(x);
  assert.equal(total.dtype, "float64");
  assert.equal(multiply(x, total).dtype, "float32");
});

Deno.test("errors name the operation, the shapes and the types", () => {
  const x = new Tensor(zeros([2, 3]));
  const cases: [() => unknown, RegExp][] = [
    [
      () => add(x, new Tensor(zeros([3], "float32"))),
      /^TypeError: add: tensors must have one float type, got float64 of shape \(2, 3\) and float32 of shape \(3,\); convert one with astype$/,
    ],
    [
      () => matmul(x, x),
      /^RangeError: matmul: shapes \(2, 3\) and \(2, 3\) do not fit; the first has 3 columns, the second 2 rows$/,
    ],
    [() => subtract(x, zeros([2])), /^RangeError: subtract: shapes \(2, 3\) and \(2\,\) do not/],
    [
      () => multiply(x, [1] as unknown as number),
      /^TypeError: multiply: operand 1 must be a tensor or an array, got a list; wrap it/,
    ],
    [() => relu(5 as unknown as NDArray), /^TypeError: reluForward: x must be an NDArray/],
    [
      () => multiply(x, 2).backward(),
      /^RangeError: backward: the result must be one number, got shape \(2, 3\); reduce it with sum or mean, or pass an upstream gradient dout of that shape$/,
    ],
    [
      () => multiply(x, 2).backward(zeros([3])),
      /^RangeError: backward: dout must have the shape of the result, \(2, 3\), got \(3,\)$/,
    ],
    [
      () => noGrad(() => sum(x)).backward(),
      /^Error: backward: no gradient goes back from the tensor of shape \(\); it was computed under noGrad, detached, or from arrays alone/,
    ],
    [
      () => sum(x).gradients([x.detach()]),
      /^TypeError: gradients: input 0 of shape \(2, 3\) does not require a gradient/,
    ],
    [
      () => sum(x).gradients([zeros([2]) as unknown as Tensor]),
      /^TypeError: gradients: inputs must be tensors, got NDArray at position 0; compute with new/,
    ],
    [
      () => sum(x).gradients(x as never),
      /^TypeError: gradients: inputs must be a list of tensors, got Tensor; wrap it in a list$/,
    ],
    [
      () => sum(x).backward(undefined, { inputs: x as never }),
      /^TypeError: backward: inputs must be a list of tensors, got Tensor; wrap it in a list$/,
    ],
    [
      () => sum(x).backward(undefined, { input: [x] } as never),
      /^TypeError: backward: there is no option "input"; did you mean "inputs"\?$/,
    ],
    [
      () => new Tensor(zeros([2]), { requires_grad: false } as never),
      /^TypeError: Tensor: there is no option "requires_grad"; did you mean "requiresGrad"\?$/,
    ],
    [
      () => noGrad(undefined as never),
      /^TypeError: noGrad: work must be a function, got undefined; wrap it: noGrad\(\(\) => \.\.\.\)$/,
    ],
    [
      () => crossEntropy([[1, 2]] as never, array([0], "int32")),
      /^TypeError: crossEntropy: scores must be a tensor or an array, got a list; wrap it in array/,
    ],
    [
      () => crossEntropy(x, array([0, 1], "int32"), { ignoreIndex: 0.5 }),
      /^RangeError: crossEntropy: ignoreIndex must be a whole number or null, got 0.5$/,
    ],
    [
      () => mse([1] as never, zeros([1])),
      /^TypeError: mse: prediction must be a tensor or an array, got a list; wrap it in array/,
    ],
    [
      () => mse(zeros([1]), 1 as never),
      /^TypeError: mse: target must be a tensor or an array, got 1; wrap it in array/,
    ],
    [
      () => x.value = zeros([3, 2]),
      /^RangeError: Tensor.value: the new value must be float64 of shape \(2, 3\), got float64 of shape \(3, 2\)$/,
    ],
    [() => multiply(x, 2).value = zeros([2, 3]), /^Error: Tensor.value: .* the result of multiply/],
    [() => x.grad = zeros([1]), /^RangeError: Tensor.grad: the gradient must have the shape/],
    [
      () => multiply(x, 2).requiresGrad = false,
      /^Error: Tensor.requiresGrad: .* is the result of multiply; use detach\(\)/,
    ],
    [
      () => maskedFill(x, zeros([3]), 0),
      /^TypeError: maskedFill: mask must be a bool array, got float64; use mask.notEqual\(0\)$/,
    ],
    [
      () => maskedFill(x, zeros([2], "bool"), 0),
      /^RangeError: maskedFill: mask must broadcast to the shape of x, \(2, 3\), got \(2,\)$/,
    ],
    [() => slice(x, 5), /^RangeError: slice: index 5 is out of range/],
    [
      () => concatenate(x as unknown as Tensor[]),
      /^TypeError: concatenate: the first argument must be a list of tensors, got Tensor$/,
    ],
    [() => concatenate([]), /^RangeError: concatenate: the list must hold at least one array$/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("operators on tensors are errors where they would give NaN or false; text stays text", () => {
  // deno-lint-ignore no-explicit-any
  const x: any = new Tensor(array([1, 2]));
  const message =
    /^TypeError: Tensor: operators such as \* and > do not work on tensors; write multi/;
  for (const use of [() => x * 2, () => x > 0, () => -x, () => Number(x)]) {
    assert.throws(use, message);
  }
  assert.equal(`${x}`, "Tensor([1. 2.], requiresGrad)");
});

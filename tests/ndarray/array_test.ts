import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import * as nd from "../../ndarray/mod.ts";
import { array, asNDArray, type DType, full, type NDArray, zeros } from "../../ndarray/mod.ts";

Deno.test("array() takes the type of its source, and float64 for numbers", () => {
  assert.equal(array([1, 2]).dtype, "float64");
  assert.equal(array(3).dtype, "float64");
  assert.equal(array([true, false]).dtype, "bool");
  assert.equal(array([true, 2]).dtype, "float64");
  assert.equal(array(new Float32Array(2)).dtype, "float32");
  assert.equal(array(array([1], "uint8")).dtype, "uint8");
  assert.equal(array([new Float32Array(2), new Float32Array(2)]).dtype, "float64");
  assert.deepEqual(array([[], []]).shape, [2, 0]);
  assert.deepEqual(array([]).shape, [0]);
  assert.deepEqual(array(3).shape, []);
  assert.deepEqual(array([array([1, 2]), array([3, 4])]).toArray(), [[1, 2], [3, 4]]);
  assert.deepEqual(array([1.9, -1.9], "int32").toArray(), [1, -1]);
  assert.deepEqual(array([0, 3], "bool").toArray(), [false, true]);
});

Deno.test("array() copies what it is given", () => {
  const data = Float64Array.of(1, 2);
  const fromData = array(data);
  const fromArray = array(fromData);
  data[0] = 9;
  fromData.set(7, 1);
  assert.deepEqual(fromData.toArray(), [1, 7]);
  assert.deepEqual(fromArray.toArray(), [1, 2]);
});

Deno.test("asNDArray() and reshape() share the data, copy() and flatten() do not", () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const x = asNDArray(data, [2, 2]);
  assert.equal(x.data, data);
  assert.equal(x.reshape([4]).data, data);
  assert.equal(x.ravel().data, data);
  assert.notEqual(x.copy().data, data);
  assert.notEqual(x.flatten().data, data);
  assert.notEqual(x.astype("float32").data, data);
  assert.notEqual(x.transpose().data, data);
  assert.notEqual(x.slice(":").data, data);
});

Deno.test("an array does not change when the list of its shape does", () => {
  const shape = [2, 2];
  const x = asNDArray(new Float64Array(4), shape);
  shape[0] = 4;
  assert.deepEqual(x.shape, [2, 2]);
});

Deno.test("a typed array over a part of a larger buffer is read as that part", () => {
  const whole = Float64Array.of(9, 1, 2, 3, 4, 9);
  const x = asNDArray(whole.subarray(1, 5), [2, 2]);
  assert.deepEqual(x.add(x.T).toArray(), [[2, 5], [5, 8]]);
  assert.deepEqual(x.sum(0).toArray(), [4, 6]);
  assert.deepEqual(nd.matmul(x, x).toArray(), [[7, 10], [15, 22]]);
});

Deno.test("setSlice() of an array to itself reads before it writes", () => {
  const x = array([1, 2, 3, 4]);
  x.setSlice(x, "::-1");
  assert.deepEqual(x.toArray(), [4, 3, 2, 1]);
  x.setSlice(x.reshape([4]).slice(":-1"), "1:");
  assert.deepEqual(x.toArray(), [4, 4, 3, 2]);
});

Deno.test("setters convert to the type of the array", () => {
  const x = zeros(3, "int32");
  x.set(-2.9, 0);
  x.setSlice(array([1.5]), "1:2");
  x.putMask(array([false, false, true]), 7);
  assert.deepEqual(x.toArray(), [-2, 1, 7]);
  const truth = zeros(2, "bool");
  truth.set(5, 1);
  assert.deepEqual(truth.toArray(), [false, true]);
});

Deno.test("nothing but the setters writes to an array", () => {
  const x = array([[3, 1, NaN], [2, -5, 0.5]]);
  const before = x.copy();
  const y = array([[1, 2, 3]]);
  nd.sort(x);
  nd.argsort(x, 0);
  nd.clip(x, 0, 1);
  nd.clip(x, null, null).set(9, 0, 0);
  nd.median(x);
  nd.unique(x);
  nd.cumsum(x).set(9, 0);
  nd.round(x).set(9, 0, 0);
  nd.floor(x.astype("int32"));
  nd.diff(x, 0).set(9, 0, 0);
  nd.tile(x, 1).set(9, 0, 0);
  nd.flip(x).set(9, 0, 0);
  nd.norm(x, 0).set(9, 0);
  nd.matmul(x, y, { transposeB: true }).set(9, 0, 0);
  x.astype("float64").set(9, 0, 0);
  x.sum([0, 1], { keepdims: true }).set(9, 0, 0);
  x.max(0).set(9, 0);
  assert.deepEqual(x, before);
  assert.deepEqual(y.toArray(), [[1, 2, 3]]);
});

Deno.test("a float32 mean over 49,000 pixels is right to 1e-5", () => {
  const rows = 49_000;
  const columns = 48;
  const data = new Float32Array(rows * columns);
  const exact = new Array<number>(columns).fill(0);
  for (let i = 0, state = 1; i < data.length; i++) {
    state = (state * 48271) % 2147483647;
    data[i] = state % 256;
    // Whole numbers below 2^53 add up without rounding.
    exact[i % columns] += data[i];
  }
  const x = asNDArray(data, [rows, columns]);
  const means = x.mean(0);
  assert.equal(means.dtype, "float32");
  exact.forEach((total, i) => assert.ok(Math.abs(means.at(i) - total / rows) < 1e-5));
  const across = x.T.mean(1);
  exact.forEach((total, i) => assert.ok(Math.abs(across.at(i) - total / rows) < 1e-5));
  const whole = exact.reduce((sum, total) => sum + total, 0) / data.length;
  assert.ok(Math.abs(x.mean() - whole) < 1e-9);
});

Deno.test("a variance survives a mean that is large against it", () => {
  const x = full([1000], 1e9, "float64").add(nd.mod(nd.arange(1000), 2));
  assert.equal(x.var(), 0.25);
  const single = full([1000, 2], 4096, "float32").add(
    nd.mod(nd.arange(2000), 2).reshape([1000, 2]),
  );
  assert.deepEqual(single.var(1).toArray().toString(), new Array(1000).fill(0.25).toString());
});

Deno.test("float32 meets a number that float32 cannot hold as its nearest float32", () => {
  const x = array([0.1], "float32");
  assert.deepEqual(x.equal(0.1).toArray(), [true]);
  assert.deepEqual(x.subtract(0.1).toArray(), [0]);
  assert.equal(x.multiply(2).dtype, "float32");
});

Deno.test("results inside a workspace are its buffers, fully overwritten", () => {
  const x = array([[1, -2, 3], [4, 5, -6]], "float32");
  const chosen = array([[true, false, true], [false, true, false]]);
  const calls: [string, () => NDArray][] = [
    ["zeros", () => zeros([2, 3])],
    ["ones", () => nd.ones([2, 3])],
    ["eye", () => nd.eye(3)],
    ["add", () => x.add(x)],
    ["scalar", () => x.multiply(2)],
    ["row", () => x.add(x.slice(0))],
    ["less", () => x.less(0)],
    ["exp", () => nd.exp(x)],
    ["sum", () => x.sum(0)],
    ["mean", () => x.mean(1)],
    ["var", () => x.var(0)],
    ["max", () => x.max(0)],
    ["argmax", () => x.argmax(1)],
    ["matmul", () => nd.matmul(x, x, { transposeB: true })],
    ["integers", () => nd.matmul(x.astype("int32"), x.astype("int32").T)],
    ["transpose", () => x.T],
    ["slice", () => x.slice("::-1", "::2")],
    ["take", () => x.take([1, 0], 0)],
    ["mask", () => x.mask(chosen)],
    ["where", () => nd.where(chosen, x, 0)],
    ["concatenate", () => nd.concatenate([x, x], 1)],
    ["pad", () => nd.pad(x, 1)],
    ["roll", () => nd.roll(x, 1)],
    ["diag", () => nd.diag(array([1, 2]))],
    ["argsort", () => nd.argsort(x)],
    ["bincount", () => nd.bincount(array([0, 2, 2]))],
    ["cumsum", () => nd.cumsum(x, 0)],
    ["copy", () => x.copy()],
    ["array", () => array(x)],
  ];
  for (const [name, call] of calls) {
    const wanted = call();
    const workspace = new Workspace();
    workspace.run(() => call().data.fill(1));
    const first = workspace.run(call);
    first.data.fill(7);
    const second = workspace.run(call);
    assert.equal(second.data, first.data, name);
    assert.deepEqual(second, wanted, name);
  }
});

Deno.test("a program that may not make code from text computes the same", async () => {
  const program = `
    import { array, argsort, exp, maximum, NDArray } from "${new URL(
    "../../ndarray/mod.ts",
    import.meta.url,
  )}";
    const x = array([[3, 1], [2, 5]], "float32");
    console.log(JSON.stringify([
      x.add(x.T), x.multiply(2), x.less(3), maximum(x, 2), exp(x.multiply(0)), x.sum(0), x.max(1),
      x.var(0), x.T, x.take([1], 0), argsort(x, 0),
    ].map((y: NDArray) => y.toArray())));
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--v8-flags=--disallow-code-generation-from-strings", program],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  assert.deepEqual(JSON.parse(text.decode(stdout)), [
    [[6, 3], [3, 10]],
    [[6, 2], [4, 10]],
    [[false, true], [true, false]],
    [[3, 2], [2, 5]],
    [[1, 1], [1, 1]],
    [5, 6],
    [3, 5],
    [0.25, 4],
    [[3, 2], [1, 5]],
    [[2, 5]],
    [[1, 0], [0, 1]],
  ]);
});

Deno.test("every creation function makes every type", () => {
  const types: DType[] = ["float64", "float32", "int32", "uint8", "bool"];
  for (const dtype of types) {
    const like = zeros([2, 2], dtype);
    const made = [
      zeros([2, 2], dtype),
      nd.ones([2, 2], dtype),
      full([2, 2], 1, dtype),
      nd.empty([2, 2], dtype),
      nd.eye(2, 2, dtype),
      nd.zerosLike(like),
      nd.onesLike(like),
      nd.fullLike(like, 1),
      nd.arange(0, 4, 1, dtype).reshape([2, 2]),
      nd.linspace(0, 1, 4, { dtype }).reshape([2, 2]),
    ];
    for (const x of made) {
      assert.equal(x.dtype, dtype);
      assert.deepEqual(x.shape, [2, 2]);
    }
  }
});

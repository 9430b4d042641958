import assert from "node:assert/strict";
import { dropoutBackward, dropoutForward } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

Deno.test("dropoutForward() keeps a value where the next uniform number is below p", () => {
  const x = ones([3, 4]);
  const [out] = dropoutForward(x, { p: 0.5, mode: "train", rng: new RandomState(3) });
  const uniform = new RandomState(3).rand(3, 4);
  assert.deepEqual([...out.data], [...uniform.data].map((u) => u < 0.5 ? 2 : 0));
});

Deno.test("dropoutForward() with a seed draws the same mask at every call", () => {
  const rng = new RandomState(9);
  const param = { p: 0.5, mode: "train", seed: 123, rng } as const;
  const [first] = dropoutForward(ones([50]), param);
  const [second] = dropoutForward(ones([50]), param);
  assert.deepEqual(first.data, second.data);
  // The seed goes before the generator, which is not touched.
  assert.equal(rng.rand(), new RandomState(9).rand());
});

Deno.test("dropoutForward() with a generator continues its stream", () => {
  const rng = new RandomState(9);
  const param = { p: 0.5, mode: "train", rng } as const;
  const [first] = dropoutForward(ones([50]), param);
  const [second] = dropoutForward(ones([50]), param);
  assert.notDeepEqual(first.data, second.data);
  const control = new RandomState(9);
  control.rand(100);
  assert.equal(rng.rand(), control.rand());
});

Deno.test("dropoutForward() without seed and generator draws anew at every call", () => {
  const param = { p: 0.5, mode: "train" } as const;
  const [first] = dropoutForward(ones([200]), param);
  const [second] = dropoutForward(ones([200]), param);
  assert.notDeepEqual(first.data, second.data);
});

Deno.test("dropoutForward() in test mode is the identity, in an array of its own", () => {
  const x = array([[1, -2], [3, NaN]]);
  const rng = new RandomState(9);
  const [out, cache] = dropoutForward(x, { p: 0.3, mode: "test", rng });
  assert.deepEqual(out.data, x.data);
  assert.notEqual(out.data, x.data);
  assert.equal(cache.mask, null);
  assert.equal(rng.rand(), new RandomState(9).rand());
});

Deno.test("dropoutForward() that keeps everything changes nothing", () => {
  const x = new RandomState(1).randn(5, 5);
  assert.deepEqual(dropoutForward(x, { p: 1, mode: "train", seed: 1 })[0].data, x.data);
});

Deno.test("dropoutForward() keeps the mean", () => {
  for (const p of [0.25, 0.4, 0.7]) {
    const [out] = dropoutForward(ones([300, 300]), { p, mode: "train", seed: 231 });
    assert.ok(Math.abs(out.mean() - 1) < 0.02, `${out.mean()}`);
  }
});

Deno.test("dropoutForward() refuses a p outside of (0, 1] in both modes", () => {
  for (const mode of ["train", "test"] as const) {
    for (const p of [0, -0.1, 1.1, NaN, Infinity]) {
      fails(
        RangeError,
        "dropoutParam.p, the probability to keep, must be above 0",
        () => dropoutForward(ones([2]), { p, mode }),
      );
    }
  }
  fails(
    RangeError,
    "to keep everything use 1",
    () => dropoutForward(ones([2]), { p: 0, mode: "test" }),
  );
});

Deno.test("dropout refuses a wrong mode, seed or shape", () => {
  // deno-lint-ignore no-explicit-any
  const pass = (param: any) => () => dropoutForward(ones([2]), param);
  fails(
    RangeError,
    'dropoutParam.mode must be "train" or "test", got "eval"',
    pass({ mode: "eval" }),
  );
  fails(RangeError, "dropoutParam.mode must be", pass({ p: 0.5 }));
  fails(TypeError, "dropoutParam must be an object", pass(null));
  assert.throws(pass({ mode: "train", p: 0.5, seed: -1 }), RangeError);
  assert.throws(pass({ mode: "train", p: 0.5, seed: 1.5 }), RangeError);
  fails(
    RangeError,
    "dropoutForward: x must hold at least one example",
    () => dropoutForward(zeros([0, 3]), { p: 0.5, mode: "train" }),
  );
  const [, cache] = dropoutForward(ones([2, 3]), { p: 0.5, mode: "train", seed: 1 });
  fails(RangeError, "dropoutBackward: dout must have", () => dropoutBackward(ones([3, 2]), cache));
});

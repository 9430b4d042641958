import assert from "node:assert/strict";
import { array } from "../../ndarray/mod.ts";
import { RandomState, type RandomStateSnapshot } from "../../random/mod.ts";

const rng = new RandomState(0);

/** Calls that must be refused, and a part of the message that names the reason. */
const refused: Record<string, [() => unknown, RegExp]> = {
  "a negative seed": [() => new RandomState(-1), /between 0 and 2\*\*32 - 1, got -1/],
  "a seed of 2**32": [() => rng.seed(2 ** 32), /between 0 and 2\*\*32 - 1, got 4294967296/],
  "a fractional seed": [() => rng.seed(1.5), /got 1.5/],
  "a seed that is NaN": [() => rng.seed(NaN), /got NaN/],
  "an empty list of seeds": [() => rng.seed([]), /must not be empty/],
  "a bad entry in a list of seeds": [() => rng.seed([1, -2]), /got -2/],
  "a negative dimension": [() => rng.rand(2, -1), /got \(2, -1\)/],
  "a fractional dimension": [() => rng.randn(2.5), /got \(2.5\)/],
  "a negative size": [() => rng.uniform(0, 1, -3), /got \(-3\)/],
  "low equal to high": [() => rng.randint(3, 3), /low must be below high, got \[3, 3\)/],
  "low above high": [() => rng.randint(5, 3, 2), /got \[5, 3\)/],
  "a range that ends at 0": [() => rng.randint(0), /got \[0, 0\)/],
  "fractional bounds": [() => rng.randint(0.5, 3), /whole numbers, got 0.5 and 3/],
  "a range above int32": [() => rng.randint(0, 2 ** 32, 2), /no 64-bit integer dtype/],
  "a range below int32": [() => rng.randint(-(2 ** 31) - 1, 0), /int32 holds/],
  "a range above uint8": [
    () => rng.randint(0, 257, 2, { dtype: "uint8" }),
    /uint8 holds \[0, 256\), got \[0, 257\)/,
  ],
  "an unknown dtype": [
    () => rng.randint(0, 2, 2, { dtype: "int64" as "int32" }),
    /"int32", "uint8" or "bool", got "int64"/,
  ],
  "an infinite width": [() => rng.uniform(-Infinity, 0), /finite/],
  "a negative scale": [() => rng.normal(0, -1), /scale must not be negative, got -1/],
  "a scale that is NaN": [() => rng.normal(0, NaN, 2), /scale must be a finite number/],
  "a choice among nothing": [() => rng.choice(0), /nothing to draw 1 entries from/],
  "a choice among -1": [() => rng.choice(-1), /got -1/],
  "a choice among rows": [() => rng.choice(array([[1], [2]])), /one axis, got shape \(2, 1\)/],
  "more than there is": [
    () => rng.choice(3, 4, { replace: false }),
    /cannot draw 4 of 3 entries without replacement/,
  ],
  "too few probabilities": [() => rng.choice(3, 1, { p: [0.5, 0.5] }), /each of the 3 entries/],
  "probabilities with two axes": [
    () => rng.choice(2, 1, { p: array([[0.5], [0.5]]) }),
    /shape \(2, 1\)/,
  ],
  "a negative probability": [() => rng.choice(2, 1, { p: [1.5, -0.5] }), /negative, got -0.5/],
  "a probability that is NaN": [() => rng.choice(2, 1, { p: [1, NaN] }), /got NaN/],
  "probabilities that sum to 0.9": [() => rng.choice(2, 1, { p: [0.5, 0.4] }), /sum to 1, got 0.9/],
  "more than have a chance": [
    () => rng.choice(3, 2, { p: [1, 0, 0], replace: false }),
    /only 1 have a probability above 0/,
  ],
  "a permutation of -1": [() => rng.permutation(-1), /got -1/],
  "a permutation of a scalar": [() => rng.permutation(array(1)), /an axis to permute/],
  "a shuffle of a scalar": [() => rng.shuffle(array(1)), /an axis to shuffle/],
  "a mask with p above 1": [() => rng.keepMask(1.1, 3), /\[0, 1\], got 1.1/],
  "a mask into too few bytes": [
    () => rng.keepMask(0.5, 3, new Uint8Array(2)),
    /n = 3 bytes, got 2/,
  ],
};

for (const [name, [call, message]] of Object.entries(refused)) {
  Deno.test(`RandomState refuses ${name} with a RangeError`, () => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof RangeError, `${error}`);
      assert.match(error.message, message);
      assert.match(error.message, /^RandomState\.\w+: [^]*[^.]$/);
      return true;
    });
  });
}

Deno.test("RandomState refuses the wrong kind of argument with a TypeError", () => {
  assert.throws(() => new RandomState("7" as unknown as number), TypeError);
  assert.throws(() => new RandomState(null as unknown as number), TypeError);
  assert.throws(() => rng.randomSample("3" as unknown as number), TypeError);
  assert.throws(() => rng.choice("abc" as unknown as number), TypeError);
  assert.throws(() => rng.shuffle("abc" as unknown as string[]), TypeError);
});

Deno.test("a refused call leaves the stream where it was", () => {
  const before = rng.getState();
  for (const [call] of Object.values(refused)) assert.throws(call);
  assert.deepEqual(rng.getState(), before);
});

Deno.test("setState() refuses a state that cannot be, and keeps its own", () => {
  const good = new RandomState(1).getState();
  const before = rng.getState();
  const bad: [Partial<Record<keyof RandomStateSnapshot, unknown>>, RegExp][] = [
    [{ key: new Uint32Array(623) }, /624 words, got 623/],
    [{ pos: 625 }, /from 0 to 624, got 625/],
    [{ pos: -1 }, /got -1/],
    [{ pos: 1.5 }, /got 1.5/],
    [{ hasGauss: true, gauss: NaN }, /finite number, got NaN/],
  ];
  for (const [change, message] of bad) {
    const state = { ...good, ...change } as RandomStateSnapshot;
    assert.throws(() => rng.setState(state), { name: "RangeError", message });
  }
  const list = { ...good, key: [...good.key] as unknown as Uint32Array };
  assert.throws(() => rng.setState(list), TypeError);
  assert.deepEqual(rng.getState(), before);
});

Deno.test("choice() accepts float32 probabilities as NumPy does", () => {
  const p = array([0.1, 0.2, 0.3, 0.4], "float32");
  assert.equal(new RandomState(0).choice(4, 3, { p }).size, 3);
  assert.throws(() => new RandomState(0).choice(4, 3, { p: Array.from(p.data) }), RangeError);
});

Deno.test("choice() of nothing from nothing is empty", () => {
  assert.deepEqual(new RandomState(0).choice(0, 0).shape, [0]);
  assert.deepEqual(new RandomState(0).choice([], [0, 3]).shape, [0, 3]);
});

Deno.test("RandomState() without a seed differs every time", () => {
  assert.notEqual(new RandomState().rand(), new RandomState().rand());
  const one = new RandomState(0);
  const first = one.rand();
  one.seed();
  assert.notEqual(one.rand(), first);
});

Deno.test("getState() and setState() copy, so that a snapshot never moves", () => {
  const one = new RandomState(5);
  const state = one.getState();
  const key = state.key.slice();
  const drawn = one.rand(1000).toArray();
  assert.deepEqual(state.key, key);
  const other = new RandomState(6);
  other.setState(state);
  assert.deepEqual(other.rand(1000).toArray(), drawn);
  assert.deepEqual(state.key, key);
});

Deno.test("size is copied, so that the caller's list can be reused", () => {
  const size = [2, 3];
  const x = new RandomState(0).randomSample(size);
  size[0] = 7;
  assert.deepEqual(x.shape, [2, 3]);
});

Deno.test("rand() and randn() of a list say that lengths are given one by one", () => {
  for (const name of ["rand", "randn"] as const) {
    // deno-lint-ignore no-explicit-any
    const draw: any = new RandomState(0)[name].bind(new RandomState(0));
    assert.throws(() => draw([2, 3]), {
      name: "TypeError",
      message: `RandomState.${name}: lengths are given one by one, got a list; write ${name}(2, 3)`,
    });
  }
});

Deno.test("randomSample() of lengths without brackets says so", () => {
  // deno-lint-ignore no-explicit-any
  const rng: any = new RandomState(0);
  assert.throws(() => rng.randomSample(2, 3), {
    name: "TypeError",
    message: "RandomState.randomSample: lengths go in a list: randomSample([2, 3])",
  });
});

import fc from "fast-check";
import assert from "node:assert/strict";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** Something drawn from a generator, as plain numbers. */
const draws = fc.constantFrom<(rng: RandomState) => unknown>(
  (rng) => rng.rand(),
  (rng) => rng.rand(3, 5).toArray(),
  (rng) => rng.randn(),
  (rng) => rng.randn(7).toArray(),
  (rng) => rng.normal(1, 2, 400).toArray(),
  (rng) => rng.uniform(-1, 1, 10).toArray(),
  (rng) => rng.randint(0, 10, 5).toArray(),
  (rng) => rng.randint(0, 256, 5, { dtype: "uint8" }).toArray(),
  (rng) => rng.permutation(20).toArray(),
  (rng) => rng.choice(9, 4, { replace: false }).toArray(),
  (rng) => [...rng.keepMask(0.5, 11)],
);

const ascending = (list: Iterable<number>) => [...list].sort((a, b) => a - b);

Deno.test("shuffle() only moves what is there", () => {
  fc.assert(fc.property(seeds, fc.array(fc.integer()), (seed, list) => {
    const shuffled = [...list];
    new RandomState(seed).shuffle(shuffled);
    assert.deepEqual(ascending(shuffled), ascending(list));
  }));
});

Deno.test("shuffle() moves rows, lists and permutation() alike", () => {
  const sizes = fc.integer({ min: 1, max: 40 });
  fc.assert(fc.property(seeds, sizes, fc.integer({ min: 1, max: 5 }), (seed, n, width) => {
    const list = Array.from({ length: n }, (_, i) => i);
    const rows = array(list.map((i) => Array.from({ length: width }, (_, j) => i * width + j)));
    const permuted = new RandomState(seed).permutation(n);
    new RandomState(seed).shuffle(list);
    assert.deepEqual(list, permuted.toArray());
    const rowOrder = new RandomState(seed).permutation(rows);
    new RandomState(seed).shuffle(rows);
    assert.deepEqual(rows.toArray(), rowOrder.toArray());
    assert.deepEqual(list.map((i) => i * width), Array.from(list, (_, i) => rows.data[i * width]));
  }));
});

Deno.test("permutation() leaves its argument alone and keeps every entry", () => {
  fc.assert(fc.property(seeds, fc.array(fc.integer()), (seed, list) => {
    const x = array(list);
    const permuted = new RandomState(seed).permutation(x);
    assert.deepEqual(Array.from(x.data), list);
    assert.deepEqual(ascending(permuted.data), ascending(list));
  }));
});

Deno.test("setState() resumes the stream wherever it was left", () => {
  fc.assert(fc.property(seeds, fc.array(draws), fc.array(draws), (seed, before, after) => {
    const rng = new RandomState(seed);
    for (const draw of before) draw(rng);
    const state = rng.getState();
    const expected = after.map((draw) => draw(rng));
    const other = new RandomState((seed ^ 1) >>> 0);
    other.randn();
    other.setState(state);
    assert.deepEqual(after.map((draw) => draw(other)), expected);
    assert.deepEqual(other.getState(), rng.getState());
  }));
});

Deno.test("a snapshot remembers the second normal of a pair", () => {
  fc.assert(fc.property(seeds, fc.integer({ min: 0, max: 9 }), (seed, n) => {
    const rng = new RandomState(seed);
    rng.randn(n);
    const state = rng.getState();
    assert.equal(state.hasGauss, n % 2 === 1);
    const next = rng.randn();
    if (state.hasGauss) assert.equal(next, state.gauss);
    rng.setState(state);
    assert.equal(rng.randn(), next);
  }));
});

Deno.test("seed() starts the stream anew, whatever was drawn", () => {
  fc.assert(fc.property(seeds, fc.array(draws), draws, (seed, before, draw) => {
    const rng = new RandomState((seed ^ 1) >>> 0);
    for (const earlier of before) earlier(rng);
    rng.seed(seed);
    assert.deepEqual(draw(rng), draw(new RandomState(seed)));
  }));
});

Deno.test("an array is as many single draws", () => {
  fc.assert(fc.property(seeds, fc.integer({ min: 0, max: 700 }), (seed, n) => {
    const [one, many] = [new RandomState(seed), new RandomState(seed)];
    assert.deepEqual(many.rand(n).toArray(), Array.from({ length: n }, () => one.rand()));
    assert.deepEqual(many.randn(n).toArray(), Array.from({ length: n }, () => one.randn()));
    assert.deepEqual(
      many.randint(0, 49000, n).toArray(),
      Array.from({ length: n }, () => one.randint(0, 49000)),
    );
    assert.deepEqual(one.getState(), many.getState());
  }));
});

Deno.test("randint() stays in its range, in every dtype", () => {
  const ends = fc.tuple(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  );
  fc.assert(fc.property(seeds, ends, (seed, [a, b]) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b) + 1];
    const { data } = new RandomState(seed).randint(low, high, 50);
    assert.ok(data.every((value) => value >= low && value < high));
  }));
  const bytes = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(fc.property(seeds, bytes, (seed, [a, b]) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b) + 1];
    const { data } = new RandomState(seed).randint(low, high, 50, { dtype: "uint8" });
    assert.ok(data.every((value) => value >= low && value < high));
  }));
});

Deno.test("choice() without replacement draws different entries of those there are", () => {
  const cases = fc.integer({ min: 1, max: 60 }).chain((n) =>
    fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }))
  );
  fc.assert(fc.property(seeds, cases, (seed, [n, count]) => {
    const picks = new RandomState(seed).choice(n, count, { replace: false });
    assert.equal(new Set(picks.data).size, count);
    assert.ok(picks.data.every((pick) => pick >= 0 && pick < n));
  }));
});

Deno.test("choice() with probabilities never draws what has none", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 })
    .filter((list) => list.some((weight) => weight > 0));
  fc.assert(fc.property(seeds, weights, (seed, list) => {
    const total = list.reduce((a, b) => a + b, 0);
    const p = list.map((weight) => weight / total);
    const possible = list.flatMap((weight, i) => weight > 0 ? [i] : []);
    const rng = new RandomState(seed);
    for (const pick of rng.choice(list.length, 40, { p }).data) assert.ok(p[pick] > 0);
    const all = rng.choice(list.length, possible.length, { p, replace: false });
    assert.deepEqual(ascending(all.data), possible);
  }));
});

Deno.test("choice() draws in proportion to the probabilities", () => {
  const p = [0.1, 0.2, 0.3, 0.4];
  const n = 100000;
  const counts = [0, 0, 0, 0];
  for (const pick of new RandomState(231).choice(4, n, { p }).data) counts[pick]++;
  // Five standard deviations of a binomial count.
  counts.forEach((count, i) => {
    assert.ok(Math.abs(count - n * p[i]) < 5 * Math.sqrt(n * p[i] * (1 - p[i])), `${counts}`);
  });
});

import assert from "node:assert/strict";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { MersenneTwister } from "../../random/_mersenne_twister.ts";
import { calls, counting, plain, repeat, vectors, worstRelative } from "./_vectors.ts";

/** Normals may differ from NumPy's in the last digits, as the logarithm of its C library does. */
const NORMAL_TOLERANCE = 1e-15;

const isNormal = (name: string) => name.startsWith("randn") || name.startsWith("normal");

function assertDrawn(name: string, actual: unknown, expected: unknown) {
  if (!isNormal(name)) return assert.deepEqual(actual, expected, name);
  const worst = worstRelative(actual, expected);
  assert.ok(worst <= NORMAL_TOLERANCE, `${name}: relative difference ${worst}`);
}

const documented: Record<string, (rng: RandomState) => unknown> = {
  "random_sample(5)": (rng) => rng.randomSample(5),
  "rand(2,2)": (rng) => rng.rand(2, 2),
  "uniform(0,1,3)": (rng) => rng.uniform(0, 1, 3),
  "uniform(-1,1,5)": (rng) => rng.uniform(-1, 1, 5),
  "randn(5)": (rng) => rng.randn(5),
  "normal(10,4,3)": (rng) => rng.normal(10, 4, 3),
  "randint(0,10,5)": (rng) => rng.randint(0, 10, 5),
  "randint(0,49000,5)": (rng) => rng.randint(0, 49000, 5),
  "choice(49000,5)": (rng) => rng.choice(49000, 5),
  "choice(10,5,replace=False)": (rng) => rng.choice(10, 5, { replace: false }),
  "choice(4,5,p=[.1,.2,.3,.4])": (rng) => rng.choice(4, 5, { p: [0.1, 0.2, 0.3, 0.4] }),
  "permutation(10)": (rng) => rng.permutation(10),
  "choice(6,4,replace=False,p=[.1,.2,.3,.2,.1,.1])": (rng) =>
    rng.choice(6, 4, { replace: false, p: [0.1, 0.2, 0.3, 0.2, 0.1, 0.1] }),
  "shuffle rows of arange(10).reshape(5,2)": (rng) => {
    const rows = counting([5, 2]);
    rng.shuffle(rows);
    return rows;
  },
  "randint(0,256,5,uint8)": (rng) => rng.randint(0, 256, 5, { dtype: "uint8" }),
  "randint(0,200,5,uint8)": (rng) => rng.randint(0, 200, 5, { dtype: "uint8" }),
  "randn_10000_last": (rng) => rng.randn(10000).at(-1),
  "random_sample_after_100000": (rng) => {
    rng.rand(100000);
    return rng.rand();
  },
  "sum_permutation_first100_of_49000": (rng) =>
    Array.from(rng.permutation(49000).data.slice(0, 100)).reduce((a, b) => a + b, 0),
};

for (const seed of ["0", "231"] as const) {
  const numbers: Record<string, unknown> = vectors.documented[seed];
  for (const [name, draw] of Object.entries(documented)) {
    Deno.test(`RandomState(${seed}) draws NumPy's ${name}`, () => {
      assert.ok(name in numbers);
      assertDrawn(name, plain(draw(new RandomState(Number(seed)))), numbers[name]);
    });
  }

  Deno.test(`RandomState(${seed}) makes NumPy's words`, () => {
    const twister = new MersenneTwister();
    twister.seed(Number(seed));
    const words = [twister.nextWord(), twister.nextWord(), twister.nextWord()];
    assert.deepEqual(words, numbers["raw_uint32(3)"]);
  });

  Deno.test(`RandomState(${seed}) keeps its second normal across other draws`, () => {
    const rng = new RandomState(Number(seed));
    const expected = numbers[
      "mixed: randn(3), rand(2), randint(0,1000,4), randn(3), permutation(5)"
    ] as unknown[];
    assertDrawn("randn", rng.randn(3).toArray(), expected[0]);
    assert.deepEqual(rng.rand(2).toArray(), expected[1]);
    assert.deepEqual(rng.randint(0, 1000, 4).toArray(), expected[2]);
    assertDrawn("randn", rng.randn(3).toArray(), expected[3]);
    assert.deepEqual(rng.permutation(5).toArray(), expected[4]);
  });

  Deno.test(`RandomState(${seed}) has the sum of NumPy's first 10 000 normals`, () => {
    const sum = Array.from(new RandomState(Number(seed)).randn(10000).data).reduce(
      (a, b) => a + b,
      0,
    );
    assert.ok(Math.abs(sum - (numbers["randn_10000_sum_fsum"] as number)) < 1e-10, `${sum}`);
  });

  Deno.test(`RandomState(${seed}) has every documented vector tested`, () => {
    const others = ["raw_uint32(3)", "randn_10000_sum_fsum"];
    const tested = [...Object.keys(documented), ...others];
    const untested = Object.keys(numbers).filter((name) =>
      !tested.includes(name) && !name.startsWith("mixed")
    );
    assert.deepEqual(untested, []);
  });
}

Deno.test("RandomState() takes the largest seed, and a list of seeds", () => {
  const other = vectors.documented.other;
  assert.deepEqual(
    new RandomState([1, 2, 3]).randomSample(3).toArray(),
    other["array seed [1, 2, 3]: random_sample(3)"],
  );
  assert.deepEqual(
    new RandomState(2 ** 32 - 1).randomSample(3).toArray(),
    other["seed 4294967295: random_sample(3)"],
  );
});

Deno.test("randn() still gives the statistics that the course's notebooks print", () => {
  const { seed, means, stds } = vectors.documented.old_version;
  const x = new RandomState(seed).randn(2, 3, 4, 5).multiply(4).add(10);
  const digits = (list: unknown) => (list as number[]).map((value) => Number(value.toFixed(8)));
  assert.deepEqual(digits(x.mean([0, 2, 3]).toArray()), means);
  assert.deepEqual(digits(x.std([0, 2, 3]).toArray()), stds);
});

for (const { seed, cases } of calls) {
  const label = Array.isArray(seed) && seed.length > 3
    ? `${seed.length} words`
    : JSON.stringify(seed);
  Deno.test(`RandomState(${label}) repeats ${cases.length} calls of NumPy's`, () => {
    for (const call of cases) {
      const name = `${call.method}(${JSON.stringify(call.args)}, ${JSON.stringify(call.options)})`;
      assertDrawn(name, repeat(new RandomState(seed), call), call.expected);
    }
  });
}

for (const stream of vectors.streams) {
  Deno.test(`shuffle() of ${stream.seed} moves whole rows as permutation() does`, () => {
    const cube = counting([5, 3, 2]);
    assert.deepEqual(
      new RandomState(stream.seed).permutation(cube).toArray(),
      stream["permuted (5,3,2)"],
    );
    assert.deepEqual(cube.toArray(), counting([5, 3, 2]).toArray());
    new RandomState(stream.seed).shuffle(cube);
    assert.deepEqual(cube.toArray(), stream["shuffled (5,3,2)"]);
    const line = counting([11]);
    new RandomState(stream.seed).shuffle(line);
    assert.deepEqual(line.toArray(), stream["shuffled (11,)"]);
  });
}

/** Folds whole numbers below 2³² into one. */
function checksum(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum = (sum * 31 + value) % 4294967291;
  return sum;
}

for (const long of vectors.long) {
  Deno.test(`RandomState(${long.seed}) stays with NumPy over 100 000 draws`, () => {
    const rng = new RandomState(long.seed);
    const lowWords = Array.from(rng.rand(100000).data, (u) => (u * 2 ** 53) % 2 ** 32);
    assert.equal(checksum(lowWords), long["random_sample(100000) low words"]);
    rng.seed(long.seed);
    assert.equal(checksum(rng.randint(0, 49000, 100000).data), long["randint(0,49000,100000)"]);
    rng.seed(long.seed);
    assert.equal(checksum(rng.permutation(49000).data), long["permutation(49000)"]);
  });

  Deno.test(`RandomState(${long.seed}) stays with NumPy over 300 001 normals`, () => {
    const rng = new RandomState(long.seed);
    const normals = rng.randn(300001).data;
    const thousandths = Array.from(normals.filter((_, i) => i % 1000 === 0));
    const expected = long["randn at 1000s"];
    assertDrawn("randn", thousandths, expected);
    assert.deepEqual(thousandths.map(Math.fround), expected.map(Math.fround));
    assert.equal(rng.rand(), long["rand after randn(300001)"]);
    assertDrawn("randn", rng.randn(), long["randn after that"]);
  });
}

Deno.test("getState() holds what NumPy's get_state holds", () => {
  const expected = vectors.state;
  const rng = new RandomState(expected.seed);
  rng.randn(3);
  rng.rand(1001);
  const state = rng.getState();
  assert.equal(state.pos, expected.pos);
  assert.equal(state.hasGauss, expected.hasGauss);
  assertDrawn("randn", state.gauss, expected.gauss);
  assert.deepEqual([...state.key.slice(0, 4)], expected.firstKeys);
  assert.deepEqual([...state.key.slice(-4)], expected.lastKeys);
  assertDrawn("randn", rng.randn(3).toArray(), expected["next normals"]);
  assert.deepEqual(rng.rand(2).toArray(), expected["next rand"]);
});

Deno.test("choice() and permutation() keep the dtype of an array", () => {
  const labels = array([3, 1, 2], "uint8");
  assert.equal(new RandomState(0).choice(labels, 2).dtype, "uint8");
  assert.equal(new RandomState(0).permutation(labels).dtype, "uint8");
  assert.equal(new RandomState(0).choice(5, 2).dtype, "int32");
  assert.equal(new RandomState(0).permutation(5).dtype, "int32");
  assert.equal(new RandomState(0).choice([1, 2], 2).dtype, "float64");
  assert.equal(new RandomState(0).randint(5, null, 2).dtype, "int32");
  assert.equal(new RandomState(0).randint(0, 2, 2, { dtype: "bool" }).dtype, "bool");
});

import assert from "node:assert/strict";
import { array, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  choice,
  gridSearch,
  logUniform,
  randomSearch,
  SearchResult,
  type TrialContext,
  type TrialFunction,
  type TrialResult,
  uniform,
} from "../../selection/mod.ts";
import { fails } from "../layers/_fails.ts";

const trial: TrialFunction = ({ x }) => Number(x);

Deno.test("gridSearch() tries every combination, the last name fastest", async () => {
  const seen: unknown[] = [];
  const grid = { a: [1, 2], b: ["x", "y"], c: [true] };
  const { trials } = await gridSearch(grid, {
    trial: (params, { index }) => (seen.push(params), index),
  });
  assert.deepEqual(seen, [
    { a: 1, b: "x", c: true },
    { a: 1, b: "y", c: true },
    { a: 2, b: "x", c: true },
    { a: 2, b: "y", c: true },
  ]);
  assert.deepEqual(trials.map(({ score }) => score), [3, 2, 1, 0]);
});

Deno.test("randomSearch() draws the same parameters whatever the number of trials", async () => {
  const space = { rate: logUniform(1e-4, 1), keep: uniform(0.5, 1), rule: choice(["sgd", "adam"]) };
  const drawn = async (numTrials: number, seed: number) => {
    const { trials } = await randomSearch(space, {
      numTrials,
      seed,
      trial: (_, { index }) => -index,
    });
    return trials.map(({ params }) => params);
  };
  const six = await drawn(6, 1);
  assert.deepEqual(await drawn(4, 1), six.slice(0, 4));
  assert.notDeepEqual(await drawn(6, 2), six);
  assert.equal(new Set(six.map(({ rate }) => rate)).size, 6);
});

Deno.test("trials get generators that differ, and that follow from seed and number", async () => {
  const draws = async (seed: number) => {
    const contexts: TrialContext[] = [];
    await gridSearch({ x: [1, 1, 1] }, {
      seed,
      data: { y: array([7]) },
      trial: (_, context) => (contexts.push(context), 0),
    });
    for (const { rng, seed, data } of contexts) {
      assert.equal((data.y as NDArray).item(), 7);
      assert.equal(rng.rand(), new RandomState(seed).rand());
    }
    return contexts.map(({ seed }) => seed);
  };
  const seeds = await draws(3);
  assert.equal(new Set(seeds).size, 3);
  assert.deepEqual(await draws(3), seeds);
  assert.notDeepEqual(await draws(4), seeds);
});

Deno.test("ranges draw within their bounds, and all of what they hold", () => {
  const rng = new RandomState(0);
  const draws = <T>(draw: (rng: RandomState) => T) => Array.from({ length: 2000 }, () => draw(rng));
  const rates = draws(logUniform(1e-5, 1e-1).draw);
  assert.ok(rates.every((rate) => rate >= 1e-5 && rate < 1e-1));
  // As many in each of the four powers of ten.
  for (const low of [1e-5, 1e-4, 1e-3, 1e-2]) {
    const count = rates.filter((rate) => rate >= low && rate < 10 * low).length;
    assert.ok(Math.abs(count - 500) < 100, `${count} from ${low}`);
  }
  const shifts = draws(uniform(-3, 1).draw);
  assert.ok(shifts.every((shift) => shift >= -3 && shift < 1));
  assert.ok(Math.abs(shifts.reduce((a, b) => a + b) / 2000 + 1) < 0.1);
  const words = draws(choice(["a", "b", "c"]).draw);
  for (const word of ["a", "b", "c"]) {
    assert.ok(Math.abs(words.filter((w) => w === word).length - 667) < 100);
  }
});

Deno.test("a trial may return a promise, an outcome, or nothing that counts", async () => {
  const outcomes: unknown[] = [1, Promise.resolve(2), { score: 3, info: [1] }, undefined, "5", {}];
  const { trials } = await gridSearch({ i: [0, 1, 2, 3, 4, 5] }, {
    trial: ({ i }) => outcomes[Number(i)] as number,
  });
  assert.deepEqual(trials.map(({ score }) => score), [3, 2, 1, NaN, NaN, NaN]);
  assert.deepEqual(trials[0].info, [1]);
  assert.equal(trials[3].error, "the trial must return a score, got undefined");
});

Deno.test("a trial that throws fails alone", async () => {
  const { trials, best } = await gridSearch({ x: [1, 2] }, {
    trial({ x }) {
      if (x === 2) throw new Error("no memory");
      return 0.5;
    },
  });
  assert.equal(best?.score, 0.5);
  assert.equal(trials[1].error, "no memory");
});

Deno.test("a search without workers stops between trials when it is told to", async () => {
  const controller = new AbortController();
  let runs = 0;
  const stopped = gridSearch({ x: [1, 2, 3] }, {
    signal: controller.signal,
    trial: () => (controller.abort(new Error("enough")), ++runs),
  });
  await assert.rejects(stopped, { message: "enough" });
  assert.equal(runs, 1);
  await assert.rejects(gridSearch({ x: [1] }, { trial, signal: controller.signal }), /enough/);
});

Deno.test("timers and signals come through between trials that never wait", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")));
  let runs = 0;
  const x = Array.from({ length: 1000 }, (_, i) => i);
  const trial = () => ++runs;
  await assert.rejects(gridSearch({ x }, { trial, signal: controller.signal }), /enough/);
  assert.ok(runs < 1000);
});

function result(index: number, score: number, error: string | null = null): TrialResult {
  return {
    index,
    params: { rate: 10 ** -index, rule: "sgd" },
    score,
    error,
    info: null,
    seconds: 0,
  };
}

Deno.test("SearchResult sorts by score, then by number; what has no score comes last", () => {
  const found = new SearchResult([
    result(0, NaN, "died"),
    result(1, 0.5),
    result(2, NaN),
    result(3, 0.75),
    result(4, 0.5),
    result(5, -Infinity),
  ]);
  assert.deepEqual(found.trials.map(({ index }) => index), [3, 1, 4, 5, 2, 0]);
  assert.equal(found.best?.index, 3);
  assert.equal(new SearchResult([result(0, NaN), result(1, NaN, "died")]).best, null);
  assert.equal(new SearchResult([]).best, null);
});

Deno.test("SearchResult.formatTable() lines the trials up", () => {
  const found = new SearchResult([
    result(0, 1 / 3),
    result(12, 0.5),
    result(3, NaN),
    result(4, NaN, "the worker died: of something long\nat line 1"),
  ]);
  assert.equal(
    found.formatTable(),
    [
      "trial    rate  rule     score",
      "   12   1e-12   sgd       0.5",
      "    0       1   sgd  0.333333",
      "    3   0.001   sgd       NaN",
      "    4  0.0001   sgd  failed: the worker died: of something long",
    ].join("\n"),
  );
});

Deno.test("searches refuse empty ranges", async () => {
  fails(RangeError, "uniform: the range from 1 to 1 is empty", () => uniform(1, 1));
  fails(RangeError, "uniform: the range from 2 to 1 is empty; low must be", () => uniform(2, 1));
  fails(RangeError, "uniform: the range from NaN to 1 is empty", () => uniform(NaN, 1));
  fails(RangeError, "logUniform: the range from 1 to 0.1 is empty", () => logUniform(1, 0.1));
  fails(RangeError, "logUniform: low must be above 0, got 0", () => logUniform(0, 1));
  fails(RangeError, "choice: there must be at least one value", () => choice([]));
  const rejects = (message: RegExp, search: Promise<unknown>) => assert.rejects(search, message);
  await rejects(
    /gridSearch: x must have at least one value to try/,
    gridSearch({ x: [] }, { trial }),
  );
  await rejects(/gridSearch: the grid has no hyper-parameters/, gridSearch({}, { trial }));
  await rejects(/the space has no hyper-parameters/, randomSearch({}, { numTrials: 1, trial }));
});

Deno.test("searches refuse options that make no sense", async () => {
  const x = uniform(0, 1);
  const rejects = (message: RegExp, options: object) =>
    assert.rejects(randomSearch({ x }, { numTrials: 1, trial, ...options }), message);
  await rejects(/numTrials must be a whole number from 1 up, got 0/, { numTrials: 0 });
  await rejects(/seed must be a whole number/, { seed: -1 });
  await rejects(/workers must be a whole number from 0 up, got 1.5/, { workers: 1.5 });
  await rejects(/workers cannot run a function; export it from a module/, { workers: 2 });
  await rejects(/trial must be a function, or the URL of a module/, { trial: "./trial.ts" });
  await rejects(/keep.name must be 1 to 200 characters/, { keep: { store: null, name: "" } });
  const wrong = { x: [0, 1] } as unknown as { x: typeof x };
  await assert.rejects(
    randomSearch(wrong, { numTrials: 1, trial }),
    /x must be a range such as uniform\(0, 1\)/,
  );
});

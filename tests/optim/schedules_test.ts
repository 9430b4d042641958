import assert from "node:assert/strict";
import {
  cosineDecay,
  exponentialDecay,
  linearWarmup,
  type Schedule,
  stepDecay,
  warmupCosine,
} from "../../optim/mod.ts";

function assertRates(schedule: Schedule, expected: Record<number, number>) {
  for (const [step, rate] of Object.entries(expected)) {
    const actual = schedule(Number(step));
    assert.ok(Math.abs(actual - rate) <= 1e-15 * Math.abs(rate) + 1e-18, `${step}: ${actual}`);
  }
}

Deno.test("stepDecay() drops at every multiple of its interval, and not before", () => {
  assertRates(stepDecay({ base: 0.1, every: 30 }), { 0: 0.1, 29: 0.1, 30: 0.01, 60: 0.001 });
  assertRates(stepDecay({ base: 2, every: 1, factor: 0.5 }), { 0: 2, 1: 1, 3: 0.25 });
});

Deno.test("exponentialDecay() multiplies by its factor over its interval", () => {
  assertRates(exponentialDecay({ base: 1e-3, factor: 0.95 }), { 0: 1e-3, 1: 9.5e-4, 2: 9.025e-4 });
  assertRates(exponentialDecay({ base: 1, factor: 0.25, every: 2 }), {
    1: 0.5,
    2: 0.25,
    4: 0.0625,
  });
});

Deno.test("cosineDecay() falls from base to final along half a cosine, then stays", () => {
  const expected = { 0: 1, 25: 0.5 + Math.SQRT1_2 / 2, 50: 0.5, 100: 0, 1000: 0 };
  assertRates(cosineDecay({ base: 1, total: 100 }), expected);
  assertRates(cosineDecay({ base: 3, total: 4, final: 1 }), { 0: 3, 2: 2, 4: 1, 5: 1 });
});

Deno.test("linearWarmup() reaches its rate in the last step of the warm-up", () => {
  assertRates(linearWarmup({ base: 0.8, warmup: 4 }), { 0: 0.2, 1: 0.4, 3: 0.8, 4: 0.8, 99: 0.8 });
  assertRates(linearWarmup({ base: 5, warmup: 1 }), { 0: 5, 1: 5 });
});

Deno.test("warmupCosine() rises, then falls over the steps that remain", () => {
  const rate = warmupCosine({ base: 1, warmup: 10, total: 30, final: 0.2 });
  assertRates(rate, { 0: 0.1, 8: 0.9, 9: 1, 10: 1, 20: 0.6, 30: 0.2, 31: 0.2 });
  assertRates(warmupCosine({ base: 1, warmup: 10, total: 30 }), { 30: 0 });
});

Deno.test("schedules refuse options out of range, and name them", () => {
  const refused: [() => Schedule, RegExp][] = [
    [() => stepDecay({ base: -1, every: 2 }), /^stepDecay: base must be .*, got -1$/],
    [() => stepDecay({ base: 1, every: 0 }), /^stepDecay: every must be a positive .*, got 0$/],
    [() => stepDecay({ base: 1, every: 2, factor: 0 }), /^stepDecay: factor .* \(0, 1\], got 0$/],
    [() => exponentialDecay({ base: NaN, factor: 1 }), /^exponentialDecay: base .* got NaN$/],
    [() => exponentialDecay({ base: 1, factor: 1.1 }), /^exponentialDecay: factor .* got 1.1$/],
    [() => exponentialDecay({ base: 1, factor: 1, every: -1 }), /^exponentialDecay: every/],
    [() => cosineDecay({ base: 1, total: 0 }), /^cosineDecay: total must be a positive/],
    [() => cosineDecay({ base: 1, total: 5, final: -1 }), /^cosineDecay: final .* got -1$/],
    [() => cosineDecay({ base: -1, total: 5 }), /^cosineDecay: base/],
    [() => linearWarmup({ base: 1, warmup: 0 }), /^linearWarmup: warmup/],
    [() => linearWarmup({ base: Infinity, warmup: 2 }), /^linearWarmup: base/],
    [() => warmupCosine({ base: -1, warmup: 1, total: 2 }), /^warmupCosine: base/],
    [() => warmupCosine({ base: 1, warmup: -1, total: 2 }), /^warmupCosine: warmup/],
    [() => warmupCosine({ base: 1, warmup: 1, total: 2, final: -1 }), /^warmupCosine: final/],
    [() => warmupCosine({ base: 1, warmup: 5, total: 5 }), /total must be more than warmup = 5/],
  ];
  for (const [make, message] of refused) {
    assert.throws(make, { name: "RangeError", message });
  }
});

Deno.test("schedules refuse a step before the first", () => {
  const schedules = [
    stepDecay({ base: 1, every: 1 }),
    exponentialDecay({ base: 1, factor: 0.5 }),
    cosineDecay({ base: 1, total: 2 }),
    linearWarmup({ base: 1, warmup: 1 }),
    warmupCosine({ base: 1, warmup: 1, total: 2 }),
  ];
  for (const rate of schedules) {
    assert.throws(() => rate(-1), { name: "RangeError", message: /step must be .*, got -1$/ });
    assert.throws(() => rate(NaN), RangeError);
  }
});

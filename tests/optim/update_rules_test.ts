import assert from "node:assert/strict";
import { relError } from "../../gradient_check/mod.ts";
import { allocate, Workspace } from "../../kernels/mod.ts";
import { array, type DType, type NDArray } from "../../ndarray/mod.ts";
import {
  adam,
  adamw,
  nesterov,
  type OptimConfig,
  resolveUpdateRule,
  rmsprop,
  sgd,
  sgdMomentum,
  type UpdateRule,
  type UpdateRuleName,
  updateRules,
} from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { check } from "../fixtures/mod.ts";
import torch from "../fixtures/adamw.json" with { type: "json" };
import recorded from "../fixtures/update_rules.json" with { type: "json" };

const rules = { sgd, sgdMomentum, nesterov, rmsprop, adam, adamw };
const states = ["velocity", "cache", "m", "v"] as const;

type RecordedStep =
  & { w: number[][]; t?: number }
  & Partial<
    Record<typeof states[number], number[][]>
  >;

Deno.test("sgdMomentum() gives the course's numbers", () => {
  const record = check("a2/fc/sgd_momentum");
  const [w, config] = sgdMomentum(record.array("w"), record.array("dw"), {
    learningRate: record.number("learning_rate"),
    momentum: record.number("momentum"),
    velocity: record.array("velocity"),
  });
  assert.ok(relError(w, record.expectedArray("next_w")) <= record.relative);
  assert.ok(relError(config.velocity!, record.expectedArray("velocity")) <= record.relative);
  assert.ok(relError(w, record.expectedArray("next_w_full_precision")) < 1e-14);
  assert.ok(relError(config.velocity!, record.expectedArray("velocity_full_precision")) < 1e-14);
});

Deno.test("rmsprop() gives the course's numbers", () => {
  const record = check("a2/fc/rmsprop");
  const [w, config] = rmsprop(record.array("w"), record.array("dw"), {
    learningRate: record.number("learning_rate"),
    decayRate: record.number("decay_rate"),
    epsilon: record.number("epsilon"),
    cache: record.array("cache"),
  });
  assert.ok(relError(w, record.expectedArray("next_w")) <= record.relative);
  assert.ok(relError(config.cache!, record.expectedArray("cache")) <= record.relative);
  assert.ok(relError(w, record.expectedArray("next_w_full_precision")) < 1e-14);
  assert.ok(relError(config.cache!, record.expectedArray("cache_full_precision")) < 1e-14);
});

Deno.test("adam() gives the course's numbers, and counts before it corrects", () => {
  const record = check("a2/fc/adam");
  const [w, config] = adam(record.array("w"), record.array("dw"), {
    learningRate: record.number("learning_rate"),
    beta1: record.number("beta1"),
    beta2: record.number("beta2"),
    epsilon: record.number("epsilon"),
    m: record.array("m"),
    v: record.array("v"),
    t: record.number("t"),
  });
  assert.equal(config.t, record.expectedNumber("t"));
  for (const [name, actual] of [["next_w", w], ["m", config.m!], ["v", config.v!]] as const) {
    assert.ok(relError(actual, record.expectedArray(name)) <= record.relative, name);
    const full = record.expectedArray(`${name}_full_precision`);
    assert.ok(relError(actual, full) < 1e-14, `${name}: ${relError(actual, full)}`);
  }
});

/** Asserts that no entry is further off than `tolerance` times the larger of 1 and itself. */
function assertClose(actual: NDArray, expected: number[][], tolerance: number, what: string) {
  const wanted = expected.flat();
  assert.equal(actual.size, wanted.length);
  wanted.forEach((value, i) => {
    const off = Math.abs(actual.data[i] - value) / Math.max(1, Math.abs(value));
    assert.ok(off <= tolerance, `${what}: entry ${i} is ${actual.data[i]}, not ${value}`);
  });
}

for (const [dtype, tolerance] of [["float64", 1e-14], ["float32", 5e-7]] as [DType, number][]) {
  for (const { rule, config: settings, steps } of recorded.runs) {
    const name = `${rule}() with ${JSON.stringify(settings)} in ${dtype}`;
    for (const inPlace of [false, true]) {
      Deno.test(`${name} follows NumPy over five steps${inPlace ? " in place" : ""}`, () => {
        let w = array(recorded.w, dtype);
        let config: OptimConfig = { ...settings };
        (steps as RecordedStep[]).forEach((expected, i) => {
          const dw = array(recorded.gradients[i], dtype);
          [w, config] = updateRules[rule as UpdateRuleName](
            w,
            dw,
            config,
            inPlace ? w : undefined,
          );
          assert.equal(w.dtype, dtype);
          assertClose(w, expected.w, tolerance, `w of step ${i}`);
          for (const state of states) {
            assert.equal(config[state] === undefined, expected[state] === undefined, state);
            if (!expected[state]) continue;
            assert.equal(config[state]!.dtype, dtype);
            assertClose(config[state]!, expected[state], tolerance, `${state} of step ${i}`);
          }
          assert.equal(config.t, expected.t);
        });
      });
    }
  }
}

Deno.test("the rules fill in the course's defaults", () => {
  const settings = (rule: UpdateRule) => {
    const [, { velocity: _v, cache: _c, m: _m, v: _w, ...numbers }] = rule(array([1]), array([1]));
    return numbers;
  };
  assert.deepEqual(settings(sgd), { learningRate: 1e-2 });
  assert.deepEqual(settings(sgdMomentum), { learningRate: 1e-2, momentum: 0.9 });
  assert.deepEqual(settings(nesterov), { learningRate: 1e-2, momentum: 0.9 });
  assert.deepEqual(settings(rmsprop), { learningRate: 1e-2, decayRate: 0.99, epsilon: 1e-8 });
  assert.deepEqual(
    settings(adam),
    { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, t: 1 },
  );
});

/** The numbers of every array that a step could touch. */
function everything(w: NDArray, dw: NDArray, config: OptimConfig) {
  const arrays = states.flatMap((state) => config[state] ? [config[state]] : []);
  return [w, dw, ...arrays].map((x) => Array.from(x.data));
}

for (const [name, rule] of Object.entries(rules)) {
  Deno.test(`${name}() leaves w, dw and config alone unless told otherwise`, () => {
    const rng = new RandomState(231);
    const [w, dw] = [rng.randn(3, 4), rng.randn(3, 4)];
    const [w1, config1] = rule(w, dw, { learningRate: 0.1 });
    const before = [everything(w, dw, {}), everything(w1, dw, config1)];
    const keys = { ...config1 };
    const [w2, config2] = rule(w1, dw, config1);
    assert.deepEqual([everything(w, dw, {}), everything(w1, dw, config1)], before);
    assert.deepEqual(config1, keys);
    assert.notEqual(w2.data.buffer, w1.data.buffer);
    for (const state of states) {
      if (config1[state]) assert.notEqual(config2[state]!.data, config1[state].data);
    }
  });

  Deno.test(`${name}() updates w and config's arrays in place when out is w`, () => {
    const rng = new RandomState(231);
    const [start, dw] = [rng.randn(3, 4), rng.randn(3, 4)];
    const w = start.copy();
    const [first, config1] = rule(w, dw, {}, w);
    assert.equal(first, w);
    const arrays = states.map((state) => config1[state]);
    const [second, config2] = rule(w, dw, config1, w);
    assert.equal(second, w);
    assert.deepEqual(states.map((state) => config2[state] === undefined), arrays.map((x) => !x));
    states.forEach((state, i) => assert.equal(config2[state], arrays[i]));
    const [between, config] = rule(start, dw);
    const [expected, kept] = rule(between, dw, config);
    assert.deepEqual(w.toArray(), expected.toArray());
    assert.deepEqual(everything(w, dw, config2), everything(expected, dw, kept));
  });

  Deno.test(`${name}() keeps its results out of a workspace`, () => {
    const workspace = new Workspace();
    const [w, dw] = [array([1, 2]), array([3, -4])];
    const [next, config] = workspace.run(() => rule(w, dw));
    const before = everything(next, dw, config);
    workspace.run(() => Array.from({ length: 9 }, () => allocate(Float64Array, 2).fill(7)));
    assert.deepEqual(everything(next, dw, config), before);
  });

  Deno.test(`${name}() writes into another array that is given`, () => {
    const [w, dw] = [array([[1, 2]]), array([[3, -4]])];
    const out = array([[9, 9]]);
    const [next] = rule(w, dw, {}, out);
    assert.equal(next, out);
    assert.deepEqual(out.toArray(), rule(w, dw)[0].toArray());
    assert.deepEqual(w.toArray(), [[1, 2]]);
    assert.throws(() => rule(w, dw, {}, array([9, 9])), /out must have the shape of w/);
    assert.throws(() => rule(w, dw, {}, array([[9, 9]], "float32")), TypeError);
  });

  Deno.test(`${name}() computes in the dtype of w`, () => {
    const w = array([1, 2], "float32");
    const [next, config] = rule(w, array([0.1, 0.2]));
    assert.equal(next.dtype, "float32");
    for (const state of states) {
      if (config[state]) assert.equal(config[state].dtype, "float32");
    }
    const [again] = rule(next.astype("float64"), array([0.1, 0.2], "float32"), config);
    assert.equal(again.dtype, "float64");
  });

  Deno.test(`${name}() takes arrays without entries and without axes`, () => {
    assert.deepEqual(rule(array([]), array([]))[0].toArray(), []);
    assert.equal(rule(array(0), array(0), { learningRate: 1 })[0].item(), 0);
  });

  Deno.test(`${name}() refuses what it cannot step on`, () => {
    const [w, dw] = [array([[1, 2]]), array([[3, 4]])];
    const message = (pattern: string) => ({ name: "RangeError", message: new RegExp(pattern) });
    assert.throws(() => rule(w, array([3, 4])), message(`^${name}: dw must have the shape of w`));
    assert.throws(
      () => rule(w, dw, { learningRate: -0.1 }),
      message(`^${name}: learningRate must be a finite number of at least 0, got -0.1$`),
    );
    assert.throws(() => rule(w, dw, { learningRate: NaN }), message("got NaN"));
    assert.throws(
      () => rule(w, dw, { learing_rate: 1 } as OptimConfig),
      message(`^${name}: there is no option "learing_rate"; did you mean "learningRate"\\?$`),
    );
    assert.throws(
      () => rule(w, dw, { colour: 1 } as OptimConfig),
      message(`^${name}: there is no option "colour"; the options are learningRate`),
    );
    assert.throws(() => rule(array([1], "int32"), array([1])), {
      name: "TypeError",
      message: `${name}: w must be float32 or float64, got int32; convert it with astype`,
    });
    assert.throws(() => rule(w, 3 as unknown as NDArray), {
      name: "TypeError",
      message: `${name}: dw must be an NDArray, got number`,
    });
  });
}

Deno.test("the rules refuse settings out of range", () => {
  const refused: [UpdateRule, OptimConfig, RegExp][] = [
    [sgdMomentum, { momentum: 1 }, /^sgdMomentum: momentum must be in \[0, 1\), got 1$/],
    [sgdMomentum, { momentum: -0.1 }, /got -0.1$/],
    [nesterov, { momentum: NaN }, /^nesterov: momentum must be in \[0, 1\), got NaN$/],
    [rmsprop, { decayRate: 1.5 }, /^rmsprop: decayRate must be in \[0, 1\), got 1.5$/],
    [rmsprop, { epsilon: -1 }, /^rmsprop: epsilon must be a finite number of at least 0, got -1$/],
    [adam, { beta1: 1 }, /^adam: beta1 must be in \[0, 1\), got 1$/],
    [adam, { beta2: 1 }, /^adam: beta2 must be in \[0, 1\), got 1$/],
    [adam, { epsilon: NaN }, /^adam: epsilon must be/],
    [adam, { t: -1 }, /^adam: t must be the whole number of steps made so far, got -1$/],
    [adam, { t: 0.5 }, /got 0.5$/],
    [sgdMomentum, { velocity: array([1]) }, /^sgdMomentum: velocity must have the shape of w/],
    [rmsprop, { cache: array([[1], [2]]) }, /^rmsprop: cache must have the shape of w, \(1, 2\)/],
    [adam, { m: array([1, 2]) }, /^adam: m must have the shape of w, \(1, 2\), got \(2\)$/],
    [adam, { v: array([1, 2]) }, /^adam: v must have the shape of w/],
  ];
  for (const [rule, config, message] of refused) {
    assert.throws(() => rule(array([[1, 2]]), array([[3, 4]]), config), {
      name: "RangeError",
      message,
    });
  }
});

Deno.test("a refused step in place leaves w as it was", () => {
  const w = array([[1, 2]]);
  assert.throws(() => adam(w, array([[3, 4]]), { v: array([1, 2]) }, w), RangeError);
  assert.deepEqual(w.toArray(), [[1, 2]]);
});

Deno.test("a rule refuses the settings of other rules, and says whose they are", () => {
  const refuses = (rule: UpdateRule, config: object, message: RegExp) =>
    assert.throws(() => rule(array([1]), array([1]), config as OptimConfig), {
      name: "RangeError",
      message,
    });
  refuses(adam, { momentum: 0.9 }, /^adam: there is no option "momentum"; it is a setting of sgdM/);
  refuses(
    sgd,
    { beta1: 0.5 },
    /^sgd: there is no option "beta1"; it is a setting of adam and adamw$/,
  );
  refuses(
    adam,
    { weightDecay: 0.1 },
    /^adam: there is no option "weightDecay"; it is a setting of a/,
  );
  refuses(sgdMomentum, { decayRate: 0.5 }, /it is a setting of rmsprop$/);
  refuses(rmsprop, { m: array([0]) }, /^rmsprop: there is no option "m"; the options are learning/);
});

Deno.test("what other libraries call the settings gets the right name", () => {
  const advises = (rule: UpdateRule, name: string, advice: string) =>
    assert.throws(() => rule(array([1]), array([1]), { [name]: 0.5 } as OptimConfig), {
      message: `${rule.name}: there is no option "${name}"; ${advice}`,
    });
  advises(adam, "lr", 'did you mean "learningRate"?');
  advises(adam, "learning_rate", 'did you mean "learningRate"?');
  advises(adam, "eps", 'did you mean "epsilon"?');
  advises(adam, "betas", "betas are given one by one, as beta1 and beta2");
  advises(adamw, "weight_decay", 'did you mean "weightDecay"?');
  advises(rmsprop, "alpha", 'did you mean "decayRate"?');
  advises(sgdMomentum, "nesterov", 'it is a rule of its own, "nesterov"');
  advises(adam, "x", "the options are learningRate, beta1, beta2, epsilon, m, v, t");
});

Deno.test("a setting that is no number is refused, whatever it is", () => {
  for (const wrong of ["0.1", null, Symbol("rate"), [0.1], 1n, {}, true, array(0.1)]) {
    const learningRate = wrong as number;
    for (const rule of Object.values(rules)) {
      assert.throws(() => rule(array([1]), array([1]), { learningRate }), {
        name: "RangeError",
        message: /learningRate must be a finite number of at least 0, got ("0\.1"|\S+)/,
      });
    }
  }
  const velocity = [1] as unknown as NDArray;
  assert.throws(() => sgdMomentum(array([1]), array([1]), { velocity }), {
    name: "TypeError",
    message: "sgdMomentum: velocity must be an NDArray, got object",
  });
});

/** Three steps of `torch.optim.AdamW` 2.x in float64; `adamw.py` of this folder computed them. */
for (const { settings, steps } of torch.runs) {
  Deno.test(`adamw() with ${JSON.stringify(settings)} follows PyTorch`, () => {
    for (const [dtype, tolerance] of [["float64", 1e-14], ["float32", 5e-7]] as [DType, number][]) {
      let w = array(torch.w, dtype);
      let config: OptimConfig = { ...settings };
      steps.forEach((expected, i) => {
        [w, config] = adamw(w, array(torch.gradients[i], dtype), config);
        assertClose(w, expected, tolerance, `w of step ${i} in ${dtype}`);
      });
      assert.equal(config.weightDecay, settings.weightDecay ?? 1e-2);
    }
  });
}

Deno.test("resolveUpdateRule() knows the names of both spellings, and functions", () => {
  assert.equal(resolveUpdateRule("sgd"), sgd);
  assert.equal(resolveUpdateRule("sgdMomentum"), sgdMomentum);
  assert.equal(resolveUpdateRule("sgd_momentum"), sgdMomentum);
  assert.equal(resolveUpdateRule("nesterov"), nesterov);
  assert.equal(resolveUpdateRule("rmsprop"), rmsprop);
  assert.equal(resolveUpdateRule("adam"), adam);
  const mine: UpdateRule = (w, _dw, config = {}) => [w, config];
  assert.equal(resolveUpdateRule(mine), mine);
});

Deno.test("resolveUpdateRule() suggests the nearest name", () => {
  assert.throws(() => resolveUpdateRule("sgd_momentun" as "adam"), {
    name: "RangeError",
    message:
      'resolveUpdateRule: there is no update rule "sgd_momentun"; did you mean "sgd_momentum"?',
  });
  assert.throws(() => resolveUpdateRule("toString" as "adam"), RangeError);
  assert.throws(() => resolveUpdateRule(3 as unknown as "adam"), TypeError);
});

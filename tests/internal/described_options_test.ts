import assert from "node:assert/strict";
import {
  amount,
  callable,
  DescribedOptions,
  flag,
  fraction,
  generator,
  keepRatio,
  oneOf,
  orNull,
  path,
  positive,
  seedOrNull,
  size,
  whole,
} from "../../internal/described_options.ts";
import { RandomState } from "../../random/mod.ts";

interface Options {
  width: number;
  scale?: number;
  rng?: RandomState;
  hook?: (() => void) | null;
}

const described = new DescribedOptions<Options>("make", {
  width: size(),
  scale: amount(0.5),
  rng: generator(RandomState),
  hook: callable<() => void>("a function", "give a function"),
}, { units: "width", lr: "the learning rate is said elsewhere" });

function refuses(options: unknown, name: string, message: string): void {
  assert.throws(() => described.resolve(options as Options), { name, message });
}

Deno.test("options that are left out or undefined have their defaults, fresh ones where they are objects", () => {
  const first = described.resolve({ width: 3, scale: undefined });
  const second = described.resolve({ width: 3 });
  assert.deepEqual([first.width, first.scale, first.hook], [3, 0.5, null]);
  assert.ok(first.rng instanceof RandomState && first.rng !== second.rng);
  const rng = new RandomState(1);
  assert.equal(described.resolve({ width: 3, rng }).rng, rng);
});

Deno.test("an option that must be given and is not is named", () => {
  const message = "make: width must be a whole number from 1 up, got undefined";
  refuses({}, "RangeError", message);
  refuses({ width: undefined }, "RangeError", message);
});

Deno.test("unknown names are refused, with the name that was meant", () => {
  const start = 'make: there is no option "';
  refuses({ widht: 1 }, "TypeError", `${start}widht"; did you mean "width"?`);
  refuses({ SCALE: 1 }, "TypeError", `${start}SCALE"; did you mean "scale"?`);
  refuses({ units: 1 }, "TypeError", `${start}units"; did you mean "width"?`);
  refuses({ lr: 1 }, "TypeError", `${start}lr"; the learning rate is said elsewhere`);
  refuses(
    { toString: 1 },
    "TypeError",
    `${start}toString"; the options are width, scale, rng, hook`,
  );
  refuses({ w: 1 }, "TypeError", `${start}w"; the options are width, scale, rng, hook`);
  refuses(
    { [Symbol("width")]: 1 },
    "TypeError",
    "make: there is no option Symbol(width); options have names",
  );
  refuses(null, "TypeError", "make: options must be an object, got null");
  refuses(Symbol("a"), "TypeError", "make: options must be an object, got Symbol(a)");
  refuses(3, "TypeError", "make: options must be an object, got 3");
});

Deno.test("a value of any kind is shown, and none is taken for another", () => {
  const start = "make: width must be a whole number from 1 up, got ";
  const values: [unknown, string][] = [
    [0, "0"],
    [1.5, "1.5"],
    [NaN, "NaN"],
    ["3", '"3"'],
    [null, "null"],
    [true, "true"],
    [3n, "3n"],
    [[3], "[3]"],
    [Array(9).fill(1), "[1, 1, 1, 1, 1, 1, …]"],
    [{}, "Object"],
    [Object.create(null), "object"],
    [Symbol("w"), "Symbol(w)"],
    [() => 3, "a function"],
    [new RandomState(1), "RandomState"],
  ];
  for (const [width, shown] of values) refuses({ width }, "RangeError", start + shown);
});

Deno.test("a generator given as its seed is told so", () => {
  refuses(
    { width: 1, rng: 231 },
    "TypeError",
    "make: rng must be a RandomState, got number; use new RandomState(231)",
  );
  refuses(
    { width: 1, rng: null },
    "TypeError",
    "make: rng must be a RandomState, got null; make one with new RandomState(seed)",
  );
  refuses(
    { width: 1, hook: 3 },
    "TypeError",
    "make: hook must be a function, got number; give a function",
  );
});

Deno.test("the rules take what they say and nothing else", () => {
  const cases: [{ fits: (value: unknown) => boolean }, unknown[], unknown[]][] = [
    [whole(0), [0, 7], [-1, 0.5, Infinity, "1", 2 ** 53]],
    [positive(1), [1e-9], [0, -1, NaN, Infinity, "1"]],
    [fraction(0), [0, 0.99], [1, -0.1, NaN, "0"]],
    [keepRatio("p"), [1, 0.1], [0, 1.1, NaN, null]],
    [oneOf(["a", null], null), ["a", null], ["b", undefined, ""]],
    [flag(true), [true, false], [0, 1, "true", null]],
    [orNull(size()), [null, 1], [0, undefined]],
    [path(), [null, "a"], ["", 3, Symbol("a")]],
    [seedOrNull(), [null, 0, 2 ** 32 - 1], [2 ** 32, -1, 0.5, "1"]],
  ];
  for (const [rule, right, wrong] of cases) {
    for (const value of right) assert.ok(rule.fits(value), String(value));
    for (const value of wrong) assert.ok(!rule.fits(value), String(value));
  }
  assert.equal(oneOf(["a", "b", null], null).must, '"a", "b" or null');
  assert.equal(oneOf([0, 1, 2], 0).must, "0, 1 or 2");
});

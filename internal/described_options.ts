/**
 * Options described once: from the description of each come its name, its default, its check and
 * the message of the error.
 */
import { type Aliases, checkOptionNames } from "./options.ts";
import { showValue } from "./show.ts";

/** What one option may be. */
export interface OptionRule<T> {
  /** What follows "must be" in the message. */
  readonly must: string;
  /** Whether a value will do. */
  readonly fits: (value: unknown) => boolean;
  /** The default. Without it, and without `make`, the option must be given. */
  readonly value?: T;
  /** Makes the default where each caller must have one of its own. */
  readonly make?: () => T;
  /** Whether a wrong value is of the wrong kind: then a TypeError shows its type. Default false. */
  readonly kind?: boolean;
  /** What stands for the name in the message. Default: the name. */
  readonly subject?: string;
  /** The end of the message: what to do instead. */
  readonly advice?: (value: unknown) => string;
}

/** A rule for each option. */
export type OptionRules<O> = { readonly [K in keyof O]-?: OptionRule<O[K]> };

/** Options with nothing left open. */
export type Resolved<O> = { readonly [K in keyof O]-?: Exclude<O[K], undefined> };

/** The options of one function or class. */
export class DescribedOptions<O extends object> {
  /** Their names. */
  readonly names: readonly string[];
  readonly #caller: string;
  readonly #rules: ReadonlyMap<string, OptionRule<unknown>>;
  /** Defaults that are the same for all. */
  readonly #constants: Readonly<Record<string, unknown>>;
  /** Names of options whose default is made anew each time, or that must be given. */
  readonly #others: readonly string[];
  readonly #aliases: Aliases;
  readonly #unknown: ErrorConstructor;

  /**
   * @param caller Who is given the options
   * @param rules What each may be
   * @param aliases What users of other libraries call them
   * @param unknown The error of a name that is not known
   */
  constructor(
    caller: string,
    rules: OptionRules<O>,
    aliases: Aliases = {},
    unknown: ErrorConstructor = TypeError,
  ) {
    this.#caller = caller;
    this.#aliases = aliases;
    this.#unknown = unknown;
    this.names = Object.keys(rules);
    this.#rules = new Map(Object.entries(rules));
    const constants: Record<string, unknown> = {};
    const others: string[] = [];
    for (const [name, rule] of this.#rules) {
      constants[name] = rule.value;
      if (rule.make || !("value" in rule)) others.push(name);
    }
    this.#constants = constants;
    this.#others = others;
  }

  /**
   * Checks options and fills in defaults. Update rules do so in every step, hence the plain loops.
   *
   * @param caller Who is given the options, if it is not the one they are described for
   * @throws {TypeError} If `options` is no object, has an unknown name, or a value is of the wrong kind
   * @throws {RangeError} If a value is out of range
   */
  resolve(options: O, caller: string = this.#caller): Resolved<O> {
    const isObject = typeof options === "object" && options !== null;
    if (!isObject || Object.getOwnPropertySymbols(options).length > 0) {
      this.#checkNames(caller, options);
    }
    const given = options as Record<string, unknown>;
    const resolved = { ...this.#constants };
    for (const name in given) {
      const rule = this.#rules.get(name);
      if (!rule) {
        this.#checkNames(caller, options);
        continue;
      }
      const value = given[name];
      if (value === undefined || value === resolved[name]) continue;
      if (!rule.fits(value)) fail(caller, name, value, rule);
      resolved[name] = value;
    }
    for (const name of this.#others) {
      if (given[name] !== undefined) continue;
      const rule = this.#rules.get(name)!;
      if (!rule.make) fail(caller, name, undefined, rule);
      resolved[name] = rule.make();
    }
    return resolved as Resolved<O>;
  }

  #checkNames(caller: string, options: unknown): void {
    checkOptionNames(caller, options, this.names, this.#aliases, this.#unknown);
  }
}

/** @throws {TypeError | RangeError} If a value does not follow a rule */
export function checkValue(
  caller: string,
  name: string,
  value: unknown,
  rule: OptionRule<unknown>,
): void {
  if (!rule.fits(value)) fail(caller, name, value, rule);
}

function fail(caller: string, name: string, value: unknown, rule: OptionRule<unknown>): never {
  const { must, kind, subject = name, advice } = rule;
  const got = kind && value !== null ? typeof value : showValue(value);
  const Type = kind ? TypeError : RangeError;
  const end = advice?.(value);
  throw new Type(`${caller}: ${subject} must be ${must}, got ${got}${end ? `; ${end}` : ""}`);
}

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** A whole number of at least `least`. */
export function whole(least: number, value?: number): OptionRule<number> {
  return {
    must: `a whole number from ${least} up`,
    fits: (given) => Number.isSafeInteger(given) && (given as number) >= least,
    ...(value !== undefined && { value }),
  };
}

/** What counts something: a whole number from 1 up. */
export function size(value?: number): OptionRule<number> {
  return whole(1, value);
}

/** A finite number that is not negative. */
export function amount(value?: number): OptionRule<number> {
  return {
    must: "a finite number from 0 up",
    fits: (given) => isNumber(given) && given >= 0,
    ...(value !== undefined && { value }),
  };
}

/** A finite number above 0. */
export function positive(value: number): OptionRule<number> {
  return {
    must: "a number above 0",
    fits: (given) => isNumber(given) && given > 0,
    value,
  };
}

/** A share that is not all: a number in [0, 1). */
export function fraction(value: number): OptionRule<number> {
  return {
    must: "in [0, 1)",
    fits: (given) => isNumber(given) && given >= 0 && given < 1,
    value,
  };
}

/** The probability with which dropout keeps a value. */
export function keepRatio(name: string): OptionRule<number> {
  return {
    subject: `${name}, the probability to keep,`,
    must: "above 0 and at most 1",
    fits: (given) => isNumber(given) && given > 0 && given <= 1,
    value: 1,
    advice: (given) => given === 0 ? "for no dropout use 1" : "",
  };
}

/** One of some words, or null if that is among them. */
export function oneOf<const T extends string | number | null>(
  choices: readonly T[],
  value: NoInfer<T>,
): OptionRule<T> {
  const words = choices.map(showValue);
  return {
    must: `${words.slice(0, -1).join(", ")}${words.length > 1 ? " or " : ""}${words.at(-1)}`,
    fits: (given) => choices.includes(given as T),
    value,
  };
}

/** The type of the numbers of a network. */
export function floatType(): OptionRule<"float32" | "float64"> {
  return oneOf(["float32", "float64"], "float32");
}

/** Yes or no. */
export function flag(value: boolean): OptionRule<boolean> {
  return {
    must: "true or false",
    fits: (given) => typeof given === "boolean",
    value,
    kind: true,
  };
}

/** A rule that null follows too, which is the default. */
export function orNull<T>(rule: OptionRule<T>, value?: T): OptionRule<T | null> {
  return {
    ...rule,
    must: `${rule.must}, or null`,
    fits: (given) => given === null || rule.fits(given),
    value: value ?? null,
  };
}

/** A rule that a word follows too, which is the default. */
export function orWord<T, const W extends string>(word: W, rule: OptionRule<T>): OptionRule<T | W> {
  return { ...rule, fits: (given) => given === word || rule.fits(given), value: word };
}

/** A function, or null, which is the default. */
export function callable<T>(must: string, advice = ""): OptionRule<T | null> {
  return {
    must,
    fits: (given) => given === null || typeof given === "function",
    value: null,
    kind: true,
    advice: () => advice,
  };
}

/** What a file is called, or null, which is the default. */
export function path(): OptionRule<string | null> {
  return {
    must: "a path or null",
    fits: (given) =>
      given === null || typeof given === "string" && given !== "" && !given.includes("\0"),
    value: null,
    kind: true,
    advice: (given) => typeof given === "string" && given !== "" ? "it holds a NUL character" : "",
  };
}

/** A random generator; the default is an unseeded one. */
export function generator<R>(RandomState: new () => R): OptionRule<R> {
  return {
    must: "a RandomState",
    fits: (given) => given instanceof RandomState,
    make: () => new RandomState(),
    kind: true,
    advice: (given) =>
      typeof given === "number"
        ? `use new RandomState(${given})`
        : "make one with new RandomState(seed)",
  };
}

/** A seed of a generator, or null, which is the default. */
export function seedOrNull(): OptionRule<number | null> {
  return {
    must: "a whole number from 0 to 4294967295, or null",
    fits: (given) =>
      given === null ||
      Number.isInteger(given) && (given as number) >= 0 && (given as number) < 2 ** 32,
    value: null,
  };
}

/** Shape of an image. */
export function imageDim(): OptionRule<readonly [number, number, number]> {
  return {
    must: "[channels, height, width], such as [3, 32, 32]",
    fits: (given) =>
      Array.isArray(given) && given.length === 3 &&
      given.every((length) => Number.isSafeInteger(length) && length >= 1),
    make: () => [3, 32, 32],
  };
}

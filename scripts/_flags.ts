/**
 * The flags of assignment programs: what their values are, and reading them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { nearestName } from "../internal/suggest.ts";
import type { BackendName } from "../kernels/mod.ts";
import {
  COURSE_SEED,
  entryOf,
  type FlagEntry,
  type FlagName,
  lacks,
  table,
  takes,
} from "./_flag_table.ts";
import type { Part, Program } from "./_part.ts";

/** The values of the flags. Those that a program does not take have their defaults. */
export interface Flags {
  /** Folder of the real CIFAR-10 or MNIST, or undefined to look in the usual places. */
  readonly data?: string;
  /** Whether to use the synthetic set even where the real one is at hand. */
  readonly synthetic: boolean;
  /** Whether to run a short version of every part. */
  readonly quick: boolean;
  /** Epochs of the longest training, or undefined for the program's own number. */
  readonly epochs?: number;
  /** Seed of every random stream. */
  readonly seed: number;
  /** Kernel table. */
  readonly backend: BackendName | "auto";
  /** Whether the wasm kernels may round less. */
  readonly relaxed: boolean;
  /** Float type of the networks that are trained. */
  readonly dtype: "float32" | "float64";
  /** Where the longest training saves its state after each epoch. */
  readonly checkpoint?: string;
  /** Saved state to go on from. */
  readonly resume?: string;
  /** File for all results. */
  readonly json?: string;
  /** Folder for the figures. */
  readonly plots?: string;
}

/** A mistake of the person at the keyboard: printed without a stack trace. */
export class UsageError extends Error {
  /** The error's name. */
  override readonly name = "UsageError";
}

/** Reads the flags, and which parts are to run. */
export function parseFlags(program: Program, args: readonly string[]): Flags & { parts: Part[] } {
  const values = readValues(program, args);
  if (values.data !== undefined && values.synthetic !== undefined) {
    throw new UsageError("--data and --synthetic exclude each other");
  }
  return {
    data: values.data,
    synthetic: values.synthetic !== undefined,
    quick: values.quick !== undefined,
    epochs: wholeNumber("epochs", values.epochs, 1, 1e6),
    seed: wholeNumber("seed", values.seed, 0, 2 ** 32 - 1) ?? COURSE_SEED,
    backend: oneOf("backend", values.backend, ["auto", "reference", "wasm", "native"]),
    relaxed: values.relaxed !== undefined,
    dtype: oneOf("dtype", values.dtype, ["float32", "float64"]),
    checkpoint: values.checkpoint,
    resume: values.resume,
    json: values.json,
    plots: values.plots,
    parts: chooseParts(program, values),
  };
}

type Values = Partial<Record<FlagName, string>>;

/** The flags that were given, each at most once; those without a value are `""`. */
function readValues(program: Program, args: readonly string[]): Values {
  const values: Values = {};
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries<FlagEntry>(table).map(([name, { value }]) => [
        name,
        { type: value ? "string" : "boolean" } as const,
      ]),
    ),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") {
      const text = token.kind === "positional" ? token.value : "--";
      throw new UsageError(`"${brief(text)}" is no flag; flags begin with --`);
    }
    const { name, rawName, value } = token;
    const entry = rawName.startsWith("--") ? entryOf(name) : undefined;
    if (!entry) {
      const known = Object.keys(table).filter((name) => takes(program, entryOf(name)!));
      const near = nearestName(name, known);
      throw new UsageError(
        `unknown flag ${brief(rawName)}${near ? `; did you mean --${near}?` : ""}`,
      );
    }
    if (!takes(program, entry)) {
      throw new UsageError(`${program.file} does not take --${name}: ${lacks[entry.use![0]]}`);
    }
    if (values[name as FlagName] !== undefined) throw new UsageError(`--${name} is given twice`);
    if (!entry.value && value !== undefined) {
      throw new UsageError(`--${name} takes no value, got "${brief(value)}"`);
    }
    if (entry.value && (value === undefined || value === "" || value.startsWith("--"))) {
      throw new UsageError(`--${name} needs a value: --${name} ${entry.value}`);
    }
    checkText(name, value ?? "", entry.value === "FILE" || entry.value === "DIR");
    values[name as FlagName] = value ?? "";
  }
  return values;
}

/** Refuses what no file system takes, before anything is read or written. */
function checkText(flag: string, text: string, isPath: boolean): void {
  if (text.includes("\0")) throw new UsageError(`--${flag} must not contain a NUL character`);
  if (!isPath) return;
  const bytes = (part: string) => new TextEncoder().encode(part).length;
  if (bytes(text) > 4095 || text.split(/[\\/]/).some((name) => bytes(name) > 255)) {
    throw new UsageError(
      `--${flag} must have names of at most 255 bytes and 4095 in all, ` +
        `got ${bytes(text)} bytes: "${text.slice(0, 40)}..."`,
    );
  }
}

/** The parts to run: those named; else with `--resume` the one that it belongs to; else all. */
function chooseParts({ parts }: Program, values: Values): Part[] {
  const names = parts.map(({ name }) => name);
  const wanted = values.parts?.split(",").map((name) => oneOf("parts", name.trim(), names));
  const chosen = wanted
    ? parts.filter(({ name }) => wanted.includes(name))
    : parts.filter(({ resumable }) => resumable || values.resume === undefined);
  if (chosen.some(({ resumable }) => resumable)) return chosen;
  const longest = parts.find(({ resumable }) => resumable)?.name;
  for (const name of ["epochs", "checkpoint", "resume"] as const) {
    if (values[name] === undefined) continue;
    throw new UsageError(
      `--${name} concerns only the part "${longest}", which --parts leaves out`,
    );
  }
  return chosen;
}

function wholeNumber(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(
      `--${flag} must be a whole number from ${least} to ${most}, got "${brief(text)}"`,
    );
  }
  return value;
}

function oneOf<T extends string>(flag: string, text: string | undefined, names: readonly T[]): T {
  if (text === undefined) return names[0];
  if ((names as readonly string[]).includes(text)) return text as T;
  throw new UsageError(`--${flag} must be one of ${names.join(", ")}, got "${brief(text)}"`);
}

/** The beginning of a text that may be of any length. */
function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

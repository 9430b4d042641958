/**
 * The flags of assignment programs: what they mean, `--help`, and reading them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { nearestName } from "../internal/suggest.ts";
import type { BackendName } from "../kernels/mod.ts";
import type { Part, Program, Use } from "./_part.ts";

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

/** The seed of the course's notebooks. */
export const COURSE_SEED = 231;

/** A flag: what its value is called, if it takes one; who takes it; and lines for `--help`. */
interface FlagEntry {
  readonly value?: string;
  readonly use?: readonly (Use | "training")[];
  readonly help: readonly string[] | ((program: Program) => readonly string[]);
}

const table = {
  data: {
    value: "DIR",
    use: ["images", "digits"],
    help: ({ uses }) => {
      const [set, variable] = uses.includes("digits")
        ? ["MNIST", "$MNIST_DIR"]
        : ["CIFAR-10", "$CIFAR10_DIR"];
      return [
        `folder of the real ${set} (needs --allow-read); without it the cache,`,
        `${variable} and ./data are tried, then the synthetic set is used`,
      ];
    },
  },
  synthetic: {
    use: ["images", "digits"],
    help: ["use the synthetic set even where the real one is at hand"],
  },
  quick: { help: ["a short version of every part"] },
  parts: { value: "A,B", help: [] },
  epochs: { value: "N", use: ["training"], help: ["epochs of the longest training"] },
  seed: {
    value: "N",
    use: ["images", "digits", "random"],
    help: [`seed of every random stream (default ${COURSE_SEED}, the course's)`],
  },
  backend: { value: "NAME", help: ["kernels: auto, reference, wasm or native (default auto)"] },
  relaxed: {
    help: [
      "wasm kernels that multiply and add in one instruction: faster, but the last",
      "digits depend on the machine",
    ],
  },
  dtype: {
    value: "TYPE",
    use: ["dtype"],
    help: ["float type of the trained networks: float32 (default) or float64"],
  },
  checkpoint: {
    value: "FILE",
    use: ["training"],
    help: [
      "save the longest training after each epoch (needs --allow-read and",
      "--allow-write for its folder)",
    ],
  },
  resume: {
    value: "FILE",
    use: ["training"],
    help: [
      "go on from such a file, and save there unless --checkpoint names another;",
      "runs only the part that it belongs to",
    ],
  },
  json: { value: "FILE", help: ["write all results as JSON (needs both permissions, too)"] },
  plots: {
    value: "DIR",
    use: ["plots"],
    help: ["write the figures there as PNG (needs both permissions, too)"],
  },
} as const satisfies Record<string, FlagEntry>;

type FlagName = keyof typeof table;

/** Why a program does not take a flag. */
const lacks: Record<Use | "training", string> = {
  images: "it uses neither images nor random numbers",
  digits: "it uses no images",
  random: "it draws no random numbers",
  dtype: "it trains no network",
  plots: "it draws no figures",
  training: "it has no training that could be resumed",
};

function entryOf(name: string): FlagEntry | undefined {
  return Object.hasOwn(table, name) ? table[name as FlagName] : undefined;
}

function takes({ uses, parts }: Program, { use }: FlagEntry): boolean {
  return use === undefined ||
    use.some((one) =>
      one === "training" ? parts.some(({ resumable }) => resumable) : uses.includes(one)
    );
}

/** The text of `--help`: the flags that the program takes. */
export function helpText(program: Program): string {
  const { file, title, description, duration, parts } = program;
  const names = parts.map(({ name }) => name).join(", ");
  const lines = Object.entries<FlagEntry>(table)
    .filter(([, entry]) => takes(program, entry))
    .flatMap(([name, { value = "", help }]) => {
      const [first, ...others] = name === "parts"
        ? [`only these parts: ${names}`]
        : typeof help === "function"
        ? help(program)
        : help;
      return [
        `  ${`--${name} ${value}`.padEnd(19)}${first}`,
        ...others.map((line) => " ".repeat(21) + line),
      ];
    });
  const images = program.uses.some((use) => use === "images" || use === "digits")
    ? "With no flags and no permission it runs on synthetic images. "
    : "";
  const stop = parts.some(({ resumable }) => resumable)
    ? "Ctrl-C stops the training\ncleanly, keeps the best parameters found and still prints the summary."
    : "Ctrl-C stops it after\nthe step at hand; it still prints the summary.";
  return `${title}

${description}
${durationText(duration)}${goalsText(program)}

Usage: deno run [permissions] scripts/${file} [flags]

${lines.join("\n")}
  -h, --help         this text

${images}${stop}`;
}

function goalsText({ goals = [] }: Program): string {
  return goals.map(({ what, goal, reached }) =>
    `\nOn CIFAR-10, validation accuracy of ${what}: goal ${goal}` +
    (reached === null ? "." : `, reached ${reached}.`)
  ).join("");
}

function durationText(duration: Program["duration"]): string {
  return typeof duration === "string"
    ? `Takes about ${duration}.`
    : `Takes about ${duration.full}, on two cores with synthetic images; ${duration.quick} with --quick.`;
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

/**
 * The flags of assignment programs: what they are called, who takes them, and what `--help` says.
 *
 * @module
 */
import type { Program, Use } from "./_part.ts";

/** The seed of the course's notebooks. */
export const COURSE_SEED = 231;

/** A flag: what its value is called, if it takes one; who takes it; and lines for `--help`. */
export interface FlagEntry {
  readonly value?: string;
  readonly use?: readonly (Use | "training")[];
  readonly help: readonly string[] | ((program: Program) => readonly string[]);
}

/** All flags, by name. */
export const table = {
  data: {
    value: "DIR",
    use: ["images", "digits", "captions"],
    help: ({ uses }) => {
      if (uses.includes("captions")) {
        return [
          "the course's folder coco_captioning (needs --allow-read); without it scenes",
          "of coloured shapes are captioned",
        ];
      }
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
    use: ["images", "digits", "captions"],
    help: ["use the synthetic set even where the real one is at hand"],
  },
  quick: { help: ["a short version of every part"] },
  parts: { value: "A,B", help: [] },
  epochs: { value: "N", use: ["training"], help: ["epochs of the longest training"] },
  seed: {
    value: "N",
    use: ["images", "digits", "captions", "random"],
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

/** The name of a flag. */
export type FlagName = keyof typeof table;

/** Why a program does not take a flag. */
export const lacks: Record<Use | "training", string> = {
  images: "it uses neither images nor random numbers",
  digits: "it uses no images",
  captions: "it captions no images",
  random: "it draws no random numbers",
  dtype: "it trains no network",
  plots: "it draws no figures",
  training: "it has no training that could be resumed",
};

/** The entry of a flag, if there is one of that name. */
export function entryOf(name: string): FlagEntry | undefined {
  return Object.hasOwn(table, name) ? table[name as FlagName] : undefined;
}

/** Whether a program takes a flag. */
export function takes({ uses, parts }: Program, { use }: FlagEntry): boolean {
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
  const images =
    program.uses.some((use) => use === "images" || use === "digits" || use === "captions")
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
  return goals.map(({ what, measure = "On CIFAR-10, validation accuracy", goal, reached }) =>
    `\n${measure} of ${what}: goal ${goal}` +
    (reached === null ? "." : `, reached ${reached}.`)
  ).join("");
}

function durationText(duration: Program["duration"]): string {
  return typeof duration === "string"
    ? `Takes about ${duration}.`
    : `Takes about ${duration.full}, on two cores with synthetic images; ${duration.quick} with --quick.`;
}

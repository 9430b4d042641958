/**
 * Feeds parsers, decoders, checkpoints, options, flags and kernels input that nobody means, and
 * looks whether each is read or refused as documented: with the documented error, in bounded time,
 * without a write outside of arrays, and without the end of the process. Exits with 1 otherwise.
 *
 * ```
 * deno task fuzz [--minutes N] [--hours N] [--inputs N] [--seed N] [--target NAME] [--input N]
 * ```
 *
 * Every input follows from its target, the seed and its number, so a fault can be had again.
 *
 * @module
 */
import { TextLineStream } from "./_lines.ts";
import { parseArgs } from "node:util";
import { callTargets } from "./_calls.ts";
import { files } from "./_files.ts";
import { runInputs, type Told } from "./_inputs.ts";
import { kernelTargets } from "./_kernels.ts";
import { states } from "./_states.ts";

const help = `Feed everything that takes input what nobody means, and look what comes of it.

  --minutes N    how long in all, by default 5
  --hours N      the same in hours
  --inputs N     at most so many inputs for each target
  --seed N       of the inputs, by default 1
  --target NAME  only this one
  --input N      only this input of it, to see a fault again
  --help         show this text

Targets: `;

const targets = { ...files, ...states, ...callTargets, ...kernelTargets };

/** Seconds without a word after which a process is ended. */
const silence = 60;

interface Result {
  readonly name: string;
  inputs: number;
  seconds: number;
  /** The first input that showed it, by what was seen. */
  readonly faults: Map<string, number>;
}

/** Runs a target in processes of its own until time is up: an input may end them. */
async function hunt(name: string, seed: number, seconds: number, count: number): Promise<Result> {
  const result: Result = { name, inputs: 0, seconds: 0, faults: new Map() };
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  for (let from = 0; from < count && elapsed() < seconds;) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--allow-all", "--no-check", "--quiet", import.meta.filename!],
        ...["--child", "--target", name, "--seed", String(seed), "--from", String(from)],
        ...["--inputs", String(count - from), "--seconds", String(seconds - elapsed())],
      ],
      stdout: "piped",
      stderr: "null",
      env: { NO_COLOR: "1" },
    }).spawn();
    let last = from - 1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let silent = false;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        child.kill("SIGKILL");
      }, 1000 * silence);
    };
    wait();
    for await (const line of child.stdout.pipeThrough(new TextLineStream())) {
      wait();
      // What an input printed is of no interest.
      if (!line.startsWith('{"input":')) continue;
      const told: Told = JSON.parse(line);
      last = told.input;
      if (told.fault) note(result, told.fault, told.input);
    }
    clearTimeout(timer);
    const { success, code, signal } = await child.status;
    result.inputs += last + 1 - from;
    if (success) break;
    note(
      result,
      silent ? `nothing came back for ${silence} s` : `the process ended with ${signal ?? code}`,
      Math.max(last, from),
    );
    from = Math.max(last, from) + 1;
  }
  result.seconds = elapsed();
  return result;
}

/** Keeps the first input of each kind of fault: those that differ in numbers alone are one kind. */
function note({ faults }: Result, fault: string, input: number): void {
  const known = [...faults.keys()].map((text) => text.replace(/\d+/g, "0"));
  if (!known.includes(fault.replace(/\d+/g, "0"))) faults.set(fault, input);
}

function print(results: readonly Result[], seed: number): void {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`${"target".padEnd(width)}  ${"inputs".padStart(9)}  faults  seconds`);
  let total = 0;
  for (const { name, inputs, faults, seconds } of results) {
    total += inputs;
    const cells = [
      String(inputs).padStart(9),
      String(faults.size).padStart(6),
      seconds.toFixed(1).padStart(7),
    ];
    console.log([name.padEnd(width), ...cells].join("  "));
  }
  const faults = results.flatMap(({ name, faults }) =>
    [...faults].map((fault) => [name, ...fault] as const)
  );
  console.log(`${total} inputs, ${faults.length} kinds of faults`);
  for (const [name, fault, input] of faults) {
    console.log(
      `\n${name}: ${fault}\n  deno task fuzz --target "${name}" --seed ${seed} --input ${input}`,
    );
  }
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      ...{ minutes: text, hours: text, inputs: text, seed: text, target: text, input: text },
      ...{ child: { type: "boolean" }, from: text, seconds: text, help: { type: "boolean" } },
    },
  });
  if (values.help) {
    console.log(help + Object.keys(targets).join(", "));
    return 0;
  }
  const number = (
    name: "minutes" | "hours" | "inputs" | "seed" | "input" | "from" | "seconds",
    usual: number,
  ) => {
    const value = Number(values[name] ?? usual);
    if (value >= 0) return value;
    throw new RangeError(`fuzz: --${name} must be a number from 0 up, got ${values[name]}`);
  };
  const names = values.target === undefined ? Object.keys(targets) : [values.target];
  if (!names.every((name) => Object.hasOwn(targets, name))) {
    throw new RangeError(
      `fuzz: there is no target ${values.target}; there are ${Object.keys(targets).join(", ")}`,
    );
  }
  const seed = number("seed", 1);
  if (values.child || values.input !== undefined) {
    const from = values.child ? number("from", 0) : number("input", 0);
    const count = values.child ? number("inputs", Infinity) : 1;
    const range = { seed, from, count, seconds: number("seconds", 3600) };
    let faults = 0;
    await runInputs(names[0], targets[names[0]], range, (told) => {
      if (told.fault) faults++;
      Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(told) + "\n"));
    });
    return values.child || faults === 0 ? 0 : 1;
  }
  const seconds = values.hours === undefined
    ? 60 * number("minutes", 5)
    : 3600 * number("hours", 1);
  const results: Result[] = [];
  for (const name of names) {
    results.push(await hunt(name, seed, seconds / names.length, number("inputs", 1e12)));
  }
  print(results, seed);
  return results.some(({ faults }) => faults.size > 0) ? 1 : 0;
}

Deno.exit(await main());

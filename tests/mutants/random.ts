/**
 * Faults that nobody chose: one token of some line of some room.
 *
 * @module
 */
import { RandomState } from "../../random/mod.ts";
import type { Mutant } from "./mutant.ts";

/** Rooms, and the tests that must notice what is wrong in them. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  ndarray: ["tests/ndarray"],
  random: ["tests/random"],
  io: ["tests/io"],
  internal: ["tests/internal", "tests/ndarray", "tests/solver/arguments_test.ts"],
  layers: ["tests/layers", "tests/gradients"],
  "kernels/reference": ["tests/kernels", "tests/gradients"],
  optim: ["tests/optim"],
  models: ["tests/models"],
  autograd: ["tests/autograd", "tests/gradients"],
  nn: ["tests/nn"],
  solver: ["tests/solver"],
  selection: ["tests/selection"],
  metrics: ["tests/metrics"],
  data: ["tests/data"],
  plot: ["tests/plot"],
};

/** What a token becomes. Formatting puts spaces around operators, but not around type arguments. */
const swaps: Readonly<Record<string, readonly string[]>> = {
  " + ": [" - "],
  " - ": [" + "],
  " * ": [" / "],
  " / ": [" * "],
  " % ": [" * "],
  " < ": [" <= ", " > "],
  " <= ": [" < "],
  " > ": [" >= ", " < "],
  " >= ": [" > "],
  " === ": [" !== "],
  " !== ": [" === "],
  " && ": [" || "],
  " || ": [" && "],
  "true": ["false"],
  "false": ["true"],
  " ? ": [" && false ? ", " || true ? "],
  "Math.min": ["Math.max"],
  "Math.max": ["Math.min"],
  "Math.floor": ["Math.ceil"],
  "Math.ceil": ["Math.floor"],
};
const tokens =
  / (?:[+\-*/%<>?]|<=|>=|[!=]==|&&|\|\|) |\b(?:true|false|\d+)\b|\bMath\.(?:min|max|floor|ceil)\b/g;

/** Texts and comments: what stands in them is no program. */
const silent = /\/\*[^]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g;

/** A place that can be broken. */
interface Place {
  readonly file: string;
  readonly at: number;
  readonly token: string;
  readonly tests: readonly string[];
}

/**
 * Draws faults, each place of all rooms as likely as any other.
 *
 * @param root The project
 * @param count How many
 * @param seed Of the draw
 * @returns The faults
 */
export async function randomMutants(root: URL, count: number, seed: number): Promise<Mutant[]> {
  const sources = new Map<string, string>();
  const places: Place[] = [];
  for (const [room, folders] of Object.entries(rooms)) {
    const tests = (await Promise.all(folders.map((folder) => testsIn(root, folder)))).flat().sort();
    for (const file of await filesOf(root, room)) {
      const source = await Deno.readTextFile(new URL(file, root));
      sources.set(file, source);
      const code = source.replace(silent, (text) => text.replace(/[^\n]/g, "\0"));
      for (const { index, 0: token } of code.matchAll(tokens)) {
        places.push({ file, at: index, token, tests });
      }
    }
  }
  places.sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : a.at - b.at);
  const rng = new RandomState(seed);
  const drawn = rng.choice(places.length, Math.min(count, places.length), { replace: false });
  return Array.from(drawn.data, (i) => {
    const place = places[i];
    const others = swaps[place.token] ?? [String(Number(place.token) + 1)];
    const other = others[Math.floor(rng.rand() as number * others.length)];
    return mutant(place, sources.get(place.file)!, other);
  });
}

/** The fault, with as much of the text around it as makes it the only one of its kind. */
function mutant({ file, at, token, tests }: Place, source: string, other: string): Mutant {
  let [from, to] = [at, at + token.length];
  while (source.split(source.slice(from, to)).length > 2) {
    from = Math.max(0, from - 8);
    to = Math.min(source.length, to + 8);
  }
  const replace = source.slice(from, at) + other + source.slice(at + token.length, to);
  const line = source.slice(0, at).split("\n").length;
  const fault = `line ${line}, "${token.trim()}" becomes "${other.trim()}"`;
  const nearest = tests.filter((test) => isNear(file, test));
  return { file, fault, find: source.slice(from, to), replace, tests, nearest };
}

/** Whether the paths of a source and a test share a word: `convolution.ts`, `conv_fast_test.ts`. */
function isNear(file: string, test: string): boolean {
  const others = wordsOf(test).slice(2, -1);
  return wordsOf(file).slice(1).some((word) =>
    others.some((other) => word.startsWith(other) || other.startsWith(word))
  );
}

function wordsOf(path: string): string[] {
  return path.replace(".ts", "").split(/[/_]/).filter(Boolean);
}

async function testsIn(root: URL, path: string): Promise<string[]> {
  if (path.endsWith(".ts")) return [path];
  return (await filesOf(root, path)).filter((file) => file.endsWith("_test.ts"));
}

async function filesOf(root: URL, folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}/${name}`;
    if (isDirectory && !["fixtures", "assembly"].includes(name)) {
      files.push(...await filesOf(root, path));
    } else if (name.endsWith(".ts") && name !== "mod.ts" && !name.endsWith("_wasm.ts")) {
      files.push(path);
    }
  }
  return files;
}

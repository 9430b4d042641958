/** The flags of programs, read as the programs read them. */
import assert from "node:assert/strict";
import { helpText } from "../../scripts/_flag_table.ts";
import { parseFlags, UsageError } from "../../scripts/_flags.ts";
import type { Program } from "../../scripts/_part.ts";
import { codeOf, importsOf } from "../_imports.ts";

const run = () => ({ results: {}, summary: [] });
const nets: Program = {
  file: "nets.ts",
  title: "Nets",
  description: "Trains nets.",
  duration: { full: "2 minutes", quick: "5 seconds" },
  uses: ["images", "dtype", "plots"],
  parts: [
    { name: "check", title: "Checks", run },
    { name: "train", title: "The longest training", resumable: true, run },
  ],
};
const tutorial: Program = { ...nets, file: "tutorial.ts", uses: [], parts: nets.parts.slice(0, 1) };

function fails(program: Program, args: readonly string[], message: string): void {
  assert.throws(() => parseFlags(program, args), (error) => {
    assert.ok(error instanceof UsageError);
    assert.equal(error.message, message);
    return true;
  });
}

Deno.test("flags have defaults", () => {
  const { parts, ...flags } = parseFlags(nets, []);
  assert.deepEqual(parts, nets.parts);
  assert.deepEqual(flags, {
    data: undefined,
    synthetic: false,
    quick: false,
    epochs: undefined,
    seed: 231,
    backend: "auto",
    relaxed: false,
    dtype: "float32",
    checkpoint: undefined,
    resume: undefined,
    json: undefined,
    plots: undefined,
  });
});

Deno.test("a value may follow its flag or an equals sign", () => {
  assert.equal(parseFlags(nets, ["--seed", "7"]).seed, 7);
  assert.equal(parseFlags(nets, ["--seed=7"]).seed, 7);
  assert.equal(parseFlags(nets, ["--data=-x"]).data, "-x");
});

Deno.test("a number below zero is refused as such, however it is written", () => {
  const message = '--seed must be a whole number from 0 to 4294967295, got "-1"';
  fails(nets, ["--seed", "-1"], message);
  fails(nets, ["--seed=-1"], message);
  fails(nets, ["--epochs", "-5"], '--epochs must be a whole number from 1 to 1000000, got "-5"');
});

Deno.test("what is no flag, or a flag without its value, is named", () => {
  fails(nets, ["--quik"], "unknown flag --quik; did you mean --quick?");
  fails(nets, ["-q"], "unknown flag -q");
  fails(nets, [`--${"q".repeat(5000)}`], `unknown flag --${"q".repeat(55)}...`);
  fails(
    nets,
    ["--seed", "9".repeat(5000)],
    `--seed must be a whole number from 0 to 4294967295, got "${"9".repeat(57)}..."`,
  );
  fails(nets, ["--json", "a\0b"], "--json must not contain a NUL character");
  fails(nets, ["--seed", "1\0"], "--seed must not contain a NUL character");
  fails(
    nets,
    ["--json", "a".repeat(256)],
    `--json must have names of at most 255 bytes and 4095 in all, got 256 bytes: "${
      "a".repeat(40)
    }..."`,
  );
  fails(
    nets,
    ["--data", "a/".repeat(3000)],
    `--data must have names of at most 255 bytes and 4095 in all, got 6000 bytes: "${
      "a/".repeat(20)
    }..."`,
  );
  fails(nets, ["--toString"], "unknown flag --toString");
  fails(nets, ["quick"], '"quick" is no flag; flags begin with --');
  fails(nets, ["--quick=yes"], '--quick takes no value, got "yes"');
  fails(nets, ["--data", "--quick"], "--data needs a value: --data DIR");
  fails(nets, ["--json"], "--json needs a value: --json FILE");
  fails(nets, ["--json="], "--json needs a value: --json FILE");
  fails(nets, ["--seed", "1", "--seed", "2"], "--seed is given twice");
  fails(nets, ["--dtype", "f32"], '--dtype must be one of float32, float64, got "f32"');
  fails(nets, ["--parts", "train,"], '--parts must be one of check, train, got ""');
  fails(nets, ["--data", "a", "--synthetic"], "--data and --synthetic exclude each other");
});

Deno.test("a flag that the program does not use is refused, and not listed", () => {
  const refused = {
    data: "it uses neither images nor random numbers",
    seed: "it uses neither images nor random numbers",
    dtype: "it trains no network",
    plots: "it draws no figures",
    resume: "it has no training that could be resumed",
    epochs: "it has no training that could be resumed",
  };
  for (const [name, why] of Object.entries(refused)) {
    fails(tutorial, [`--${name}`, "1"], `tutorial.ts does not take --${name}: ${why}`);
    assert.ok(!helpText(tutorial).includes(`--${name}`));
    assert.ok(helpText(nets).includes(`--${name}`));
  }
  fails(tutorial, ["--sed", "1"], "unknown flag --sed");
});

Deno.test("flags of the longest training are refused when --parts leaves it out", () => {
  for (const name of ["epochs", "checkpoint", "resume"]) {
    fails(
      nets,
      ["--parts", "check", `--${name}`, "1"],
      `--${name} concerns only the part "train", which --parts leaves out`,
    );
  }
  assert.equal(parseFlags(nets, ["--parts", "train", "--epochs", "3"]).epochs, 3);
});

Deno.test("--resume runs only the part that it belongs to, unless parts are named", () => {
  const names = (args: string[]) => parseFlags(nets, args).parts.map(({ name }) => name);
  assert.deepEqual(names(["--resume", "a"]), ["train"]);
  assert.deepEqual(names(["--resume", "a", "--parts", "train,check"]), ["check", "train"]);
});

Deno.test("--help states the durations", () => {
  assert.match(
    helpText(nets),
    /^Takes about 2 minutes, on two cores with synthetic images; 5 seconds with --quick\.$/m,
  );
});

/** What shows in the text of a program that it uses something. */
const signs = {
  images: /\bdata\(\)|\bpixels\(\)|\bpixels\b.*: Context/,
  digits: /\bdigits\(\)/,
  captions: /\bcaptions\(\)/,
  random: /flags\.seed/,
  dtype: /flags\.dtype/,
  plots: /\b(savePlot|saveComparison)\(/,
};

/** The program, and the files that only programs of its kind share. */
function ownFiles(path: string): string[] {
  const own = importsOf(path).map(({ to }) => to)
    .filter((to) => /^scripts\/(\w+\/|_linear)/.test(to));
  return [path, ...own, ...own.flatMap((file) => ownFiles(file))];
}

for (const { name } of Deno.readDirSync(new URL("../../scripts/", import.meta.url))) {
  if (!/^[a-z]\w*\.ts$/.test(name) || !codeOf(`scripts/${name}`).includes("runProgram(")) continue;
  Deno.test(`${name} takes the flags that it uses, and no others`, () => {
    const text = ownFiles(`scripts/${name}`).map(codeOf).join("\n");
    const declared = text.match(/^ {2}uses: \[(.*)\],$/m)![1].match(/\w+/g) ?? [];
    const used = Object.entries(signs).filter(([, sign]) => sign.test(text)).map(([use]) => use)
      .filter((use, _, all) =>
        use !== "random" || !["images", "digits", "captions"].some((one) => all.includes(one))
      );
    assert.deepEqual(declared, used);
    assert.equal(/flags\.epochs/.test(text), /resumable: true/.test(text));
    assert.equal(
      /\b(train|captioner)Resumable\(|\bTrainer\.resume\(/.test(text),
      /resumable: true/.test(text),
    );
  });
}

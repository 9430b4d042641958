/** The example programs: on the public package alone, without permissions, in seconds. */
import assert from "node:assert/strict";
import { codeOf } from "../_imports.ts";

const root = new URL("../../", import.meta.url);

/** What each prints in the end. */
const endings: Record<string, RegExp> = {
  first_net:
    /^Right on (2[5-9]|[34]\d)\.\d % of the test images; guessing gives 10 %\nPredicted \[.*\] true \[.*\]$/m,
  own_layer: /^dx +\d\.\de-(09|1\d)\ndbeta +\d\.\de-(09|1\d)$/m,
  own_model: /^Best validation accuracy 0\.(2[5-9]|[34]\d)\d; guessing gives 0\.1$/m,
  own_update_rule: /^lion .* best validation 0\.[345]\d*\nsgd .*\nadam .*$/m,
  three_ways:
    /^pairs {3}(\d\.\d{6})\ntensors \1 \de(\+0|-1\d)\nmodules \1 \de(\+0|-1\d)\nAfter 200 steps (9\d|100) % are right$/,
  own_data:
    /^By straight lines: [45]\d\.\d % of the validation points\nBy a net: (9[5-9]|100)\.\d %$/m,
};

const files = Array.from(Deno.readDirSync(new URL("examples/", root)), ({ name }) => name).sort();

Deno.test("every example has a test, and a line in README.md", () => {
  assert.deepEqual(files, Object.keys(endings).map((name) => `${name}.ts`).sort());
  const readme = Deno.readTextFileSync(new URL("README.md", root));
  for (const file of files) assert.ok(readme.includes(`\`examples/${file}\``), file);
});

for (const file of files) {
  Deno.test(`examples/${file} imports the public package alone`, () => {
    const specifiers = Array.from(
      codeOf(`examples/${file}`).matchAll(/from "(.*)"/g),
      ([, s]) => s,
    );
    assert.deepEqual(specifiers, ["@nndl/nndl"]);
  });

  Deno.test(`examples/${file} runs without permissions`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", `examples/${file}`],
      cwd: root,
      signal: AbortSignal.timeout(60_000),
    }).output();
    const decoder = new TextDecoder();
    assert.equal(code, 0, decoder.decode(stderr));
    assert.match(decoder.decode(stdout).trim(), endings[file.slice(0, -3)]);
  });
}

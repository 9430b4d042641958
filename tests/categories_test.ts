/** Every public name stands under its heading in the documentation. */
import assert from "node:assert/strict";

/** The heading of each room. */
const headings: Record<string, string> = {
  autograd: "Autograd",
  cache: "Data",
  data: "Data",
  distributed: "Several processes",
  gradient_check: "Gradient checks",
  // What rooms show of it are rows of data.
  internal: "Data",
  io: "Files",
  kernels: "Kernels",
  layers: "Layers",
  metrics: "Metrics",
  models: "Models",
  native_plugin: "Kernels",
  ndarray: "Arrays",
  nn: "Modules",
  optim: "Optimization",
  plot: "Plots",
  random: "Random numbers",
  selection: "Search",
  solver: "Training",
};

interface Declaration {
  readonly kind: string;
  readonly location: { filename: string };
  readonly jsDoc?: { tags?: { kind: string; doc?: string }[] };
}

interface Documentation {
  readonly nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
}

async function documentationOf(entries: string[]): Promise<Documentation> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
    cwd: new URL("../", import.meta.url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("every public name has the @category of its room, and so has every name of the root", async () => {
  const root = new URL("../", import.meta.url);
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const namespaces: Record<string, string> = { autograd: "Autograd", nn: "Modules" };
  let names = 0;
  // Of several entries together, the names that the root repeats are told as references.
  for (const entries of [["mod.ts"], Object.values<string>(exports)]) {
    for (const { symbols } of Object.values((await documentationOf(entries)).nodes)) {
      for (const { name, declarations } of symbols) {
        const told = declarations.filter(({ kind, jsDoc }) => kind !== "reference" && jsDoc);
        for (const { jsDoc, location } of told) {
          const [room] = location.filename.slice(root.href.length).split("/");
          const category = jsDoc?.tags?.find(({ kind }) => kind === "category")?.doc;
          assert.ok(category, `${name} in ${location.filename}`);
          assert.equal(
            category?.trim(),
            headings[room] ?? namespaces[name],
            `${name} in ${location.filename}`,
          );
          names++;
        }
        const isReference = declarations.every(({ kind }) => kind === "reference");
        assert.ok(isReference || told.length > 0, `${name} has no documentation`);
      }
    }
  }
  assert.ok(names > 1000);
});

/** Cells in a real kernel, where Python has `jupyter_client`. */
import assert from "node:assert/strict";

const python = Deno.env.get("NNDL_PYTHON") ?? "python3";
const root = new URL("../../", import.meta.url);

/** What a cell showed. */
interface Result {
  readonly shown: Record<string, string>;
  readonly text: string;
  readonly error: string | null;
}

type Cell = string | { code: string; interrupt: number };

async function runPython(args: string[], stdin = ""): Promise<Deno.CommandOutput> {
  const child = new Deno.Command(python, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  return await child.output();
}

async function runCells(cells: Cell[]): Promise<Result[]> {
  const script = new URL("_kernel.py", import.meta.url).pathname;
  const list = cells.map((cell) => typeof cell === "string" ? { code: cell } : cell);
  const first = { code: `const nndl = await import("${new URL("mod.ts", root)}");` };
  const { code, stdout, stderr } = await runPython(
    [script, Deno.execPath(), root.pathname],
    JSON.stringify([first, ...list]),
  );
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.slice(1).map((line) => JSON.parse(line));
}

const missing = await runPython(["-c", "import jupyter_client"]).then(
  ({ code }) => code === 0 ? "" : ` (skipped: ${python} has no jupyter_client)`,
  () => ` (skipped: there is no ${python})`,
);
const ignore = missing !== "";

Deno.test({
  name: `a notebook shows charts, image grids, arrays and summaries${missing}`,
  ignore,
  async fn() {
    const [array, chart, grid, summary] = await runCells([
      "nndl.array([[1, 2.5], [3, 4]])",
      `nndl.linePlot({ title: "Loss", series: [{ y: [3, 2, 1] }] })`,
      "nndl.imageGrid(nndl.zeros([2, 3, 8, 8]))",
      "new nndl.TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3 }).summary()",
    ]);
    assert.deepEqual(array.shown, { "text/plain": "[[1.  2.5]\n [3.  4. ]]" });
    assert.match(chart.shown["image/svg+xml"], /^<svg .*Loss/s);
    assert.equal(chart.shown["text/plain"], "Loss");
    assert.match(grid.shown["image/svg+xml"], /^<svg .*data:image\/png/s);
    assert.match(summary.shown["text/plain"], /^layer.*affine1/s);
  },
});

// The kernel takes half a minute to notice an interrupt, and in one run of three a minute passes
// without: what this shows is worth having, but no reason to hold a change up.
const asked = Deno.env.get("NNDL_TEST_INTERRUPTS") === "1"
  ? ""
  : " (left out: set NNDL_TEST_INTERRUPTS=1)";

Deno.test({
  name: `an interrupted cell leaves a Solver usable${missing || asked}`,
  ignore: ignore || asked !== "",
  async fn() {
    const [interrupted, after, trained, outside] = await runCells([
      {
        code: `
          const rng = new nndl.RandomState(1);
          const net = new nndl.FullyConnectedNet([100, 100], { rng });
          const data = nndl.syntheticCifar10({ numTraining: 1000, numValidation: 100 });
          const options = { numEpochs: 1e6, verbose: false, rng };
          const solver = new nndl.Solver(net, data, options);
          await solver.train();`,
        interrupt: 3,
      },
      "solver.lossHistory.length",
      `const stop = AbortSignal.timeout(1500);
       const before = solver.lossHistory.length;
       await solver.train({ signal: stop });
       console.log(solver.stopped, solver.lossHistory.length > before);`,
      `const a = nndl.ones([1000]);
       await solver.train({ signal: AbortSignal.timeout(300) });
       a.sum()`,
    ]);
    assert.equal(interrupted.text, "");
    assert.ok(after.error === null, after.error ?? "");
    assert.deepEqual([trained.text, trained.error], ["aborted true\n", null]);
    assert.match(outside.shown["text/plain"], /1000/);
  },
});

Deno.test({
  name: `a cell interrupted under noGrad() leaves recording on in the next${missing || asked}`,
  ignore: ignore || asked !== "",
  async fn() {
    const [, recorded] = await runCells([
      { code: "nndl.autograd.noGrad(() => { for (;;); })", interrupt: 2 },
      "new nndl.autograd.Tensor(nndl.ones([2])).multiply(3).requiresGrad",
    ]);
    assert.deepEqual([recorded.error, recorded.shown["text/plain"]], [null, "true"]);
  },
});

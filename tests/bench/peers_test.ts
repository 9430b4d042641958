import assert from "node:assert/strict";
import type { Figures, Report } from "../../bench/peers/results.ts";
import { trainedModel } from "../../bench/peers/nndl_models.ts";
import { summarize } from "../../bench/peers/results.ts";
import { sweepTable, type ThreadRun } from "../../bench/peers/thread_sweep.ts";
import { CannotDo, PeerGone, PeerProcess } from "../../bench/peers/peer_process.ts";

const program = new URL("../../bench/peers.ts", import.meta.url).pathname;

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", program, ...args],
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A peer that answers every line with what the script makes of it. */
function scriptedPeer(script: string): PeerProcess {
  return new PeerProcess([Deno.execPath(), "eval", script]);
}

Deno.test("bench/peers.ts --help lists flags, works and peers", async () => {
  const { code, stdout } = await bench("--help");
  assert.equal(code, 0);
  for (const word of ["--quick", "--only", "--peers", "--repeats", "--json", "gemm1024", "torch"]) {
    assert.ok(stdout.includes(word), word);
  }
});

Deno.test("bench/peers.ts names the known works after an unknown one", async () => {
  const { code, stderr } = await bench("--only", "gemm46");
  assert.equal(code, 2);
  assert.match(stderr, /--only takes gemm64, .*twolayer.*, got "gemm46"; did you mean gemm64\?/);
});

Deno.test("bench/peers.ts names the known peers after an unknown one", async () => {
  const { code, stderr } = await bench("--peers", "matlab");
  assert.equal(code, 2);
  assert.match(stderr, /--peers takes nndl-native, .*numpy, torch, .*nndl, tfjs, got "matlab"/);
});

Deno.test("bench/peers.ts refuses no repeats at all", async () => {
  const { code, stderr } = await bench("--repeats", "0");
  assert.equal(code, 2);
  assert.match(stderr, /--repeats must be a whole number of at least 1, got "0"/);
});

Deno.test("bench/peers.ts times a product and a step and writes figures as JSON", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/results.json`;
    const args = ["--quick", "--only", "gemm64,twolayer,overhead", "--peers", "nndl"];
    const { code, stdout, stderr } = await bench(...args, "--json", file);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\| gemm 64³ /);

    const report: Report = JSON.parse(await Deno.readTextFile(file));
    assert.equal(report.format, "nndl-bench-peers-1");
    assert.equal(report.quick, true);
    assert.ok(!Number.isNaN(Date.parse(report.date)));
    assert.ok(report.machine.cores >= 1 && report.machine.cpu.length > 0);
    const names = report.works.map(({ name }) => name);
    assert.deepEqual(names, ["gemm64", "twolayer", "overhead"]);
    for (const { results } of report.works.slice(0, 2)) checkFigures(results["nndl-reference"]);
    checkFigures(report.works[2].results["nndl-empty"]);
    assert.equal(report.works[0].flops, 2 * 64 ** 3);
    const [target] = report.works[1].targets;
    assert.deepEqual(target, {
      target: "nndl native ≤ 0.35 × NumPy",
      limit: 0.35,
      value: null,
      met: null,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bench/peers.ts holds a step by modules against the one by hand", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/results.json`;
    const args = ["--quick", "--repeats", "1", "--only", "fc,fc-modules", "--peers", "nndl-wasm"];
    const { code, stdout, stderr } = await bench(...args, "--json", file);
    assert.equal(code, 0, stderr);
    const { works: [byHand, modules] }: Report = JSON.parse(await Deno.readTextFile(file));
    const [a, b] = [byHand, modules].map(({ results }) => results["nndl-wasm"] as Figures);
    const { target, value } = modules.targets[1];
    assert.equal(target, "nndl wasm ≤ 1.05 × nndl wasm at fc");
    assert.equal(value, b.median / a.median);
    assert.doesNotMatch(stdout, /Peak of products/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bench/peers.ts --threads ends with a table and draws a figure", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const figure = `${folder}/threads.svg`;
    const args = ["--quick", "--repeats", "1", "--only", "gemm64", "--peers", "nndl"];
    const { code, stdout, stderr } = await bench(...args, "--threads", "1,2", "--figure", figure);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /nndl wasm: .*, 1 thread,[^]*nndl wasm: .*, 2 threads,/);
    assert.match(stdout, /\| gemm 64³ \| nndl wasm .*\| +[\d.e+-]+ \| +[\d.e+-]+ \(\d+ %\) \|/);
    assert.match(await Deno.readTextFile(figure), /^<svg[^]*Time against threads/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bench/peers.ts refuses threads that do not rise, and peers that do not follow", async () => {
  const falling = await bench("--threads", "2,1");
  assert.match(falling.stderr, /--threads takes rising numbers from 1 to 1024, got "2,1"/);
  const deaf = await bench("--threads", "1", "--peers", "nndl-reference");
  assert.match(deaf.stderr, /--threads needs one of the peers nndl-native, /);
  const alone = await bench("--figure", "a.svg");
  assert.match(alone.stderr, /--figure draws times against threads; give --threads/);
  assert.deepEqual([falling.code, deaf.code, alone.code], [2, 2, 2]);
});

Deno.test("sweepTable() gives the part of ideal scaling", () => {
  const run = (threads: number, ms: number): ThreadRun => {
    const results = { a: summarize([ms]) };
    const work = { name: "w", title: "W", unit: "ms", results, targets: [] };
    const report = { works: [work], peers: [{ name: "a", title: "A", here: true }] };
    return { threads, report: report as unknown as Report };
  };
  const lines = sweepTable([run(1, 8), run(2, 5), run(4, 2)]);
  assert.match(lines[2], /W +\| A +\| +8.00 \| 5.00 \(80 %\) \| 2.00 \(100 %\)/);
});

Deno.test("networks of modules train, and to the same losses when made again", () => {
  const models = ["rnn-captioning", "lstm-captioning", "gan", "simclr", "vit"] as const;
  for (const model of models) {
    const spec = { kind: "model", model, batch: 4, keep: 1, checkRate: 0, rate: 1e-3 } as const;
    const [first, second] = [trainedModel(spec), trainedModel(spec)];
    const batch = first.batch();
    const [a, b] = [first, second].map(({ step }) => step(batch));
    const losses = [a(), a(), a()].map(Number);
    assert.deepEqual([b(), b(), b()], losses, model);
    assert.ok(losses.every(Number.isFinite), `${model}: ${losses}`);
    if (model !== "gan") assert.ok(losses[2] < losses[0], `${model}: ${losses}`);
  }
});

function checkFigures(result: unknown): void {
  const { median, min, p90, samples } = result as Figures;
  assert.ok(0 < min && min <= median && median <= p90, JSON.stringify(result));
  assert.ok(samples >= 1);
}

Deno.test("bench/peers.ts leaves out a Python that is not here, with the reason", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", program, "--quick", "--only", "gemm64", "--peers", "numpy"],
    env: { NNDL_PYTHON: "/nowhere/python" },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.match(new TextDecoder().decode(stdout), /NumPy: not here: .*nowhere/);
});

Deno.test("a peer that says it cannot goes on; one that crashes is gone, with its error", async () => {
  const peer = scriptedPeer(`
    const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
    let count = 0;
    for await (const _ of lines) {
      if (++count === 1) console.log('{"cannot":"no gradient"}');
      else if (count === 2) console.log('{"times":[1]}');
      else throw new RangeError("out of luck");
    }
  `);
  await assert.rejects(peer.request({}, 20_000), new CannotDo("no gradient"));
  assert.deepEqual(await peer.request({}, 20_000), { times: [1] });
  await assert.rejects(peer.request({}, 20_000), (error) => {
    assert.ok(error instanceof PeerGone);
    assert.match(error.message, /^ended: .*out of luck/);
    return true;
  });
  assert.ok(peer.isGone);
  await peer.stop();
});

Deno.test("a peer that takes too long is stopped", async () => {
  const peer = scriptedPeer("await new Promise((resolve) => setTimeout(resolve, 60_000));");
  await assert.rejects(peer.request({}, 300), new PeerGone("took longer than 0.3 s"));
  await peer.stop();
});

Deno.test("summarize() interpolates between samples", () => {
  assert.deepEqual(summarize([4, 1, 3, 2]), { median: 2.5, min: 1, p90: 3.7, samples: 4 });
});

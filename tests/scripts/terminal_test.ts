/** What programs do in a terminal, and at Ctrl-C. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

async function hasScript(): Promise<boolean> {
  const command = new Deno.Command("script", { args: ["--version"], stdout: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

Deno.test({
  name: "in a terminal a bar with the time left stands below the lines",
  ignore: Deno.build.os !== "linux" || !await hasScript(),
  fn: async () => {
    const program = "scripts/dropout.ts --quick --synthetic --parts regularisation";
    const { stdout } = await new Deno.Command("script", {
      args: [
        "-qec",
        `stty cols 80; ${Deno.execPath()} run --no-prompt --no-check ${program}`,
        "/dev/null",
      ],
      cwd: root,
      stdin: "null",
      signal: AbortSignal.timeout(120_000),
    }).output();
    const text = decoder.decode(stdout);
    assert.match(
      text,
      /█+░* epoch 6\/6, loss \d+\.\d+, train [\d.]+ %, val [\d.]+ %, \d+s left/,
    );
    assert.ok(text.includes("\r\x1b[K(Epoch 6 / 6) train acc"), text);
    assert.match(text, /== Summary/);
  },
});

/** Runs a program and sends it a signal when it prints `when`. */
async function interrupted(
  args: readonly string[],
  when: string,
  signal: Deno.Signal = "SIGINT",
) {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...args],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [sent, acknowledged] = [0, 0];
  const read = async (stream: ReadableStream<Uint8Array>, onText: (all: string) => void) => {
    let all = "";
    for await (const chunk of stream) onText(all += decoder.decode(chunk, { stream: true }));
    return all;
  };
  const [stdout, stderr, { code }] = await Promise.all([
    read(process.stdout, (all) => {
      if (sent > 0 || !all.includes(when)) return;
      sent = performance.now();
      process.kill(signal);
    }),
    read(process.stderr, (all) => {
      if (acknowledged === 0 && all.includes("stopping")) acknowledged = performance.now();
    }),
    process.status,
  ]);
  return { stdout, stderr, code, wait: acknowledged - sent };
}

const programs = [
  ["scripts/knn.ts", "folds", "Data ready"],
  ["scripts/svm.ts", "search", "trial 1 of"],
  ["scripts/features.ts", "features", "Data ready"],
  ["scripts/two_layer_net.ts", "train", "(Iteration 1 /"],
] as const;

for (const [file, part, when] of programs) {
  Deno.test({
    name: `${file} acknowledges Ctrl-C at once, and ends with its summary`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const args = [file, "--synthetic", "--parts", part];
      const { stdout, stderr, code, wait } = await interrupted(args, when);
      assert.equal(code, 130, stderr);
      assert.match(stderr, /^Ctrl-C: stopping after this step; a second time ends it at once$/m);
      assert.match(stdout, /== Summary[^]*Interrupted: the parts above are all that ran/);
      // Generous, for a machine that does other things: it takes about a tenth of that.
      assert.ok(wait < 5000, `${wait} ms`);
      console.log(`acknowledged after ${wait.toFixed(0)} ms`);
    },
  });
}

Deno.test({
  name: "SIGTERM ends a program as Ctrl-C does, with a status of its own",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const args = ["scripts/two_layer_net.ts", "--synthetic", "--parts", "train"];
    const { stdout, stderr, code } = await interrupted(args, "(Iteration 1 /", "SIGTERM");
    assert.equal(code, 143);
    assert.match(stderr, /^SIGTERM: stopping after this step; a second time ends it at once$/m);
    assert.match(stdout, /== Summary/);
  },
});

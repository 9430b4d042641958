import assert from "node:assert/strict";
import { interruptSignal } from "../../solver/mod.ts";

/** Runs a program, sends it Ctrl-C each time it prints a dot, and returns its last words. */
async function runWithCtrlC(
  program: string,
  signalName: Deno.Signal = "SIGINT",
  permissions: readonly string[] = [],
): Promise<{ text: string; signal: string | null }> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, program);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, file],
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const chunk of process.stdout) {
    const piece = new TextDecoder().decode(chunk);
    text += piece;
    if (piece.includes(".")) process.kill(signalName);
  }
  const { signal } = await process.status;
  await Deno.remove(file);
  return { text, signal };
}

const header = `
  import { interruptSignal, Solver } from ${
  JSON.stringify(import.meta.resolve("../../solver/mod.ts"))
};
  import { makeNet, data } from ${JSON.stringify(import.meta.resolve("./_runs.ts"))};
  import { RandomState } from ${JSON.stringify(import.meta.resolve("../../random/mod.ts"))};
  const write = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text));
`;

Deno.test({
  name: "Ctrl-C ends a run cleanly with the best parameters, without any permission",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { text, signal } = await runWithCtrlC(`${header}
      using interrupt = interruptSignal();
      const solver = new Solver(makeNet(new RandomState(0)), data, {
        numEpochs: 1e9,
        signal: interrupt.signal,
        progress: { step: ({ iteration }) => iteration === 3 && write(".") },
      });
      await solver.train();
      const accuracy = solver.checkAccuracy(data.XVal, data.yVal);
      write([solver.stopped, solver.bestValAcc > 0, accuracy === solver.bestValAcc].join());`);
    assert.deepEqual([text, signal], [".aborted,true,true", null]);
  },
});

Deno.test({
  name: "SIGTERM ends a run as Ctrl-C does, and the checkpoint is that of the last step",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const { text, signal } = await runWithCtrlC(
      `${header}
      import { readCheckpoint } from ${JSON.stringify(import.meta.resolve("../../solver/mod.ts"))};
      using interrupt = interruptSignal();
      const solver = new Solver(makeNet(new RandomState(0)), data, {
        numEpochs: 1e9,
        checkpointName: ${JSON.stringify(`${folder}/net`)},
        checkpointEvery: 1e9,
        signal: interrupt.signal,
        progress: { step: ({ iteration }) => iteration === 3 && write(".") },
      });
      await solver.train();
      const { iteration } = await readCheckpoint(${JSON.stringify(`${folder}/net.safetensors`)});
      write([solver.stopped, interrupt.signal.reason.message, iteration === solver.iteration].join());`,
      "SIGTERM",
      [`--allow-read=${folder}`, `--allow-write=${folder}`],
    );
    await Deno.remove(folder, { recursive: true });
    assert.deepEqual([text, signal], [".aborted,interrupted by SIGTERM,true", null]);
  },
});

Deno.test({
  name: "the second Ctrl-C kills the process as usual",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { text, signal } = await runWithCtrlC(`${header}
      const { signal } = interruptSignal();
      signal.addEventListener("abort", () => write("one."));
      write(".");
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      write("never");`);
    assert.deepEqual([text, signal], [".one.", "SIGINT"]);
  },
});

Deno.test("an interrupt that is disposed of, even twice, leaves nothing behind", () => {
  const interrupt = interruptSignal();
  interrupt[Symbol.dispose]();
  interrupt[Symbol.dispose]();
  assert.equal(interrupt.signal.aborted, false);
});

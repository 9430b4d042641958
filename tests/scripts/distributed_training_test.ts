/** The program of several processes, run as README.md says. */
import assert from "node:assert/strict";
import { needsMpi, runJob } from "../distributed/_mpi.ts";

const PROGRAM = "../../scripts/distributed_training.ts";
const quick = ["--images", "200", "--epochs", "2", "--batch-size", "20"];
const flags = ["--allow-ffi", "--allow-read", "--allow-env"];

Deno.test({
  ...needsMpi("distributed_training.ts trains on two ranks, and alone"),
  async fn() {
    for (const alone of [false, true]) {
      const { code, stdout, stderr } = await runJob(PROGRAM, quick, { alone, flags });
      assert.equal(code, 0, stderr);
      assert.match(stdout, alone ? /on 1 rank/ : /on 2 rank/);
      assert.match(stdout, /finished after 20 steps/);
      assert.equal(stdout.match(/^weights [0-9a-f]{64}$/gm)?.length, 1);
    }
  },
});

Deno.test({
  ...needsMpi("distributed_training.ts ends clearly on wrong flags and impossible batches"),
  async fn() {
    for (
      const [args, expected] of [
        [["--epochs", "x"], /--epochs must be a whole number from 1 to 1000000, got "x"/],
        [["--resume"], /--resume needs --checkpoint FILE/],
        [["--nonsense"], /nonsense/],
        [["--batch-size", "1"], /a batch of 1 rows leaves none for rank 1 of 2/],
      ] as const
    ) {
      const { code, stderr } = await runJob(PROGRAM, args, { flags });
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\bat .*:\d+:\d+/);
    }
  },
});

Deno.test("distributed_training.ts prints its flags", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "scripts/distributed_training.ts", "--help"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /--checkpoint FILE/);
});

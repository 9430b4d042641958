/** Training by several processes is that of one process, the same on all ranks. */
import assert from "node:assert/strict";
import { needsMpi, results, runJob } from "./_mpi.ts";
import type { Job } from "./_training.ts";

const PROGRAM = "_training.ts";

interface Trained {
  readonly rank: number;
  readonly losses: number[];
  readonly valAcc: number[];
  readonly stopped: string;
  readonly digest: string;
  /** The next number of the generator. */
  readonly draw: number;
}

const train = (job: Job, ranks: number) =>
  results<Trained>(PROGRAM, [JSON.stringify(job)], { ranks });

async function alone(job: Job): Promise<Trained> {
  const args = [JSON.stringify({ ...job, plain: true })];
  return (await results<Trained>(PROGRAM, args, { alone: true }))[0];
}

/** Asserts that all ranks have one history, and returns it. */
function oneOf(all: Trained[], ranks: number): Trained {
  assert.equal(all.length, ranks);
  for (const trained of all) assert.deepEqual({ ...trained, rank: 0 }, all[0]);
  return all[0];
}

function assertClose(a: number[], b: number[], tolerance: number): void {
  assert.equal(a.length, b.length);
  const worst = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
  assert.ok(worst <= tolerance, `losses differ by ${worst}`);
}

const jobs: Record<string, Job> = {
  plain: {},
  dropout: { dropout: true },
  augmentation: { augment: true, dropout: true },
};

for (const [name, job] of Object.entries(jobs)) {
  Deno.test({
    ...needsMpi(`losses of 102 steps on 2 and 4 ranks are those of one process: ${name}`),
    async fn() {
      const { losses, draw } = await alone(job);
      assert.equal(losses.length, 102);
      for (const ranks of [2, 4]) {
        const trained = oneOf(await train(job, ranks), ranks);
        assertClose(trained.losses, losses, 1e-12);
        assert.equal(trained.draw, draw);
      }
    },
  });
}

Deno.test({
  ...needsMpi("ranks may compute unequal parts"),
  async fn() {
    const { losses } = await alone(jobs.dropout);
    const trained = oneOf(await train({ ...jobs.dropout, shares: [4, 1] }, 2), 2);
    assertClose(trained.losses, losses, 1e-12);
  },
});

Deno.test({
  ...needsMpi("float32 is the same on all ranks, and near one process at first"),
  async fn() {
    const job: Job = { dtype: "float32", epochs: 7 };
    const trained = oneOf(await train(job, 2), 2);
    assertClose(trained.losses.slice(0, 40), (await alone(job)).losses.slice(0, 40), 1e-6);
  },
});

Deno.test({
  ...needsMpi("batch norm's running statistics are the same on all ranks, and the net learns"),
  async fn() {
    const { losses } = oneOf(await train({ batchNorm: true }, 2), 2);
    const mean = (some: number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
    const [before, after] = [mean(losses.slice(0, 12)), mean(losses.slice(-12))];
    assert.ok(after < 0.75 * before, `${before} to ${after}`);
  },
});

Deno.test({
  ...needsMpi("an abort on one rank stops all of them after the same step"),
  async fn() {
    const odd = { rank: 1, what: "signal" } as const;
    const trained = oneOf(await train({ odd, epochs: 100_000 }, 2), 2);
    assert.equal(trained.stopped, "aborted");
  },
});

Deno.test({
  ...needsMpi(
    "all ranks go on from the checkpoint of rank 0, to the history of an undisturbed run",
  ),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const job: Job = { dropout: true, batchNorm: true, epochs: 6 };
      const whole = oneOf(await train(job, 2), 2);
      const checkpoint = `${folder}/net`;
      await train({ ...job, epochs: 3, checkpoint }, 2);
      const resumed = oneOf(await train({ ...job, checkpoint, resume: true }, 2), 2);
      assert.deepEqual(resumed, whole);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

for (
  const [what, expected] of [
    [
      "model",
      /the model of rank 1 is not that of rank 0: params\.W1 \(48, 9\) float64 instead of/,
    ],
    ["seed", /ranks were given different batches/],
  ] as const
) {
  Deno.test({
    ...needsMpi(`a different ${what} on one rank is an error on all`),
    async fn() {
      const job: Job = { odd: { rank: 1, what } };
      const { code, stderr } = await runJob(PROGRAM, [JSON.stringify(job)]);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    },
  });
}

for (const killed of [0, 1]) {
  Deno.test({
    ...needsMpi(
      `rank ${killed} killed in the middle ends the job, which can be resumed to the same bits`,
    ),
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        const job: Job = { dropout: true, epochs: 120 };
        const checkpoint = `${folder}/net`;
        const doomed: Job = { ...job, checkpoint, odd: { rank: killed, what: "kill" } };
        assert.notEqual((await runJob(PROGRAM, [JSON.stringify(doomed)])).code, 0);
        const resumed = oneOf(await train({ ...job, checkpoint, resume: true }, 2), 2);
        assert.deepEqual(resumed, oneOf(await train(job, 2), 2));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  ...needsMpi("a batch with fewer rows than ranks and shares that do not fit are refused"),
  async fn() {
    for (
      const [job, expected] of [
        [{ shares: [1000, 1] }, /a batch of 10 rows leaves none for rank 1 of 2/],
        [{ shares: [1] }, /shares must be a number above 0 for each of 2 ranks, got \[1\]/],
      ] as const
    ) {
      const { code, stderr } = await runJob(PROGRAM, [JSON.stringify(job)]);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    }
  },
});

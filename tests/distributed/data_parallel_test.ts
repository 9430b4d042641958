/** Training by several processes is that of one process, the same on all ranks. */
import assert from "node:assert/strict";
import { needsMpi, results, runJob } from "./_mpi.ts";
import type { Job, Trained } from "./_training.ts";

const PROGRAM = "_training.ts";

/** Trains on some ranks, and asserts that all of them have one history of each job. */
async function train(jobs: readonly Job[], ranks: number): Promise<Trained[]> {
  const all = await results<Trained>(PROGRAM, [JSON.stringify(jobs)], { ranks });
  return jobs.map((_, job) => {
    const each = all.filter((trained) => trained.job === job);
    assert.equal(each.length, ranks);
    for (const trained of each) assert.deepEqual({ ...trained, rank: 0 }, each[0]);
    return each[0];
  });
}

async function trainAlone(jobs: readonly Job[]): Promise<Trained[]> {
  const plain = jobs.map((job): Job => ({ ...job, plain: true }));
  return await results<Trained>(PROGRAM, [JSON.stringify(plain)], { alone: true });
}

function worst(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

const exact: Record<string, Job> = {
  "plain": {},
  "dropout": { dropout: true },
  "augmentation row by row": { augment: "flip", dropout: true },
  "augmentation drawn at once": { augment: "crop" },
  "augmentation of one's own": { augment: "mirrored halves" },
  "synchronised batch norm": { batchNorm: "synchronized", dropout: true },
  "synchronised batch norm of images": { net: "three", batchNorm: "synchronized" },
  "a deep net": { net: "conv", batchNorm: "synchronized", dropout: true, augment: "flip" },
  "a net of modules": { net: "module", batchNorm: "synchronized", dropout: true },
};
let alone: Promise<Trained[]> | undefined;

for (const ranks of [2, 4]) {
  Deno.test({
    ...needsMpi(`losses of 102 steps on ${ranks} ranks are those of one process to 1e-12`),
    async fn(t) {
      const whole = await (alone ??= trainAlone(Object.values(exact)));
      const together = await train(Object.values(exact), ranks);
      for (const [i, name] of Object.keys(exact).entries()) {
        await t.step(name, () => assertSameHistory(together[i], whole[i]));
      }
    },
  });
}

function assertSameHistory(together: Trained, alone: Trained): void {
  assert.equal(alone.losses.length, 102);
  const difference = worst(together.losses, alone.losses);
  assert.ok(difference <= 1e-12, `losses differ by ${difference}`);
  assert.equal(worst(together.valAcc, alone.valAcc), 0);
  assert.equal(together.draw, alone.draw);
}

Deno.test({
  ...needsMpi("ranks may compute unequal parts"),
  async fn() {
    const names = ["synchronised batch norm", "a net of modules", "augmentation of one's own"];
    const whole = await (alone ??= trainAlone(Object.values(exact)));
    const shares = [4, 1];
    const together = await train(names.map((name) => ({ ...exact[name], shares })), 2);
    for (const [i, name] of names.entries()) {
      assertSameHistory(together[i], whole[Object.keys(exact).indexOf(name)]);
    }
  },
});

Deno.test({
  ...needsMpi("float32 is the same on all ranks, and near one process at first"),
  async fn() {
    const jobs: Job[] = [{}, { dropout: true }, { net: "conv", batchNorm: "synchronized" }]
      .map((job) => ({ ...job, dtype: "float32", epochs: 7 } as Job));
    const [together, whole] = [await train(jobs, 2), await trainAlone(jobs)];
    for (const i of jobs.keys()) {
      const [some, other] = [together[i], whole[i]].map(({ losses }) => losses.slice(0, 40));
      const difference = worst(some, other);
      assert.ok(difference <= 1e-6, `losses of job ${i} differ by ${difference}`);
    }
  },
});

Deno.test({
  ...needsMpi("sums that begin while gradients are computed give the bits of those that do not"),
  async fn() {
    const nets: Job[] = [{ net: "three" }, { net: "conv", batchNorm: "local" }, { net: "module" }]
      .map((job) => ({ ...job, dtype: "float32", epochs: 3 } as Job));
    const some = nets.flatMap((job): Job[] => [
      { ...job, bucketBytes: 100, overlap: true },
      { ...job, bucketBytes: 100, overlap: false },
    ]);
    const trained = await train(some, 4);
    for (let i = 0; i < some.length; i += 2) {
      assert.deepEqual({ ...trained[i], job: 0 }, { ...trained[i + 1], job: 0 });
    }
  },
});

Deno.test({
  ...needsMpi("local batch norm learns, and its running statistics end as those of rank 0"),
  async fn() {
    const [{ losses }] = await train([{ batchNorm: "local" }], 2);
    const mean = (some: number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
    const [before, after] = [mean(losses.slice(0, 12)), mean(losses.slice(-12))];
    assert.ok(after < 0.85 * before, `${before} to ${after}`);
  },
});

for (const what of ["signal", "SIGINT"] as const) {
  Deno.test({
    ...needsMpi(`a ${what} on one rank stops all of them after the same step`),
    async fn() {
      const job: Job = { odd: { rank: 1, what }, batchNorm: "local", epochs: 100_000 };
      const [trained] = await train([job], 2);
      assert.equal(trained.stopped, "aborted");
      // The step in which the wish is told is done.
      if (what === "signal") assert.equal(trained.losses.length, 51);
    },
  });
}

Deno.test({
  ...needsMpi(
    "all ranks go on from the checkpoint of rank 0, to the history of an undisturbed run",
  ),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const jobs: Job[] = [
        { dropout: true, batchNorm: "local", augment: "flip", epochs: 4 },
        { net: "conv", batchNorm: "synchronized", dropout: true, epochs: 4 },
      ];
      const saved = jobs.map((job, i): Job => ({ ...job, checkpoint: `${folder}/net${i}` }));
      const whole = await train(jobs, 2);
      await train(saved.map((job) => ({ ...job, epochs: 2 })), 2);
      const resumed = await train(saved.map((job) => ({ ...job, resume: true })), 2);
      assert.deepEqual(resumed, whole);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const differences = [
  ["model", /the model of rank 1 is not that of rank 0: params\.W1 \(48, 9\) float64 instead of/],
  ["seed", /ranks were given different batches/],
  ["data", /rank 1 has XTrain \(60, 3, 4, 4\) float64 with the checksum \w+ and rank 0 XTrain/],
  ["epochs", /rank 1 has numEpochs 1 and rank 0 numEpochs 17; .* the same options on all ranks/],
  ["shares", /rank 1 has shares 2,1 and rank 0 shares 1,1; give all the same options/],
] as const;

for (const [what, expected] of differences) {
  Deno.test({
    ...needsMpi(`a different ${what} on one rank is an error on all`),
    async fn() {
      const job: Job = { odd: { rank: 1, what } };
      const { code, stderr } = await runJob(PROGRAM, [JSON.stringify([job])]);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    },
  });
}

Deno.test({
  ...needsMpi("a checkpoint that rank 0 cannot read is an error on all"),
  async fn() {
    const job: Job = { checkpoint: "/nowhere/net", resume: true };
    const { code, stderr } = await runJob(PROGRAM, [JSON.stringify([job])]);
    assert.notEqual(code, 0);
    assert.match(stderr, /No such file or directory.*\/nowhere\/net\.safetensors/);
  },
});

for (const killed of [0, 1]) {
  Deno.test({
    ...needsMpi(
      `rank ${killed} killed in the middle ends the job, which can be resumed to the same bits`,
    ),
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        const job: Job = { dropout: true, batchNorm: "local", epochs: 20 };
        const checkpoint = `${folder}/net`;
        const doomed: Job = { ...job, checkpoint, odd: { rank: killed, what: "kill" } };
        assert.notEqual((await runJob(PROGRAM, [JSON.stringify([doomed])])).code, 0);
        const resumed = await train([{ ...job, checkpoint, resume: true }], 2);
        assert.deepEqual(resumed, await train([job], 2));
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
      const { code, stderr } = await runJob(PROGRAM, [JSON.stringify([job])]);
      assert.notEqual(code, 0);
      assert.match(stderr, expected);
    }
  },
});

/** Ranks on hosts of their own, with nothing between them but a network. */
import assert from "node:assert/strict";
import { Hosts, noHosts } from "./_hosts.ts";
import { results } from "./_mpi.ts";
import type { Job, Trained } from "./_training.ts";

const reason = noHosts();

Deno.test({
  name: `two hosts learn the bits that two ranks on one learn${reason ? ` (${reason})` : ""}`,
  ignore: reason !== "",
  async fn() {
    const jobs: Job[] = [
      { dropout: true, augment: "flip", epochs: 4 },
      { net: "conv", dtype: "float32", batchNorm: "synchronized", bucketBytes: 500, epochs: 4 },
    ];
    const args = [JSON.stringify(jobs)];
    await using hosts = await Hosts.make(2, null);
    const { code, stdout, stderr } = await hosts.run("_training.ts", args);
    assert.equal(code, 0, stderr);
    const apart = stdout.trim().split("\n").map((line): Trained => JSON.parse(line));
    const near = await results<Trained>("_training.ts", args);
    assert.equal(apart.length, 4);
    for (const trained of apart) {
      const other = near.find(({ job, rank }) => job === trained.job && rank === trained.rank);
      assert.deepEqual(trained, other);
    }
    // 24 steps with 474 gradients of 8 bytes, at least.
    for (const host of [0, 1]) assert.ok(await hosts.sent(host) > 24 * 474 * 8);
  },
});

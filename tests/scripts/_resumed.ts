/**
 * Trainings of programs that are stopped, or killed, and resumed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Context } from "../../scripts/_part.ts";

/** What a training is told by its program. */
type Told = Pick<Context, "flags" | "signal">;

/** A training: it calls `stepped` now and then, and returns what must be the same. */
export type Training = (told: Told, stepped: () => void) => Promise<unknown>;

const flags = { quick: true, seed: 231 } as Context["flags"];

/**
 * Registers tests that a training ends alike whether it is left alone, interrupted and resumed, or
 * killed and resumed.
 *
 * @param name Of the training
 * @param train Trains anew each time, all from the same seed; at least three epochs
 * @param calls At which call of `stepped` it is interrupted, and at which it is as if killed there
 */
export function resumeTests(
  name: string,
  train: Training,
  { interruptAt, killAt }: { readonly interruptAt: number; readonly killAt: number },
): void {
  Deno.test(`${name}, interrupted or killed and resumed, ends as if it had been left alone`, async () => {
    const folder = await Deno.makeTempDir();
    const { signal } = new AbortController();
    try {
      const whole = await train({ flags, signal }, () => {});
      const path = `${folder}/run`;
      const interrupt = new AbortController();
      let calls = 0;
      const cut = await train(
        { flags: { ...flags, checkpoint: path }, signal: interrupt.signal },
        () => {
          calls++;
          // What a process that dies here leaves behind.
          if (calls === killAt) {
            Deno.copyFileSync(`${path}.safetensors`, `${folder}/dead.safetensors`);
          }
          if (calls === interruptAt) {
            interrupt.abort();
          }
        },
      );
      assert.notDeepEqual(cut, whole);
      for (const resume of [path, `${folder}/dead`]) {
        assert.deepEqual(await train({ flags: { ...flags, resume }, signal }, () => {}), whole);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/**
 * Trials in workers, several at the same time.
 *
 * @module
 */
import type { SearchRunner } from "./runner.ts";
import { TrialThreads } from "./trial_thread.ts";

/**
 * Makes a runner with some workers, each of which takes the next job when it is done.
 *
 * @param workers How many
 */
export function inWorkers(workers: number): SearchRunner {
  return async (jobs, { trial, data, signal }, onResult) => {
    const threads = new TrialThreads(trial as URL, data);
    const queue = [...jobs];
    // All results pass here one by one, so that reports and writes keep their order.
    let last: Promise<void> = Promise.resolve();
    const lane = async () => {
      const thread = threads.add();
      for (let job = queue.shift(); job; job = queue.shift()) {
        const result = await thread.run(job);
        await (last = last.then(() => onResult(result)));
      }
      thread.terminate();
    };
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal?.reason);
    signal?.addEventListener("abort", stop);
    try {
      const lanes = Array.from({ length: Math.min(workers, jobs.length) }, lane);
      await Promise.race([Promise.all(lanes), stopped.promise]);
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener("abort", stop);
      queue.length = 0;
      threads.terminate();
    }
  };
}

/** What the thread of `_progress.ts` does. */
import { workerData } from "node:worker_threads";
import { DRIVE, END, ENDED, IDLE, type ProgressData, STATE } from "./_progress_states.ts";

/** Milliseconds between two looks: the cores are for those who compute. */
const PAUSE = 0.2;

run(workerData as ProgressData);

function run({ control, path, handle, handles }: ProgressData): void {
  const state = new Int32Array(control);
  try {
    const { symbols } = Deno.dlopen(path, {
      MPI_Iprobe: { parameters: ["i32", "i32", handle, "buffer", "usize"], result: "i32" },
    });
    const { anySource, anyTag, world, ignoreStatus } = handles;
    const flag = new Int32Array(1);
    for (;;) {
      const now = Atomics.load(state, STATE);
      if (now === END) break;
      if (now === DRIVE) {
        // Nobody sends such messages: the library looks after all that is under way.
        symbols.MPI_Iprobe(anySource, anyTag, world as never, flag, ignoreStatus);
        Atomics.wait(state, STATE, DRIVE, PAUSE);
      } else Atomics.wait(state, STATE, IDLE);
    }
  } finally {
    Atomics.store(state, ENDED, 1);
    Atomics.notify(state, ENDED);
  }
}

/** What the thread of `_progress.ts` does. */
import { workerData } from "node:worker_threads";
import { DRIVE, END, IDLE, INSIDE, type ProgressData, STATE } from "./_progress_states.ts";

/** Milliseconds between two looks: the cores are for those who compute. */
const PAUSE = 0.2;

/** Calls of a look, each of which does a little of what there is to do. */
const PROBES = 20;

run(workerData as ProgressData);

function run({ control, path, handle, handles }: ProgressData): void {
  const shared = new Int32Array(control);
  const { symbols } = Deno.dlopen(path, {
    MPI_Iprobe: { parameters: ["i32", "i32", handle, "buffer", "usize"], result: "i32" },
  });
  const { anySource, anyTag, world, ignoreStatus } = handles;
  const flag = new Int32Array(1);
  for (let state = IDLE; state !== END;) {
    // Said before the look at what is to be done, so that whoever calls this off can wait for it.
    Atomics.store(shared, INSIDE, 1);
    state = Atomics.load(shared, STATE);
    if (state === DRIVE) {
      for (let i = 0; i < PROBES; i++) {
        // Nobody sends such messages: the library looks after all that is under way.
        symbols.MPI_Iprobe(anySource, anyTag, world as never, flag, ignoreStatus);
      }
    }
    Atomics.store(shared, INSIDE, 0);
    Atomics.notify(shared, INSIDE);
    if (state === DRIVE) Atomics.wait(shared, STATE, DRIVE, PAUSE);
    else if (state === IDLE) Atomics.wait(shared, STATE, IDLE);
  }
}

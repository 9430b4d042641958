/**
 * Tasks, which the caller writes to the mailbox of a thread: a kind and its arguments.
 *
 * Thread 0 is the caller, who calls `work`. The others are in `serve`, waiting for the number of
 * the task to change; when they have done it they say so. A thread looks for a while before it
 * sleeps, as waking it takes longer than the pause between two kernels. One that has nothing to do
 * for long retires, because its caller may be gone: a worker that is terminated takes no helper along.
 */
import { convBackwardData, convBackwardWeights, convForward } from "./conv";
import { multiply, multiplyPlanes } from "./gemm";
import { MAILBOX_SIZE, MAILBOXES, setThread } from "./layout";

/** Kinds of tasks. */
const MULTIPLY: i32 = 0;
const CONV_FORWARD: i32 = 1;
const CONV_BACKWARD_DATA: i32 = 2;
const CONV_BACKWARD_WEIGHTS: i32 = 3;
const MULTIPLY_PLANES: i32 = 4;

/** Words of a mailbox: the number of the task, that of the last one done, the task. */
const DONE: usize = 4;
const TASK: usize = 8;

/** In place of the number of a task: there is no thread to do one. */
const RETIRED: i32 = -2;

/** How often a thread looks before it sleeps, some 50 µs. */
const LOOKS: i32 = 20_000;
/** How long it sleeps before it retires, nanoseconds. */
const PATIENCE: i64 = 1_000_000_000;
const TIMED_OUT: i32 = 2;

/** Does the task in the mailbox of a thread. */
export function work(thread: i32): void {
  const task = MAILBOXES + thread * MAILBOX_SIZE + TASK;
  const kind = load<i32>(task);
  if (kind == MULTIPLY) {
    multiply(
      load<i32>(task, 4),
      load<i32>(task, 8),
      load<i32>(task, 12),
      load<i32>(task, 16),
      load<i32>(task, 20),
      load<i32>(task, 24),
      load<i32>(task, 28),
      load<i32>(task, 32),
      load<i32>(task, 36),
      load<i32>(task, 40) != 0,
      load<i32>(task, 44),
      load<i32>(task, 48),
    );
  } else if (kind == CONV_FORWARD) {
    convForward(
      load<i32>(task, 4),
      load<i32>(task, 8),
      load<i32>(task, 12),
      load<i32>(task, 16),
      load<i32>(task, 20),
      load<i32>(task, 24) != 0,
      load<i32>(task, 28),
    );
  } else if (kind == CONV_BACKWARD_DATA) {
    convBackwardData(
      load<i32>(task, 4),
      load<i32>(task, 8),
      load<i32>(task, 12),
      load<i32>(task, 16),
      load<i32>(task, 20),
      load<i32>(task, 24),
      load<i32>(task, 28),
    );
  } else if (kind == CONV_BACKWARD_WEIGHTS) {
    convBackwardWeights(
      load<i32>(task, 4),
      load<i32>(task, 8),
      load<i32>(task, 12),
      load<i32>(task, 16),
      load<i32>(task, 20),
    );
  } else if (kind == MULTIPLY_PLANES) {
    multiplyPlanes(
      load<i32>(task, 4),
      load<i32>(task, 8),
      load<i32>(task, 12),
      load<i32>(task, 16),
      load<i32>(task, 20),
      load<i32>(task, 24),
      load<i32>(task, 28),
      load<i32>(task, 32),
      load<i32>(task, 36),
      load<i32>(task, 40),
      load<i32>(task, 44),
      load<i32>(task, 48),
      load<i32>(task, 52) != 0,
      load<i32>(task, 56),
    );
  }
}

/** Does the tasks of a thread, until there are none for a while. */
export function serve(thread: i32): void {
  setThread(thread);
  const number = MAILBOXES + thread * MAILBOX_SIZE;
  let done = 0;
  // A task that is done but was never set says that the thread is there.
  atomic.store<i32>(number + DONE, -1);
  for (;;) {
    let looks = LOOKS;
    let next = atomic.load<i32>(number);
    while (next == done) {
      if (looks > 0) {
        looks--;
      } else if (atomic.wait<i32>(number, done, PATIENCE) == TIMED_OUT) {
        // First not there, then retired: who sees the second may start another thread at once.
        atomic.store<i32>(number + DONE, 0);
        if (atomic.cmpxchg<i32>(number, done, RETIRED) == done) return;
      }
      next = atomic.load<i32>(number);
    }
    done = next;
    work(thread);
    atomic.store<i32>(number + DONE, done);
    atomic.notify(number + DONE, 1);
  }
}

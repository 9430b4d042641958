/**
 * Ranks in one process, without MPI: each is run from its start again and again, a collective call
 * further each time, with what the others contributed to the calls before.
 *
 * @module
 */
import type { Communicator, Summable } from "../../distributed/mod.ts";
import { NDArray } from "../../ndarray/mod.ts";

type Floats = Float32Array | Float64Array;

/** Ends a run at a call that the others have not contributed to yet. */
class NotYet extends Error {}

/** A collective call: what each rank brought, and what all get. */
interface Call {
  readonly kind: string;
  readonly brought: Floats[];
  result: Floats | null;
}

/**
 * Runs work on some ranks. It must do the same in every run.
 *
 * @returns What came of it on each
 */
export async function onRanks<T>(
  size: number,
  work: (communicator: Communicator) => T | Promise<T>,
): Promise<T[]> {
  const calls: Call[] = [];
  for (;;) {
    const results: T[] = [];
    for (let rank = 0; rank < size; rank++) {
      try {
        results.push(await work(new Rank(rank, size, calls)));
      } catch (error) {
        if (!(error instanceof NotYet)) throw error;
      }
    }
    const call = calls.at(-1);
    if (call && call.result === null) {
      if (call.brought.length < size) throw new Error(`not all ranks came to ${call.kind}`);
      call.result = resultOf(call);
    } else if (results.length === size) return results;
    else throw new Error("some ranks are not done and wait for nothing");
  }
}

function resultOf({ kind, brought }: Call): Floats {
  const root = kind.match(/^broadcast (\d+)/);
  if (root) return brought[Number(root[1])];
  const sum = brought[0].slice();
  for (const other of brought.slice(1)) other.forEach((value, i) => sum[i] += value);
  return sum;
}

class Rank implements Communicator {
  readonly description = "ranks of a test";
  readonly #calls: Call[];
  #done = 0;

  constructor(readonly rank: number, readonly size: number, calls: Call[]) {
    this.#calls = calls;
  }

  allReduce(x: Summable): void {
    this.#call("sum", x);
  }

  broadcast(x: Summable, root: number): void {
    this.#call(`broadcast ${root}`, x);
  }

  barrier(): void {
    this.#call("barrier", new Float32Array(0));
  }

  startAllReduce(x: Summable): { poll(): boolean; wait(): void } {
    this.#call("sum", x);
    return { poll: () => true, wait() {} };
  }

  close(): void {}

  #call(kind: string, x: Summable): void {
    const data = (x instanceof NDArray ? x.data : x) as Floats;
    const name = `${kind} of ${data.length} ${data.constructor.name}`;
    const call = this.#calls[this.#done] ??= { kind: name, brought: [], result: null };
    if (call.kind !== name) throw new Error(`rank ${this.rank} calls ${name}, others ${call.kind}`);
    this.#done++;
    if (call.result === null) {
      call.brought[this.rank] = data.slice();
      throw new NotYet();
    }
    data.set(call.result);
  }
}

/** Runs works in peers that take turns, so that a drift of the machine hits all alike. */
import { writeFixtures } from "./fixtures.ts";
import type { PeerEntry } from "./peer_list.ts";
import { CannotDo, PeerProcess, type Reply } from "./peer_process.ts";
import { type PeerInfo, type Result, summarize } from "./results.ts";
import type { Work, WorkSpec } from "./works.ts";

/** How much is measured. Times in milliseconds. */
export interface Effort {
  /** Turns that every peer gets at every work. */
  readonly rounds: number;
  /** Length of a turn. */
  readonly turn: number;
  /** Untimed work before the first turn. */
  readonly warmup: number;
  /** Most that a peer may spend in all turns of a work; a slow one gets fewer turns. */
  readonly most: number;
  /** Time limit of one request. */
  readonly limit: number;
  /** Training steps before the peak memory is read. */
  readonly memorySteps: number;
}

/** A sample lasts at least this long, so that the clock does not matter. */
const SAMPLE = 2;
/** Pause before a turn: threads of the peer before spin for a while before they sleep. */
const PAUSE = 60;
/** What tells the peers how many threads to use. */
const THREAD_VARIABLES = ["NNDL_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"];
const DESCRIBE = { command: "describe" };
/** Largest relative difference of results that still counts as agreement. */
const TOLERANCE = { gemm: 1e-4, axpy: 1e-4, net: 1e-3, model: 1e-3 };

/** A peer with its process, which is started when needed and again after it was stopped. */
class Peer {
  /** What it said of itself, once it was asked. */
  info: PeerInfo | null = null;
  #process: PeerProcess | null = null;

  constructor(readonly entry: PeerEntry, readonly environment: Readonly<Record<string, string>>) {}

  async ask(message: Reply, limit: number): Promise<Reply> {
    if (this.#process?.isGone) this.#process = null;
    if (!this.#process) {
      this.#process = new PeerProcess(this.entry.command, this.environment);
      // A peer chooses its kernels when it is asked what it is.
      if (message.command !== "describe") await this.#process.request(DESCRIBE, limit);
    }
    return await this.#process.request(message, limit);
  }

  async describe(limit: number): Promise<PeerInfo> {
    const { name, title } = this.entry;
    try {
      const reply = await this.ask(DESCRIBE, limit);
      this.info = { name, title, here: true, ...reply as object };
    } catch (error) {
      await this.stop();
      this.info = { name, title, here: false, reason: (error as Error).message };
    }
    return this.info;
  }

  kill(): void {
    this.#process?.kill();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = null;
  }
}

/** A peer that takes part in a work, and what it measured so far. */
interface Runner {
  readonly peer: Peer;
  readonly samples: number;
  readonly inner: number;
  readonly rounds: number;
  readonly times: number[];
}

/** All peers, and the folder of their inputs. */
export class Measurement implements AsyncDisposable {
  readonly #peers: Peer[];
  readonly #effort: Effort;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    entries: readonly PeerEntry[],
    effort: Effort,
    folder: string,
    threads: number | null,
  ) {
    this.#environment = threads === null
      ? {}
      : Object.fromEntries(THREAD_VARIABLES.map((name) => [name, String(threads)]));
    this.#peers = entries.map((entry) => new Peer(entry, this.#environment));
    this.#effort = effort;
    this.#folder = folder;
  }

  /** Makes the folder. The peers start at {@linkcode describe}, with so many threads if given. */
  static async open(
    entries: readonly PeerEntry[],
    effort: Effort,
    threads: number | null = null,
  ): Promise<Measurement> {
    const folder = await Deno.makeTempDir({ prefix: "nndl-bench-" });
    return new Measurement(entries, effort, folder, threads);
  }

  /** Starts all peers and asks what they are. */
  async describe(): Promise<PeerInfo[]> {
    const infos: PeerInfo[] = [];
    for (const peer of this.#peers) infos.push(await peer.describe(this.#effort.limit));
    return infos;
  }

  /** Ends everything at once, for an interrupted run. */
  abort(): void {
    for (const peer of this.#peers) peer.kill();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  /** Ends all peers and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Times a work. */
  async run(work: Work): Promise<Record<string, Result>> {
    const results: Record<string, Result> = {};
    const taking = this.#peers.filter(({ entry: { name } }) =>
      work.only ? work.only.includes(name) : name !== "nndl-empty"
    );
    const able = taking.filter(({ entry, info }) => {
      if (!info!.here) results[entry.name] = { skipped: `not here: ${info!.reason}` };
      return info!.here;
    });
    if (able.length === 0) return results;
    if (work.how === "start") await this.#runStarts(work, able, results);
    else {
      const folder = `${this.#folder}/${work.name}`;
      await writeFixtures(folder, work.spec!);
      if (work.how === "run") await this.#runTurns(work.spec!, folder, able, results);
      else await this.#runMemory(work.spec!, folder, able, results);
      await Deno.remove(folder, { recursive: true });
    }
    return results;
  }

  async #runTurns(
    spec: WorkSpec,
    folder: string,
    peers: readonly Peer[],
    results: Record<string, Result>,
  ): Promise<void> {
    let expected: { check: number[]; name: string } | undefined;
    const runners: Runner[] = [];
    for (const peer of peers) {
      const name = peer.entry.name;
      try {
        const { limit } = this.#effort;
        const reply = await peer.ask({ command: "prepare", spec, folder }, limit);
        const check = reply.check as number[];
        // The kernels of nndl-empty compute nothing that could be compared.
        if (name !== "nndl-empty") {
          expected ??= { check, name };
          const off = difference(check, expected.check);
          if (!(off <= TOLERANCE[spec.kind])) {
            const difference = `${off.toExponential(1)} from ${expected.name}`;
            results[name] = { skipped: `disagrees: its result differs by ${difference}`, off };
            continue;
          }
        }
        runners.push(await this.#warmUp(peer));
      } catch (error) {
        results[name] = { skipped: (error as Error).message };
      }
    }
    for (let round = 0; round < this.#effort.rounds; round++) {
      for (const runner of runners) {
        if (round >= runner.rounds || results[runner.peer.entry.name]) continue;
        try {
          await this.#takeTurn(runner);
        } catch (error) {
          results[runner.peer.entry.name] = { skipped: (error as Error).message };
        }
      }
    }
    for (const { peer, times } of runners) {
      results[peer.entry.name] ??= summarize(times);
    }
  }

  /** Lets a peer work untimed, and finds how much of the work makes a turn. */
  async #warmUp(peer: Peer): Promise<Runner> {
    const { turn, warmup, rounds, most, limit } = this.#effort;
    const begin = { command: "run", samples: 1e5, inner: 1, budget: warmup };
    const { times } = await peer.ask(begin, limit) as { times: number[] };
    const { median: ms } = summarize(times.slice(times.length >> 1));
    const inner = Math.max(1, Math.ceil(SAMPLE / ms));
    const samples = Math.max(1, Math.ceil(turn / (inner * ms)));
    const affordable = Math.max(1, Math.floor(most / (samples * inner * ms)));
    return { peer, samples, inner, rounds: Math.min(rounds, affordable), times: [] };
  }

  async #takeTurn({ peer, samples, inner, times }: Runner): Promise<void> {
    const { turn, limit } = this.#effort;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const ask = (samples: number, budget: number) =>
      peer.ask({ command: "run", samples, inner, budget }, limit) as Promise<{ times: number[] }>;
    // The caches hold what the peer before left there, and threads sleep.
    if (samples > 1) await ask(Math.min(10, samples), turn / 10);
    times.push(...(await ask(samples, 4 * turn)).times);
  }

  async #runStarts(
    { name }: Work,
    peers: readonly Peer[],
    results: Record<string, Result>,
  ): Promise<void> {
    const times: Record<string, number[]> = {};
    for (let round = 0; round <= this.#effort.rounds; round++) {
      for (const { entry } of peers) {
        if (results[entry.name]) continue;
        try {
          const ms = await startOnce(entry.starts[name], this.#effort.limit);
          // The first start fills the caches of files and of compiled code.
          if (round > 0) (times[entry.name] ??= []).push(ms);
        } catch (error) {
          results[entry.name] = { skipped: (error as Error).message };
        }
      }
    }
    for (const [peer, samples] of Object.entries(times)) results[peer] ??= summarize(samples);
  }

  async #runMemory(
    spec: WorkSpec,
    folder: string,
    peers: readonly Peer[],
    results: Record<string, Result>,
  ): Promise<void> {
    const { limit, memorySteps } = this.#effort;
    for (const { entry, info } of peers) {
      const fresh = new Peer(entry, this.#environment);
      fresh.info = info;
      try {
        await fresh.ask({ command: "prepare", spec, folder }, limit);
        const run = { command: "run", samples: memorySteps, inner: 1, budget: limit / 2 };
        await fresh.ask(run, limit);
        const { megabytes } = await fresh.ask({ command: "memory" }, limit);
        results[entry.name] = summarize([megabytes as number]);
      } catch (error) {
        results[entry.name] = { skipped: (error as Error).message };
      } finally {
        await fresh.stop();
      }
    }
  }
}

/** Largest difference, relative to the largest value. */
function difference(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  const scale = Math.max(...b.map(Math.abs), Number.MIN_VALUE);
  const differences = Array.from({ length }, (_, i) => Math.abs(a[i] - b[i]) / scale);
  return differences.some(Number.isNaN) ? NaN : Math.max(...differences);
}

/** Runs a program to its end and returns its milliseconds. */
async function startOnce([command, ...args]: readonly string[], limit: number): Promise<number> {
  const signal = AbortSignal.timeout(limit);
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(command, { args, signal, stdin: "null" })
    .output();
  const ms = performance.now() - start;
  if (success) return ms;
  const words = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new CannotDo(signal.aborted ? `took longer than ${limit / 1000} s` : `ended: ${words}`);
}

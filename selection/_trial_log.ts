/**
 * Results of trials in a store. Each is an entry of its own, written when its trial has ended, so
 * that a search that is killed loses only the trials under way.
 *
 * @module
 */
import { builtin } from "../internal/builtins.ts";
import type { BlobStore, Json } from "../cache/mod.ts";
import { messageOf } from "../internal/message_of.ts";
import type { TrialJob } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";

/** Kept results of one search. */
export class TrialLog {
  readonly #store: BlobStore;
  readonly #prefix: string;
  readonly #onMessage: (line: string) => void;
  #hasFailed = false;

  /**
   * @param description What the parameters depend on; another one has other results
   * @param onMessage Gets a line when the store fails, which does not stop a search
   */
  constructor(
    store: BlobStore,
    name: string,
    description: string,
    onMessage: (line: string) => void,
  ) {
    this.#store = store;
    this.#onMessage = onMessage;
    const hash = builtin("node:crypto").createHash("sha256").update(description).digest("hex")
      .slice(0, 16);
    this.#prefix = `search/${name}/${hash}/`;
  }

  /** Reads the results of those of the jobs that have been done with the same parameters. */
  async read(jobs: readonly TrialJob[]): Promise<TrialResult[]> {
    const heads = await this.#store.list().catch((error) => {
      this.#onMessage(`earlier trials cannot be read: ${messageOf(error)}`);
      return [];
    });
    const metas = new Map(heads.map(({ name, meta }) => [name, meta]));
    const results: TrialResult[] = [];
    for (const job of jobs) {
      const meta = metas.get(this.#nameOf(job.index)) as Json | undefined;
      const kept = meta as { key: string; score: Json; info: Json; seconds: number } | undefined;
      if (kept?.key !== keyOf(job)) continue;
      const { index, params } = job;
      const { info, seconds } = kept;
      results.push({ index, params, score: Number(kept.score), info, error: null, seconds });
    }
    return results;
  }

  /** Keeps a result. */
  async write(result: TrialResult): Promise<void> {
    const { index, score, info, seconds } = result;
    // As text, because JSON has neither NaN nor infinity.
    const meta = { key: keyOf(result), score: String(score), info, seconds };
    try {
      await this.#store.write(this.#nameOf(index), {}, meta);
    } catch (error) {
      if (!this.#hasFailed) this.#onMessage(`trials cannot be kept: ${messageOf(error)}`);
      this.#hasFailed = true;
    }
  }

  #nameOf(index: number): string {
    return this.#prefix + String(index).padStart(6, "0");
  }
}

/** The parameters as text, in the order of their names. */
function keyOf({ params }: Pick<TrialJob, "params">): string {
  return JSON.stringify(Object.entries(params).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Searches on a NATS server, of which one side after another is killed. */
import assert from "node:assert/strict";
import { missing, Running, TestServer } from "../distributed/_nats.ts";
import { search, type Setting } from "../distributed/_nats_search.ts";
import type { Fault, FaultOptions } from "./main.ts";

const PROGRAM = "_nats_search.ts";

/** One trial in eight fails, which is tried again by each start of the search. */
const what = Array.from({ length: 24 }, (_, index) => index % 8 === 5 ? "throw" : "slow");

/** Longest time of a search, milliseconds. */
const LIMIT = 180_000;

/** Kills a search, a worker or the server every second or two; the table must not show it. */
export const killedSearches: Fault = async ({ kills, rng }) => {
  if (missing !== null) return `left out, for ${missing}`;
  const expected = (await search({ what }, { workers: 0 })).formatTable();
  let [killed, searches] = [0, 0];
  while (killed < kills) {
    const { table, count } = await searchUnderFire(kills - killed, rng);
    assert.equal(table, expected);
    [killed, searches] = [killed + count, searches + 1];
  }
  return `${killed} kills, ${searches} searches with the undisturbed table`;
};

async function searchUnderFire(most: number, rng: FaultOptions["rng"]) {
  await using server = await TestServer.start();
  const setting: Setting = { server: server.url, what, lease: 2 };
  const start = (mode: string) =>
    new Running(PROGRAM, [mode, JSON.stringify(setting)], { NNDL_TEST_LOG: server.log });
  await using sides = new Sides(start);
  const pick = (count: number) => rng.randint(0, count) as number;
  const begun = performance.now();
  let count = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 700 + pick(1300)));
    await sides.revive();
    if (sides.search.hasEnded) break;
    assert.ok(performance.now() - begun < LIMIT, "the search did not end");
    if (count === most) continue;
    count++;
    const side = pick(4);
    if (side === 0) await sides.restartSearch();
    else if (side === 1) {
      await server.kill();
      await server.restart();
    } else sides.restartWorker(side - 2);
  }
  assert.equal(await sides.search.end(), 0, sides.search.stderr);
  return { table: sides.search.stdout.trimEnd(), count };
}

/** A search and two workers. */
class Sides implements AsyncDisposable {
  search: Running;
  readonly #start: (mode: string) => Running;
  readonly #workers: Running[];
  readonly #all: Running[];

  constructor(start: (mode: string) => Running) {
    this.#start = start;
    this.search = start("search");
    this.#workers = [start("worker"), start("worker")];
    this.#all = [this.search, ...this.#workers];
  }

  async restartSearch(): Promise<void> {
    this.search.kill();
    await this.search.end();
    this.#all.push(this.search = this.#start("search"));
  }

  restartWorker(i: number): void {
    this.#workers[i].kill();
    this.#all.push(this.#workers[i] = this.#start("worker"));
  }

  /** Starts those again that found no server just when they wanted to connect. */
  async revive(): Promise<void> {
    const isLost = async (side: Running) =>
      side.hasEnded && await side.end() !== 0 && side.stderr.includes("cannot be reached");
    if (await isLost(this.search)) await this.restartSearch();
    for (const i of this.#workers.keys()) {
      if (await isLost(this.#workers[i])) this.restartWorker(i);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const side of this.#all) await side[Symbol.asyncDispose]();
  }
}

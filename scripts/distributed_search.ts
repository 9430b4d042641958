/**
 * Searches hyper-parameters by workers on many machines, through a NATS server:
 *
 *     deno run --allow-net --allow-read --allow-env scripts/distributed_search.ts --worker
 *     deno run --allow-net --allow-read --allow-env scripts/distributed_search.ts
 *
 * @module
 */
import { syntheticCifar10 } from "../data/mod.ts";
import { natsRunner, type NatsServer, removeSearch, serveTrials } from "../distributed/mod.ts";
import { messageOf } from "../internal/message_of.ts";
import {
  choice,
  type DrawnParameters,
  logUniform,
  randomSearch,
  type RandomSearchOptions,
  readTrials,
  recordTrials,
  SearchResult,
  type TrialData,
  uniform,
} from "../selection/mod.ts";
import { interruptSignal } from "../solver/mod.ts";
import { help, readSettings, type Settings } from "./distributed_search/flags.ts";
import { UsageError } from "./_flags.ts";
import { accuracyText } from "./_results.ts";
import { tryAll } from "./_search.ts";

const trial = new URL("./distributed_search/trial.ts", import.meta.url);

const space = {
  learningRate: logUniform(1e-5, 1e-1),
  weightScale: logUniform(1e-3, 1e-1),
  keepRatio: uniform(0.5, 1),
  hidden: choice([50, 100]),
};

type Drawn = DrawnParameters<typeof space>;

/** What all trials share: the same on all machines. */
function makeData(quick: boolean): TrialData {
  const numTraining = quick ? 500 : 3000;
  const images = syntheticCifar10({ numTraining, numValidation: 500, numTest: 0 });
  const { XTrain, yTrain, XVal, yVal } = images;
  return { XTrain, yTrain, XVal, yVal, numEpochs: quick ? 1 : 4 };
}

/** The trials of the search, run in some way. */
function search(
  { trials, seed, quick, mode }: Settings,
  options: Partial<RandomSearchOptions<Drawn>>,
): Promise<SearchResult<Drawn>> {
  const data = mode === "gather" ? {} : makeData(quick);
  return randomSearch(space, { ...options, numTrials: trials, seed, trial, data, onMessage: say });
}

/** Searches here or on a server, and prints the table of what was found by then. */
async function searchAll(settings: Settings, signal: AbortSignal): Promise<void> {
  const { mode, seed, workers, lease, trials } = settings;
  if (mode === "search") {
    say(`The search "${settings.search}" has ${trials} trials; workers join it with --worker`);
  }
  const how = mode === "local"
    ? { workers }
    : { runner: natsRunner({ ...serverOf(settings), lease }) };
  const found = await tryAll<Drawn>(
    { flags: { seed }, signal },
    (options) => search(settings, { ...options, ...how }),
  );
  console.log(`\n${new SearchResult(found).formatTable()}`);
  if (signal.aborted) {
    say(
      `Interrupted: these are ${found.length} of ${trials} trials` +
        (mode === "search" ? "; start again to go on" : ""),
    );
  }
}

/** Runs one trial and hands its result out as JSON. Returns whether it went well. */
async function runOne(settings: Settings): Promise<boolean> {
  const { trial: index, results } = settings;
  const runner = recordTrials(results ?? console.log);
  const { trials: [{ error }] } = await search(settings, { only: [index], runner });
  if (error !== null) say(`trial ${index} failed: ${error}`);
  else if (results !== undefined) say(`trial ${index}: result written to ${results}`);
  return error === null;
}

/** Prints the table of results in files. Returns whether all are there. */
async function gather(settings: Settings): Promise<boolean> {
  const found = await search(settings, { runner: readTrials(settings.gather) });
  console.log(found.formatTable());
  const failed = found.trials.filter(({ error }) => error !== null).map(({ index }) => index);
  if (failed.length === 0) return true;
  say(`trials to run again: ${failed.sort((a, b) => a - b).join(",")}`);
  return false;
}

/** Runs trials of a search until it is over. */
async function work(settings: Settings, signal: AbortSignal): Promise<void> {
  const { quick, workers } = settings;
  const count = await serveTrials({
    ...serverOf(settings),
    trial,
    data: makeData(quick),
    ...(workers !== undefined && { workers }),
    onMessage: say,
    onResult: ({ index, score, seconds, error }) =>
      say(`trial ${index}: ${error ?? `${accuracyText(score)} in ${seconds.toFixed(1)} s`}`),
    signal,
  });
  say(`The search is over; this worker has run ${count} trials`);
}

/** Takes the search off the server. */
async function remove(settings: Settings): Promise<void> {
  const existed = await removeSearch(serverOf(settings));
  say(`${existed ? "Removed" : "There is no"} search "${settings.search}"`);
}

/** What searches, workers and removals share. */
function serverOf({ server, search, patience }: Settings): NatsServer {
  return { search, patience, ...(server !== undefined && { server }) };
}

/** Prints a line about the course of things, apart from tables and JSON on standard output. */
function say(line: string): void {
  console.error(line);
}

/** Runs what Ctrl-C ends cleanly. Returns the exit status. */
async function interruptible(task: (signal: AbortSignal) => Promise<void>): Promise<number> {
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    await task(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    say("Interrupted: trials under way go to other workers");
  }
  if (!signal.aborted) return 0;
  return signal.reason.message.endsWith("SIGTERM") ? 143 : 130;
}

/** Does what the flags say. Returns the exit status. */
async function run(settings: Settings): Promise<number> {
  switch (settings.mode) {
    case "worker":
      return await interruptible((signal) => work(settings, signal));
    case "trial":
      return await runOne(settings) ? 0 : 1;
    case "gather":
      return await gather(settings) ? 0 : 1;
    case "remove":
      await remove(settings);
      return 0;
    default:
      return await interruptible((signal) => searchAll(settings, signal));
  }
}

if (Deno.args.some((flag) => flag === "--help" || flag === "-h")) {
  console.log(help);
} else {
  try {
    Deno.exit(await run(readSettings(Deno.args)));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    say(`distributed_search.ts: ${messageOf(error)}${isUsage ? "; --help lists the flags" : ""}`);
    Deno.exit(isUsage ? 2 : 1);
  }
}

/**
 * The program of a worker: imports the module of the trial, then runs one trial after another.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { importTrial, runTrial } from "./_run_trial.ts";
import { unpack } from "./_shared_data.ts";
import type { FromWorker, ToWorker } from "./_worker_messages.ts";
import type { TrialJob } from "./runner.ts";
import type { TrialData, TrialFunction } from "./trial.ts";

/** What is used of the scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker | TrialJob>) => void) | null;
  close: () => void;
  addEventListener: (type: "unload", listener: () => void) => void;
  postMessage: (message: FromWorker) => void;
}

const scope = globalThis as unknown as WorkerScope;

/** Says so when the trial ends its worker, which nobody outside would notice otherwise. */
function reportDeath(): void {
  const close = scope.close.bind(scope);
  scope.close = () => {
    scope.postMessage({ kind: "dying" });
    close();
  };
  scope.addEventListener("unload", () => scope.postMessage({ kind: "dying" }));
}

let trial: TrialFunction | null = null;
let data: TrialData = {};

async function answer(message: ToWorker | TrialJob): Promise<FromWorker> {
  if ("index" in message) {
    if (!trial) return { kind: "unusable", message: "a job came before the module" };
    return { kind: "result", result: await runTrial(trial, message, data) };
  }
  try {
    data = unpack(message.data);
    trial = await importTrial(message.module);
    return { kind: "ready" };
  } catch (error) {
    return { kind: "unusable", message: messageOf(error) };
  }
}

/**
 * Makes this thread a worker. What is posted to it before is lost once its first module waits for
 * anything, so that nothing may be awaited until then.
 */
export function serve(): void {
  reportDeath();
  scope.onmessage = async ({ data: message }) => scope.postMessage(await answer(message));
}

/**
 * The program of a worker: imports the module of the trial, then runs one trial after another.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { importTrial, runTrial } from "./_run_trial.ts";
import type { Job } from "./_run_search.ts";
import { type PackedData, unpack } from "./_shared_data.ts";
import type { TrialResult } from "./search_result.ts";
import type { TrialData, TrialFunction } from "./trial.ts";

/** The first message to a worker. All that follow are jobs. */
export interface ToWorker {
  /** The URL of the module that exports `trial`. */
  readonly module: string;
  /** What all trials share. */
  readonly data: PackedData;
}

/** What a worker answers. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "result"; readonly result: TrialResult }
  | { readonly kind: "dying" };

/** What is used of the scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker | Job>) => void) | null;
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

async function answer(message: ToWorker | Job): Promise<FromWorker> {
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

reportDeath();
scope.onmessage = async ({ data: message }) => scope.postMessage(await answer(message));

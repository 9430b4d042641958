/**
 * What workers and those who start them say to each other.
 *
 * @module
 */
import type { PackedData } from "./_shared_data.ts";
import type { TrialResult } from "./search_result.ts";

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

/**
 * The recording flag: whether operations are remembered so that a gradient can go back over them.
 *
 * @module
 */

import { afterCutOff } from "../internal/cut_off.ts";

let recording = true;

const recordAfterCutOff = afterCutOff(() => {
  recording = true;
});

/** Whether operations are recorded. */
export function isRecording(): boolean {
  return recording;
}

/** Runs `work` with recording switched on or off, and restores what was before. */
export function withRecording<T>(on: boolean, work: () => T): T {
  const before = recording;
  recordAfterCutOff();
  recording = on;
  try {
    return work();
  } finally {
    recording = before;
  }
}

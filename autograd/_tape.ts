/**
 * What the tape keeps: for every tensor who made it, for every operation what it was made from and
 * how gradients go back. Values are not here, so that those no backward pass needs can be collected.
 *
 * @module
 */
import { currentWorkspace, type Workspace } from "../kernels/mod.ts";
import type { DType } from "../ndarray/dtypes.ts";
import type { NDArray } from "../ndarray/mod.ts";

/** A run of a workspace: what it handed out is overwritten by the next. */
export interface Stamp {
  readonly workspace: Workspace;
  readonly generation: number;
}

/** The run in progress, or null where memory is not reused. */
export function currentStamp(): Stamp | null {
  const workspace = currentWorkspace();
  return workspace && { workspace, generation: workspace.generation };
}

/** The stamp of an array that was not just computed: null unless the run in progress owns it. */
export function stampOf(x: NDArray): Stamp | null {
  const data = x.data as Parameters<Workspace["owns"]>[0];
  return currentWorkspace()?.owns(data) ? currentStamp() : null;
}

/** Whether the workspace has begun another run since. */
export function isOver(stamp: Stamp | null): boolean {
  return stamp !== null && stamp.generation !== stamp.workspace.generation;
}

/** The error of using what was made in a run that is over. */
export function overError(caller: string, what: string): Error {
  return new Error(
    `${caller}: ${what} was made in an earlier run of a workspace, whose memory has been reused ` +
      `since; use it within the run, or keep a copy of its value made outside`,
  );
}

/**
 * Returns the gradients of an operation's inputs, null where `needs` is false.
 *
 * @param douts The upstream gradient of each output
 * @param needs For each input whether its gradient is wanted
 */
export type Pullback = (
  douts: readonly NDArray[],
  needs: readonly boolean[],
) => readonly (NDArray | null)[];

/** The shape and type of an array. */
export interface Form {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** An operation that was recorded. */
export interface Step {
  /** What it is called in errors. */
  readonly name: string;
  /** Its inputs, null where no gradient goes back. */
  readonly inputs: readonly (Track | null)[];
  /** The versions of the inputs when it was recorded. */
  readonly versions: readonly number[];
  readonly outputs: Track[];
  /** One more than that of any step that leads to it: an order in which all steps can be undone. */
  readonly depth: number;
  readonly stamp: Stamp | null;
  readonly pullback: Pullback;
}

/** What the tape knows of a tensor. */
export class Track implements Form {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The step that made it; null for a leaf. */
  readonly step: Step | null;
  /** Whether gradients go back to it. */
  wanted: boolean;
  /** How often its value was overwritten in place. */
  version = 0;
  grad: NDArray | null = null;
  gradStamp: Stamp | null = null;

  constructor({ shape, dtype }: Form, wanted: boolean, step: Step | null = null) {
    this.shape = shape;
    this.dtype = dtype;
    this.wanted = wanted;
    this.step = step;
    step?.outputs.push(this);
  }
}

/** Makes a step; what it puts out are the tracks that are made of it. */
export function makeStep(
  name: string,
  inputs: readonly (Track | null)[],
  stamp: Stamp | null,
  pullback: Pullback,
): Step {
  const versions: number[] = [];
  let depth = 0;
  for (const input of inputs) {
    versions.push(input?.version ?? 0);
    if (input?.step && input.step.depth >= depth) depth = input.step.depth + 1;
  }
  return { name, inputs, versions, outputs: [], depth, stamp, pullback };
}

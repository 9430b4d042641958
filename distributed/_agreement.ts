/** Models that are the same on all ranks, before anything is summed. */
import { showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { TrainableModel } from "../nn/model.ts";
import type { Communicator } from "./communicator.ts";

/** A float array that a model holds. */
interface Named {
  readonly name: string;
  readonly array: NDArray;
}

/**
 * Checks that all ranks have the parameters and buffers of rank 0, by name, shape and type, and
 * gives all of them its values.
 *
 * @throws {RangeError} If a rank has others: on every rank
 */
export function agreeOnModel(
  caller: string,
  model: TrainableModel,
  communicator: Communicator,
): void {
  const arrays = [...named("params", model.params), ...named("buffers", model.buffers ?? {})];
  const own = arrays.map(({ name, array }) => `${name} ${showShape(array.shape)} ${array.dtype}`);
  const first = linesOf(0, own, communicator);
  const differs = new Float64Array(communicator.size);
  if (firstDifference(own, first) >= 0) differs[communicator.rank] = 1;
  communicator.allReduce(differs);
  const rank = differs.indexOf(1);
  if (rank >= 0) {
    // The launcher ends the others with the first that fails: whichever it is says the same.
    const others = linesOf(rank, own, communicator);
    const at = firstDifference(others, first);
    throw new RangeError(
      `${caller}: the model of rank ${rank} is not that of rank 0: ${others[at] ?? "nothing"} ` +
        `instead of ${first[at] ?? "nothing"}; make it in the same way on all ranks`,
    );
  }
  for (const { array } of arrays) if (isFloat(array)) communicator.broadcast(array, 0);
}

/** The buffers that are averaged: those of floats. */
export function floatBuffers({ buffers = {} }: TrainableModel): NDArray[] {
  return Object.values(buffers).filter(isFloat);
}

function isFloat({ dtype }: NDArray): boolean {
  return dtype === "float32" || dtype === "float64";
}

function named(kind: string, arrays: Readonly<Record<string, NDArray>>): Named[] {
  return Object.entries(arrays).map(([name, array]) => ({ name: `${kind}.${name}`, array }));
}

/** The first place where two lists differ, or -1. */
function firstDifference(a: readonly string[], b: readonly string[]): number {
  return (a.length > b.length ? a : b).findIndex((_, i) => a[i] !== b[i]);
}

/** The lines that one rank has. */
function linesOf(rank: number, own: readonly string[], communicator: Communicator): string[] {
  const bytes = new TextEncoder().encode(own.join("\n"));
  const length = new Float32Array([bytes.length]);
  communicator.broadcast(length, rank);
  const sent = new Float32Array(length[0]);
  if (communicator.rank === rank) sent.set(bytes);
  communicator.broadcast(sent, rank);
  return new TextDecoder().decode(Uint8Array.from(sent)).split("\n");
}

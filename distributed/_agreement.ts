/** What must be the same on all ranks, before anything is summed. */
import { showShape } from "../internal/shapes.ts";
import type { TrainableModel } from "../nn/model.ts";
import { broadcastBytes } from "./_bytes.ts";
import type { Communicator } from "./communicator.ts";

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
  const all = { params: model.params, buffers: model.buffers ?? {} };
  const lines = Object.entries(all).flatMap(([kind, arrays]) =>
    Object.entries(arrays).map(([name, { shape, dtype }]) =>
      `${kind}.${name} ${showShape(shape)} ${dtype}`
    )
  );
  agreeOn(
    communicator,
    lines,
    (rank, differs, first) =>
      `${caller}: the model of rank ${rank} is not that of rank 0: ${differs} instead of ${first}; ` +
      "make it in the same way on all ranks",
  );
  for (const array of Object.values(model.params)) communicator.broadcast(array, 0);
  broadcastBuffers(model, communicator);
}

/** Gives all ranks the buffers of rank 0. */
export function broadcastBuffers(
  { buffers = {} }: TrainableModel,
  communicator: Communicator,
): void {
  for (const array of Object.values(buffers)) {
    if (array.dtype === "float32" || array.dtype === "float64") communicator.broadcast(array, 0);
  }
}

/**
 * Checks that all ranks have the same lines.
 *
 * @param message Says that a rank differs, by the first line that does and that of rank 0
 * @throws {RangeError} If a rank has other lines than rank 0: on every rank
 */
export function agreeOn(
  communicator: Communicator,
  lines: readonly string[],
  message: (rank: number, differs: string, first: string) => string,
): void {
  const first = linesOf(0, lines, communicator);
  const differs = new Float64Array(communicator.size);
  if (firstDifference(lines, first) >= 0) differs[communicator.rank] = 1;
  communicator.allReduce(differs);
  const rank = differs.indexOf(1);
  if (rank < 0) return;
  // The launcher ends the others with the first that fails: whichever it is says the same.
  const others = linesOf(rank, lines, communicator);
  const at = firstDifference(others, first);
  throw new RangeError(message(rank, others[at] ?? "nothing", first[at] ?? "nothing"));
}

/** The first place where two lists differ, or -1. */
function firstDifference(a: readonly string[], b: readonly string[]): number {
  return (a.length > b.length ? a : b).findIndex((_, i) => a[i] !== b[i]);
}

/** The lines that one rank has. */
function linesOf(rank: number, own: readonly string[], communicator: Communicator): string[] {
  const text = new TextEncoder().encode(own.join("\n"));
  return new TextDecoder().decode(broadcastBytes(text, rank, communicator)).split("\n");
}

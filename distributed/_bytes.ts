/** Bytes sent to all ranks, as arrays of doubles that nobody computes with. */
import type { Communicator } from "./communicator.ts";

/** Most doubles of one message. */
const PIECE = 2 ** 24;

/**
 * Gives all ranks the bytes of one.
 *
 * @param own What this rank would send
 * @param root Whose bytes all get
 */
export function broadcastBytes(
  own: Uint8Array,
  root: number,
  communicator: Communicator,
): Uint8Array {
  const length = new Float64Array([own.length]);
  communicator.broadcast(length, root);
  const words = new Float64Array(Math.ceil(length[0] / 8));
  const bytes = new Uint8Array(words.buffer, 0, length[0]);
  if (communicator.rank === root) bytes.set(own);
  for (let at = 0; at < words.length; at += PIECE) {
    communicator.broadcast(words.subarray(at, at + PIECE), root);
  }
  return bytes;
}

/**
 * Gives all ranks what rank 0 reads.
 *
 * @throws {Error} On all ranks, if reading fails
 */
export async function readOnce(
  read: () => Promise<Uint8Array>,
  communicator: Communicator,
): Promise<Uint8Array> {
  let content = new Uint8Array(0);
  let failure: unknown = null;
  if (communicator.rank === 0) {
    try {
      content = Uint8Array.from(await read());
    } catch (error) {
      failure = error;
    }
  }
  const problem = failure === null
    ? ""
    : failure instanceof Error
    ? failure.message
    : String(failure);
  const told = broadcastBytes(new TextEncoder().encode(problem), 0, communicator);
  if (failure !== null) throw failure;
  if (told.length > 0) {
    throw new Error(`rank 0 could not read for all: ${new TextDecoder().decode(told)}`);
  }
  return broadcastBytes(content, 0, communicator);
}

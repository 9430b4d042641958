/** The cost model of `docs/distributed_training.md`: seconds of a sum over several ranks, and of a step. */

/** What connects the ranks. */
export interface Network {
  /** Seconds until a message that holds nothing has arrived. */
  readonly latency: number;
  /** Bytes a second that a link carries, in each direction at once. */
  readonly bandwidth: number;
}

/** How a sum goes: around a ring, or by halves up and down a tree. */
export type Reduction = "ring" | "tree";

/**
 * Seconds of a sum of `bytes` over `ranks`. In a ring every rank sends each of its `ranks` parts to its
 * neighbour twice, to be summed and to be told; in a tree the halves of what is left are exchanged
 * with a partner, `log2` times there and back.
 */
export function reductionSeconds(
  kind: Reduction,
  bytes: number,
  ranks: number,
  { latency, bandwidth }: Network,
): number {
  if (ranks === 1) return 0;
  const messages = kind === "ring" ? 2 * (ranks - 1) : 2 * Math.ceil(Math.log2(ranks));
  return messages * latency + 2 * (ranks - 1) / ranks * bytes / bandwidth;
}

/** The seconds that a step of one rank computes, of its own rows, and what it sums. */
export interface Work {
  readonly forward: number;
  readonly backward: number;
  readonly bytes: number;
  /** Bytes of the last bucket, whose sum nothing is left to hide. */
  readonly last: number;
}

/** Seconds of a step whose sums begin behind the backward pass, or while it goes on. */
export function stepSeconds(
  { forward, backward, bytes, last }: Work,
  ranks: number,
  network: Network,
  kind: Reduction,
  overlap: boolean,
): number {
  const all = reductionSeconds(kind, bytes, ranks, network);
  if (!overlap) return forward + backward + all;
  const hidden = reductionSeconds(kind, bytes - last, ranks, network);
  return forward + Math.max(backward, hidden) + (all - hidden);
}

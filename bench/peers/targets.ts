/** Holds figures against targets. */
import { peers as entries } from "./peer_list.ts";
import {
  medianOf,
  type PeerInfo,
  type Result,
  type TargetResult,
  type WorkResult,
} from "./results.ts";
import type { Target, Work } from "./works.ts";

/**
 * What came of each target of a work whose peers took part in the run, `earlier` the works before
 * it.
 */
export function judge(
  work: Work,
  results: Record<string, Result>,
  peers: readonly PeerInfo[],
  earlier: readonly WorkResult[],
): TargetResult[] {
  const title = (name: string) => entries.find((entry) => entry.name === name)!.title;
  return work.targets.map((target): TargetResult => {
    const time = medianOf(results, target.peer);
    const name = title(target.peer);
    if (target.ratio !== undefined) {
      const there = earlier.find(({ name }) => name === target.at);
      const other = medianOf(target.at ? there?.results ?? {} : results, target.than!);
      const value = time !== null && other !== null ? time / other : null;
      return atMost(
        `${name} ≤ ${rounded(target.ratio)} × ${title(target.than!)}` +
          (target.at ? ` at ${target.at}` : ""),
        value,
        target.ratio,
      );
    }
    if (target.milliseconds !== undefined) {
      return atMost(`${name} ≤ ${1000 * target.milliseconds} µs`, time, target.milliseconds);
    }
    return atLeast(name, target, work, time, peers);
  });
}

function atMost(target: string, value: number | null, limit: number): TargetResult {
  return { target, limit, value, met: value === null ? null : value <= limit };
}

function atLeast(
  name: string,
  { peer, gflopsPerThread: limit = 0 }: Target,
  { flops = 0 }: Work,
  time: number | null,
  peers: readonly PeerInfo[],
): TargetResult {
  const threads = peers.find((info) => info.name === peer)?.threads || 1;
  const value = time === null ? null : flops / time / 1e6 / threads;
  const target = `${name} ≥ ${limit} GFLOP/s a thread`;
  return { target, limit, value, met: value === null ? null : value >= limit };
}

/** Two digits after the point at most. */
function rounded(value: number): string {
  return String(Math.round(100 * value) / 100);
}

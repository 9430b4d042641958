/** What a run finds, as it stands in the JSON file. */
import type { Machine } from "./machine.ts";

/** Statistics of the samples of one peer at one work, in the unit of the work. */
export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly p90: number;
  /** Number of samples. */
  readonly samples: number;
}

/** Why there are no figures; `off` is the relative difference of a peer that disagrees. */
export interface Skipped {
  readonly skipped: string;
  readonly off?: number;
}

/** Figures, or why there are none. */
export type Result = Figures | Skipped;

/** A peer, as it described itself. */
export interface PeerInfo {
  readonly name: string;
  readonly title: string;
  /** Whether it could be started. */
  readonly here: boolean;
  /** Why it is not here. */
  readonly reason?: string;
  readonly version?: string;
  readonly detail?: string;
  /** Threads it uses; 0 if it does not say. */
  readonly threads?: number;
}

/** A target and what came of it. */
export interface TargetResult {
  /** The target in words. */
  readonly target: string;
  /** The figure to reach. */
  readonly limit: number;
  /** The figure that was measured, or null if one of its parts is missing. */
  readonly value: number | null;
  readonly met: boolean | null;
}

/** One work. */
export interface WorkResult {
  readonly name: string;
  readonly title: string;
  readonly unit: "ms" | "MB";
  readonly flops?: number;
  readonly bytes?: number;
  /** By the name of the peer. */
  readonly results: Record<string, Result>;
  readonly targets: readonly TargetResult[];
}

/** The whole file. */
export interface Report {
  readonly format: "nndl-bench-peers-1";
  /** When the run began, ISO 8601. */
  readonly date: string;
  /** Whether it was a short run, whose figures are rough. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly peers: readonly PeerInfo[];
  readonly works: WorkResult[];
}

/** The statistics of samples, at least one. */
export function summarize(samples: readonly number[]): Figures {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (part: number) => {
    const position = part * (sorted.length - 1);
    const below = sorted[Math.floor(position)];
    return below + (sorted[Math.ceil(position)] - below) * (position % 1);
  };
  return { median: at(0.5), min: sorted[0], p90: at(0.9), samples: sorted.length };
}

/** The median of a peer, or null if it has none. */
export function medianOf(results: Record<string, Result>, peer: string): number | null {
  const result = results[peer];
  return result && "median" in result ? result.median : null;
}

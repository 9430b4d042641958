/** What the figures were measured on. */
import os from "node:os";

/** A description of the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly os: string;
  readonly deno: string;
  readonly v8: string;
  /** Mean number of processes that wanted to run in the minute before the run; 0 is a quiet one. */
  readonly loadBefore: number;
  /** The same in the last minute of the run: the peers' own threads are in it. */
  loadAfter: number;
}

/** The processes that want to run, mean of the last minute. */
export function load(): number {
  return Math.round(os.loadavg()[0] * 100) / 100;
}

/** Describes this machine before a run. */
export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() || Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    os: `${Deno.build.os} ${os.release()}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    loadBefore: load(),
    loadAfter: 0,
  };
}

/** The side of a peer that is written in TypeScript: reads requests, checks, times, answers. */
import { readNpy } from "../../io/npy.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { CannotDo } from "./peer_process.ts";
import type { AxpySpec, GemmSpec, ModelSpec, NetSpec, WorkSpec } from "./works.ts";

/** One unit of work; a training step returns its loss. */
export type Step = () => unknown;

/** A kernel to time, and a look at its result. */
export interface KernelWork {
  readonly step: Step;
  readonly result: () => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** What a peer can do. Throws {@linkcode CannotDo} for what it cannot. */
export interface PeerProgram {
  describe(): Promise<Description> | Description;
  gemm(spec: GemmSpec, a: NDArray, b: NDArray): Promise<KernelWork> | KernelWork;
  axpy(spec: AxpySpec, x: Float32Array, y: Float32Array): Promise<KernelWork> | KernelWork;
  net(spec: NetSpec, arrays: Record<string, NDArray>): Promise<Step> | Step;
  /** A network of modules; a peer without this takes no part in those works. */
  model?(spec: ModelSpec, arrays: Record<string, NDArray>): Promise<Step> | Step;
}

/** What a peer says of itself. */
export interface Description {
  readonly version: string;
  readonly detail: string;
  readonly threads: number;
}

/** Milliseconds after which the losses so far must do for the comparison. */
const SLOW = 5000;

interface Prepared {
  readonly step: Step;
  readonly check: readonly number[];
}

/** Answers requests until stdin ends. */
export async function serve(program: PeerProgram): Promise<void> {
  // Libraries greet on the console; stdout is for answers.
  for (const name of ["log", "info", "debug", "warn"] as const) console[name] = console.error;
  let prepared: Prepared | null = null;
  for await (const request of requests()) {
    try {
      switch (request.command) {
        case "describe":
          answer(await program.describe());
          break;
        case "prepare":
          prepared = null;
          prepared = await prepare(program, request.spec!, request.folder!);
          answer({ check: prepared.check });
          break;
        case "run":
          answer({ times: await time(prepared!.step, request) });
          break;
        case "memory":
          answer({ megabytes: peakMemory() });
      }
    } catch (error) {
      answer({ cannot: error instanceof CannotDo ? error.message : String(error) });
    }
  }
}

interface Request {
  readonly command: "describe" | "prepare" | "run" | "memory";
  readonly spec?: WorkSpec;
  readonly folder?: string;
  readonly samples?: number;
  readonly inner?: number;
  readonly budget?: number;
}

async function* requests(): AsyncGenerator<Request> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

function answer(message: object): void {
  const bytes = new TextEncoder().encode(JSON.stringify(message) + "\n");
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

async function prepare(program: PeerProgram, spec: WorkSpec, folder: string): Promise<Prepared> {
  if (spec.kind === "net" || spec.kind === "model") {
    const arrays = await readArrays(folder);
    const make = (spec: NetSpec | ModelSpec) => {
      if (spec.kind === "net") return program.net(spec, arrays);
      if (program.model) return program.model(spec, arrays);
      throw new CannotDo("has no such network");
    };
    const checked = await make({ ...spec, keep: 1, rate: spec.checkRate });
    const check: number[] = [];
    const start = performance.now();
    do check.push(Number(await checked())); while (
      check.length < 3 && performance.now() - start < SLOW
    );
    return { step: await make(spec), check };
  }
  const { step, result } = spec.kind === "gemm"
    ? await program.gemm(
      spec,
      await readNpy(`${folder}/a.npy`),
      await readNpy(`${folder}/b.npy`),
    )
    : await program.axpy(spec, ramp(spec.size), ramp(spec.size));
  await step();
  const values = await result();
  const check = Array.from(
    { length: 8 },
    (_, i) => values[Math.floor(i * (values.length - 1) / 7)],
  );
  return { step, check };
}

/** 0 to 96, over and over: values that need no file. */
function ramp(size: number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = i % 97;
  return values;
}

async function readArrays(folder: string): Promise<Record<string, NDArray>> {
  const arrays: Record<string, NDArray> = {};
  for await (const { name } of Deno.readDir(folder)) {
    arrays[name.replace(/\.npy$/, "")] = await readNpy(`${folder}/${name}`);
  }
  return arrays;
}

/** Milliseconds of one step, for each sample of `inner` steps, until the budget is spent. */
async function time(step: Step, { samples = 1, inner = 1, budget = 0 }: Request) {
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < samples) {
    const start = performance.now();
    for (let i = 0; i < inner; i++) {
      const result = step();
      if (result instanceof Promise) await result;
    }
    const end = performance.now();
    times.push((end - start) / inner);
    if (end - begin > budget) break;
  }
  return times;
}

/** The largest resident set so far, megabytes. */
function peakMemory(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(status.match(/VmHWM:\s+(\d+) kB/)![1]) / 1024;
  } catch {
    return Deno.memoryUsage().rss / 2 ** 20;
  }
}

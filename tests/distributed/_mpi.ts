/** Runs a program on several ranks, where there is an MPI to do it. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** A launcher and the library beside it. */
export interface Mpi {
  readonly launcher: string;
  readonly library: string;
}

/** What came of a job. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The launcher that `NNDL_MPIRUN` names or that is on the search path, or why there is none. */
function findMpi(): Mpi | string {
  const named = Deno.env.get("NNDL_MPIRUN");
  const onPath = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/mpiexec`);
  const launcher = (named ? [named] : onPath).find(isFile);
  if (!launcher) {
    return "no mpiexec; pip install mpich and put it on PATH, or name it in NNDL_MPIRUN";
  }
  const prefix = launcher.replace(/[^/]+\/[^/]+$/, "");
  const library = `${prefix}lib/libmpi_abi.so.1`;
  return isFile(library) ? { launcher, library } : `there is no ${library} beside ${launcher}`;
}

/** Whether there is such a file. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

export const mpi: Mpi | string = findMpi();

/** Name and `ignore` of a test that needs MPI. */
export function needsMpi(name: string): { name: string; ignore: boolean } {
  return typeof mpi === "string"
    ? { name: `${name} (${mpi})`, ignore: true }
    : { name, ignore: false };
}

/** How a job is started. */
export interface JobOptions {
  /** Processes. */
  readonly ranks?: number;
  /** Flags of `deno run`, in place of all permissions. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another launcher. */
  readonly launcher?: string;
  /** Starts a process without a launcher. */
  readonly alone?: boolean;
}

/** Path of a program, given relative to this file. */
export function programFile(program: string): string {
  return fileURLToPath(new URL(program, import.meta.url));
}

/** Runs a program beside this file to its end, for a minute and a half at most. */
export async function runJob(
  program: string,
  args: readonly string[],
  { ranks = 2, flags = ["--allow-all"], env = {}, launcher, alone = false }: JobOptions = {},
): Promise<Outcome> {
  const found = typeof mpi === "string" ? { launcher: "mpiexec", library: "" } : mpi;
  const deno = ["run", "--no-prompt", "--no-check", "--no-lock", ...flags];
  deno.push(programFile(program), ...args);
  const command = alone
    ? [Deno.execPath(), ...deno]
    : [launcher ?? found.launcher, "-n", String(ranks), Deno.execPath(), ...deno];
  const { code, stdout, stderr, signal } = await new Deno.Command(command[0], {
    args: command.slice(1),
    env: { NNDL_MPI: found.library, ...env },
    signal: AbortSignal.timeout(90_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(signal, null, `the job did not end: ${text(stdout)}${text(stderr)}`);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a program that must end well, and reads the line of JSON that each rank prints. */
export async function results<T>(
  program: string,
  args: readonly string[],
  options: JobOptions = {},
): Promise<T[]> {
  const { code, stdout, stderr } = await runJob(program, args, options);
  assert.equal(code, 0, stderr || stdout.slice(-1000));
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return lines.sort((a, b) => a.rank - b.rank);
}

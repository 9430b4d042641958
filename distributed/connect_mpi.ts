/**
 * A communicator on MPI.
 *
 * @module
 */
import { environment } from "../internal/environment.ts";
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Abi, Handles } from "./_mpi_abi.ts";
import { type MpiFunctions, openMpi } from "./_mpi_library.ts";
import { ProgressThread } from "./_progress.ts";
import type { Communicator, PendingReduction, Summable } from "./communicator.ts";

/**
 * Options of {@linkcode connectMpi}.
 *
 * @category Several processes
 */
export interface MpiOptions {
  /**
   * The library's file, as a path or a `file:` URL. Without it the file that the environment variable
   * `NNDL_MPI` names, else what is found beside the launcher, in a Python environment, or in the
   * system's folders.
   */
  readonly library?: string | URL;
}

/** A library that is initialised. */
interface MpiLibrary {
  readonly path: string;
  readonly version: string;
  readonly functions: MpiFunctions;
  readonly interface: Abi;
  readonly abi: Handles;
  /** Whether several threads may call it. */
  readonly threads: boolean;
}

/** What to do about a library that is not the launcher's. */
const ADVICE = "they belong to different MPIs; use the launcher of this library, or name the " +
  "launcher's library in NNDL_MPI";

/** Most elements of one sum: a count is a 32-bit integer. */
const MAX_COUNT = 2 ** 31 - 1;

/**
 * Polls between sleeps, enough for a small sum between processes that run at once. Each does a little
 * of what there is to do.
 */
const POLLS = 50;

/** Shortest and longest sleep between polls, in milliseconds. */
const [SHORTEST, LONGEST] = [0.05, 0.5];

/**
 * Joins the processes that an MPI launcher started: `mpirun -n 2 deno run …` makes ranks 0 and 1.
 * Without a launcher the process is rank 0 of 1.
 *
 * It uses a library of the standard ABI of MPI 5 (`libmpi_abi`; `pip install mpich` brings one), or
 * those of MPICH, Intel MPI or Open MPI with their own. Needs `--allow-ffi` and `--allow-read` for the library's file; from the environment
 * it reads what it is allowed to, and asks for nothing.
 *
 * @param options Which library
 * @returns The communicator; close it when all work is done
 * @throws {TypeError} If an option is of the wrong kind or there is no such option
 * @throws {Error} If no library can be used, it is not that of the launcher, or this process is
 * connected already
 *
 * @example
 * ```ts
 * import { connectMpi } from "@nndl/nndl/distributed";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => connectMpi({ library: "/nowhere/libmpi_abi.so.1" }), /there is no such file/);
 * ```
 *
 * @category Several processes
 */
export function connectMpi(options: MpiOptions = {}): Communicator {
  checkOptionNames("connectMpi", options, ["library"], { path: "library", file: "library" });
  const opened = openMpi(options.library);
  const { functions } = opened;
  const value = new Int32Array(1);
  functions.MPI_Initialized(value);
  if (value[0] !== 0) {
    throw new Error("connectMpi: this process is connected already; pass the communicator on");
  }
  const isOpenMpis = environment("OMPI_COMM_WORLD_SIZE") !== undefined;
  if (isOpenMpis && !opened.version.startsWith("Open MPI")) {
    // Some end the process in MPI_Init.
    throw new Error(
      `connectMpi: the launcher is Open MPI's, but ${opened.path} is ${opened.version}: ${ADVICE}`,
    );
  }
  const { threadMultiple } = opened.interface;
  check(opened, "MPI_Init_thread", functions.MPI_Init_thread(null, null, threadMultiple, value));
  const threads = value[0] >= threadMultiple;
  const abi = opened.handles();
  const library: MpiLibrary = { ...opened, abi, threads };
  functions.MPI_Comm_set_errhandler(abi.world, abi.errorsReturn);
  check(library, "MPI_Comm_rank", functions.MPI_Comm_rank(abi.world, value));
  const rank = value[0];
  check(library, "MPI_Comm_size", functions.MPI_Comm_size(abi.world, value));
  const size = value[0];
  const started = launchedSize();
  if (started !== null && started !== size) {
    functions.MPI_Finalize();
    throw new Error(
      `connectMpi: the launcher started ${started} processes, but ${library.path} ` +
        `(${library.version}) sees ${size}: ${ADVICE}`,
    );
  }
  return new MpiCommunicator(library, rank, size);
}

/** How many processes the launcher says it started, or null if there is none to say so. */
function launchedSize(): number | null {
  for (const variable of ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE"]) {
    const text = environment(variable);
    if (text !== undefined && /^[1-9]\d*$/.test(text)) return Number(text);
  }
  return null;
}

class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly description: string;
  readonly #library: MpiLibrary;
  #closed = false;
  /** Keeps arrays alive while the library writes to them. */
  readonly #pending = new Set<MpiRequest>();
  /** Drives sums on that nobody waits for; null if there can be no such thread. */
  #progress: ProgressThread | null | undefined;

  constructor(library: MpiLibrary, rank: number, size: number) {
    this.#library = library;
    this.rank = rank;
    this.size = size;
    this.description = `${library.version} (${library.path})`;
    // A launcher takes a process that ends well without taking leave for one that did its part,
    // and the others would wait for it.
    globalThis.addEventListener("unload", () => this.#abortUnlessClosed());
  }

  allReduce(x: Summable): void {
    this.#startAllReduce("allReduce", x).wait();
  }

  startAllReduce(x: Summable): PendingReduction {
    return this.#startAllReduce("startAllReduce", x);
  }

  whileDriving<T>(work: () => T): T {
    const { threads, path, interface: { handle }, abi } = this.#library;
    if (this.#progress === undefined) {
      this.#progress = threads && this.size > 1 ? ProgressThread.start(path, handle, abi) : null;
    }
    this.#progress?.drive();
    try {
      return work();
    } finally {
      // Memory that the library writes to may be gone once an error has ended the program.
      this.#progress?.pause();
    }
  }

  broadcast(x: Summable, root: number): void {
    const data = floatsOf("broadcast", x);
    if (!Number.isInteger(root) || root < 0 || root >= this.size) {
      throw new RangeError(
        `broadcast: root must be a rank from 0 to ${this.size - 1}, got ${showValue(root)}`,
      );
    }
    const { functions, abi } = this.#library;
    this.#begin(
      "MPI_Ibcast",
      data,
      (slot) => functions.MPI_Ibcast(data, data.length, this.#typeOf(data), root, abi.world, slot),
    ).wait();
  }

  barrier(): void {
    const { functions, abi } = this.#library;
    this.#begin("MPI_Ibarrier", null, (slot) => functions.MPI_Ibarrier(abi.world, slot)).wait();
  }

  close(): void {
    if (this.#closed) return;
    for (const request of this.#pending) request.wait();
    this.#progress?.end();
    check(this.#library, "MPI_Finalize", this.#library.functions.MPI_Finalize());
    this.#closed = true;
  }

  #startAllReduce(caller: string, x: Summable): MpiRequest {
    const data = floatsOf(caller, x);
    const { functions, abi } = this.#library;
    return this.#begin("MPI_Iallreduce", data, (slot) =>
      functions.MPI_Iallreduce(
        abi.inPlace,
        data,
        data.length,
        this.#typeOf(data),
        abi.sum,
        abi.world,
        slot,
      ));
  }

  #begin(
    call: string,
    data: Float32Array | Float64Array | null,
    start: (slot: BigUint64Array) => number,
  ): MpiRequest {
    if (this.#closed) throw new Error(`${call}: the communicator is closed`);
    const slot = new BigUint64Array(1);
    // Asking for the buffer moves small arrays to where the garbage collector leaves them.
    void [slot.buffer, data?.buffer];
    check(this.#library, call, start(slot));
    const request = new MpiRequest(this.#library, call, slot, data, this.#pending);
    this.#pending.add(request);
    return request;
  }

  #typeOf(data: Float32Array | Float64Array): number {
    const { abi } = this.#library;
    return data instanceof Float32Array ? abi.float32 : abi.float64;
  }

  #abortUnlessClosed(): void {
    if (this.#closed || this.size === 1) return;
    // A process that fails has said why.
    if (Deno.exitCode === 0) {
      console.error(
        `rank ${this.rank} of ${this.size} ends without communicator.close(), which ends the job`,
      );
    }
    // A call of the thread in the middle of that would have the last word.
    this.#progress?.end();
    this.#library.functions.MPI_Abort(this.#library.abi.world, Deno.exitCode || 1);
  }
}

/** A collective call that is under way. */
class MpiRequest implements PendingReduction {
  readonly #library: MpiLibrary;
  readonly #call: string;
  readonly #slot: BigUint64Array;
  readonly #flag = new Int32Array(1);
  readonly #pending: Set<MpiRequest>;
  /** The array that the library writes to. */
  data: Float32Array | Float64Array | null;
  #done = false;

  constructor(
    library: MpiLibrary,
    call: string,
    slot: BigUint64Array,
    data: Float32Array | Float64Array | null,
    pending: Set<MpiRequest>,
  ) {
    this.#library = library;
    this.#call = call;
    this.#slot = slot;
    this.data = data;
    this.#pending = pending;
  }

  poll(): boolean {
    if (this.#done) return true;
    const { functions, abi } = this.#library;
    const code = functions.MPI_Test(this.#slot, this.#flag, abi.ignoreStatus);
    if (code === 0 && this.#flag[0] === 0) return false;
    this.#done = true;
    this.data = null;
    this.#pending.delete(this);
    check(this.#library, this.#call, code);
    return true;
  }

  wait(): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let sleep = SHORTEST;; sleep = Math.min(2 * sleep, LONGEST)) {
      for (let polls = 0; polls < POLLS; polls++) if (this.poll()) return;
      Atomics.wait(clock, 0, 0, sleep);
    }
  }
}

function floatsOf(caller: string, x: Summable): Float32Array | Float64Array {
  const data: unknown = x instanceof NDArray ? x.data : x;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    const got = x instanceof NDArray ? `an NDArray of ${x.dtype}` : showValue(x);
    throw new TypeError(`${caller}: x must be a float32 or float64 array, got ${got}`);
  }
  if (data.length > MAX_COUNT) {
    throw new RangeError(`${caller}: x may have ${MAX_COUNT} elements, got ${data.length}`);
  }
  return data;
}

/** Throws if a call returned an error. */
function check({ functions }: Pick<MpiLibrary, "functions">, call: string, code: number): void {
  if (code === 0) return;
  const text = new Uint8Array(512);
  const length = new Int32Array(1);
  functions.MPI_Error_string(code, text, length);
  const message = new TextDecoder().decode(text.subarray(0, length[0]));
  throw new Error(`${call}: ${message || `error ${code}`}`);
}

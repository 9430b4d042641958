/**
 * An MPI library, found and opened.
 *
 * @module
 */
import { environment, granted } from "../internal/environment.ts";
import { problemWith } from "../internal/inspect_library.ts";
import { messageOf } from "../internal/message_of.ts";
import { pathOf } from "../internal/paths.ts";
import { type Abi, abiOf, type Converters, type Handles } from "./_mpi_abi.ts";
import { mpiPlaces } from "./_mpi_places.ts";

/** Arrays whose address a function takes. */
type Memory = Float32Array | Float64Array | Int32Array | Uint8Array | BigUint64Array;

/** The functions in use. All return an error code, 0 if there was none. */
export interface MpiFunctions {
  MPI_Init_thread(argc: null, argv: null, required: number, provided: Int32Array): number;
  MPI_Initialized(flag: Int32Array): number;
  MPI_Finalize(): number;
  MPI_Abort(comm: number, code: number): number;
  MPI_Comm_rank(comm: number, rank: Int32Array): number;
  MPI_Comm_size(comm: number, size: Int32Array): number;
  MPI_Comm_set_errhandler(comm: number, handler: number): number;
  MPI_Iallreduce(
    from: bigint,
    to: Memory,
    count: number,
    type: number,
    op: number,
    comm: number,
    request: Memory,
  ): number;
  MPI_Ibcast(
    x: Memory,
    count: number,
    type: number,
    root: number,
    comm: number,
    request: Memory,
  ): number;
  MPI_Ibarrier(comm: number, request: Memory): number;
  MPI_Test(request: Memory, flag: Int32Array, status: bigint): number;
  MPI_Error_string(code: number, text: Uint8Array, length: Int32Array): number;
}

/** An open library. */
export interface OpenedMpi {
  readonly path: string;
  /** The first line of its version. */
  readonly version: string;
  readonly functions: MpiFunctions;
  readonly interface: Abi;
  /** The values of its handles, once it is initialised. */
  handles(): Handles;
}

/** Longest version that the standard allows. */
const VERSION_BYTES = 8192;

/**
 * Opens the library that an option names, else the one that `NNDL_MPI` names, else the first that
 * is found.
 *
 * @throws {TypeError} If `named` is no path
 * @throws {Error} If there is none, or it cannot be used
 */
export function openMpi(named: string | URL | undefined): OpenedMpi {
  if (typeof globalThis.Deno?.dlopen !== "function") {
    throw new Error("connectMpi: this runtime has no Deno.dlopen, run it in Deno");
  }
  if (named !== undefined && typeof named !== "string" && !(named instanceof URL)) {
    throw new TypeError(`connectMpi: library must be a path or a file: URL, got ${typeof named}`);
  }
  const chosen = named ?? environment("NNDL_MPI");
  if (chosen) {
    const path = absolute(pathOf(chosen, "connectMpi", "library"));
    const result = open(path);
    if (typeof result !== "string") return result;
    throw new Error(`connectMpi: ${path}: ${result}`);
  }
  const refusals: string[] = [];
  for (const path of mpiPlaces()) {
    const result = open(path);
    if (typeof result !== "string") return result;
    if (result !== NOT_THERE) refusals.push(`${path}: ${result}`);
  }
  throw new Error(
    `connectMpi: no MPI library was found${refusals.length > 0 ? "" : " in the usual places"}; ` +
      "pip install mpich brings one, NNDL_MPI or the option library names its file, and opening " +
      "it needs --allow-ffi and --allow-read" +
      refusals.slice(0, 3).map((line) => `\n  ${line}`).join(""),
  );
}

const NOT_THERE = "there is no such file";

/** A bare name is a file of the current folder. */
function absolute(path: string): string {
  return /[\\/]/.test(path) ? path : `./${path}`;
}

/** Opens a library, or says why not. */
function open(path: string): OpenedMpi | string {
  if (!granted({ name: "read", path })) {
    return "checking it before it is opened needs --allow-read";
  }
  const problem = problemWith(path);
  if (problem !== null) return problem;
  if (!granted({ name: "ffi", path })) return "opening it needs --allow-ffi";
  try {
    const version = versionOf(path);
    const abi = abiOf(path, version);
    if (abi === null) {
      return `"${version}" has a binary interface of its own; take a library of the standard ` +
        "one, libmpi_abi, or MPICH or Open MPI, and its launcher";
    }
    const { symbols } = Deno.dlopen(path, symbolsOf(abi));
    const { handles } = abi;
    return {
      path,
      version,
      functions: symbols as unknown as MpiFunctions,
      interface: abi,
      handles: () =>
        typeof handles === "function" ? handles(symbols as unknown as Converters) : handles,
    };
  } catch (error) {
    return `it is no MPI library (${messageOf(error)})`;
  }
}

/** The first line of what the library says of itself, which it does before anything is initialised. */
function versionOf(path: string): string {
  const probe = Deno.dlopen(path, {
    MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  });
  const text = new Uint8Array(VERSION_BYTES);
  const length = new Int32Array(1);
  probe.symbols.MPI_Get_library_version(text, length);
  return new TextDecoder().decode(text.subarray(0, length[0])).split(/[\n\0]/)[0]
    .replaceAll(/\s+/g, " ").trim();
}

function symbolsOf({ handle, handles }: Abi): Deno.ForeignLibraryInterface {
  const convert = { parameters: ["i32"], result: handle } as const;
  const define = (...parameters: Deno.NativeType[]): Deno.ForeignFunction => ({
    parameters,
    result: "i32",
  });
  return {
    MPI_Init_thread: define("pointer", "pointer", "i32", "buffer"),
    MPI_Initialized: define("buffer"),
    MPI_Finalize: define(),
    MPI_Abort: define(handle, "i32"),
    MPI_Comm_rank: define(handle, "buffer"),
    MPI_Comm_size: define(handle, "buffer"),
    MPI_Comm_set_errhandler: define(handle, handle),
    MPI_Iallreduce: define("usize", "buffer", "i32", handle, handle, handle, "buffer"),
    MPI_Ibcast: define("buffer", "i32", handle, "i32", handle, "buffer"),
    MPI_Ibarrier: define(handle, "buffer"),
    MPI_Test: define("buffer", "buffer", "usize"),
    MPI_Error_string: define("i32", "buffer", "buffer"),
    ...(typeof handles === "function"
      ? {
        MPI_Comm_f2c: convert,
        MPI_Errhandler_f2c: convert,
        MPI_Op_f2c: convert,
        MPI_Type_f2c: convert,
      }
      : {}),
  };
}

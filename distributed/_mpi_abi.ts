/**
 * Binary interfaces of MPI: how wide handles are, and the values of those in use.
 *
 * Sources: MPI 5.0, chapter 20 (the standard ABI); `mpi.h` of MPICH 4 (integer handles, which Intel
 * MPI shares); `mpif-handles.h` of Open MPI 4.
 *
 * @module
 */

/** The values of handles and of special addresses. */
export interface Handles {
  readonly world: number;
  readonly errorsReturn: number;
  readonly sum: number;
  readonly float32: number;
  readonly float64: number;
  readonly anySource: number;
  readonly anyTag: number;
  readonly inPlace: bigint;
  readonly ignoreStatus: bigint;
}

/** Makes a handle of C of one of Fortran. */
type Convert = (handle: number) => number | bigint;

/** What gives the handles of libraries in which they are addresses. */
export interface Converters {
  readonly MPI_Comm_f2c: Convert;
  readonly MPI_Errhandler_f2c: Convert;
  readonly MPI_Op_f2c: Convert;
  readonly MPI_Type_f2c: Convert;
}

/** A binary interface. */
export interface Abi {
  readonly handle: "usize" | "i32";
  /** The level at which several threads may call the library. */
  readonly threadMultiple: number;
  /** The handles, or how to get them from a library that is initialised. */
  readonly handles: Handles | ((converters: Converters) => Handles);
}

const standard: Handles = {
  world: 0x101,
  errorsReturn: 0x143,
  sum: 0x21,
  float32: 0x210,
  float64: 0x214,
  anySource: -1,
  anyTag: -2,
  inPlace: 1n,
  ignoreStatus: 0n,
};

const mpich: Handles = {
  world: 0x44000000,
  errorsReturn: 0x54000001,
  sum: 0x58000003,
  float32: 0x4c00040a,
  float64: 0x4c00080b,
  anySource: -2,
  anyTag: -1,
  inPlace: 0xffff_ffff_ffff_ffffn,
  ignoreStatus: 1n,
};

/**
 * Open MPI's handles are addresses of what the library exports; `Deno.dlopen` reads such symbols
 * but does not tell their address, so they are made of Fortran's numbers.
 */
const openMpi = (converters: Converters): Handles => ({
  ...standard,
  world: Number(converters.MPI_Comm_f2c(0)),
  errorsReturn: Number(converters.MPI_Errhandler_f2c(2)),
  sum: Number(converters.MPI_Op_f2c(3)),
  float32: Number(converters.MPI_Type_f2c(13)),
  float64: Number(converters.MPI_Type_f2c(17)),
  anyTag: -1,
});

/**
 * Tells the interface of a library by its name and by what it says of itself.
 *
 * @returns The interface, or null if it is none of those known
 */
export function abiOf(path: string, version: string): Abi | null {
  if (/mpi_abi[^\\/]*$/.test(path)) {
    return { handle: "usize", threadMultiple: 4096, handles: standard };
  }
  if (/^(MPICH|MVAPICH|Intel)/.test(version)) {
    return { handle: "i32", threadMultiple: 3, handles: mpich };
  }
  if (/^Open MPI/.test(version)) return { handle: "usize", threadMultiple: 3, handles: openMpi };
  return null;
}

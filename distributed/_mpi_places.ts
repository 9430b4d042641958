/**
 * Where an MPI library may be.
 *
 * @module
 */
import { environment } from "../internal/environment.ts";
import { joinPath } from "../internal/paths.ts";

/** The standard ABI first, then MPICH's own, then Open MPI's. */
const NAMES = globalThis.Deno?.build.os === "darwin"
  ? ["libmpi_abi.1.dylib", "libmpi_abi.dylib", "libmpi.12.dylib", "libmpi.40.dylib"]
  : ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi.so.12", "libmpich.so.12", "libmpi.so.40"];

/** Folders of systems. */
const SYSTEM = [
  "/usr/local/lib",
  `/usr/lib/${globalThis.Deno?.build.arch}-linux-gnu`,
  "/usr/lib64/mpich/lib",
  "/usr/lib64",
  "/usr/lib",
  "/opt/homebrew/lib",
];

/**
 * Paths to try, the likeliest first: beside the launchers on the search path, since a library must be that of the
 * launcher; in the environments of Python and of Intel MPI; in the system's folders.
 */
export function mpiPlaces(): string[] {
  const prefixes = [
    environment("I_MPI_ROOT"),
    environment("VIRTUAL_ENV"),
    environment("CONDA_PREFIX"),
    ...list("PATH").filter((folder) => /[\\/]bin$/.test(folder)).map((folder) =>
      folder.slice(0, -4)
    ),
  ];
  const folders = [
    ...list("LD_LIBRARY_PATH"),
    ...prefixes.filter((prefix) => prefix !== undefined).map((prefix) => joinPath(prefix, "lib")),
    ...SYSTEM,
  ];
  return Array.from(new Set(folders)).flatMap((folder) =>
    NAMES.map((name) => joinPath(folder, name))
  );
}

function list(variable: string): string[] {
  return environment(variable)?.split(":").filter(Boolean) ?? [];
}

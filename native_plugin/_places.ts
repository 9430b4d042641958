/**
 * What the library's file is called, and where it may be.
 *
 * @module
 */
import { environment } from "../internal/environment.ts";
import { pathOf } from "../internal/paths.ts";
import { ABI_VERSION } from "./symbols.ts";

/** File name endings by operating system; all others are like Linux. */
const ENDINGS: Partial<Record<typeof Deno.build.os, string>> = { darwin: "dylib", windows: "dll" };

/** Where cargo leaves the library, if this module is a file: the release folder of the crate. */
export function builtPath(): string | null {
  if (!import.meta.url.startsWith("file:")) return null;
  const { os } = Deno.build;
  const name = `${os === "windows" ? "" : "lib"}nndl_native.${ENDINGS[os] ?? "so"}`;
  return cratePath(`target/release/${name}`);
}

/** Path of a file of the crate; this module must be a file itself. */
export function cratePath(name: string): string {
  const path = decodeURIComponent(new URL(name, import.meta.url).pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

/**
 * The path of a library that a user names. A bare name gets the current folder, because the
 * system's loader would look for it everywhere else.
 *
 * @param named A path, a `file:` URL or the text of one
 * @returns The path, or null if it is something else
 */
export function libraryPath(named: unknown): string | null {
  if (typeof named !== "string" && !(named instanceof URL)) return null;
  const text = String(named);
  if (named instanceof URL || /^file:/i.test(text)) {
    try {
      return pathOf(new URL(text), "loadNativePlugin");
    } catch {
      return null;
    }
  }
  return /[\\/]/.test(text) ? text : join(".", text);
}

/** Name of a prebuilt library for this system, such as `nndl_native-1-x86_64-apple-darwin.dylib`. */
export function prebuiltName(): string {
  return `nndl_native-${ABI_VERSION}-${Deno.build.target}.${ENDINGS[Deno.build.os] ?? "so"}`;
}

/** Where downloaded libraries are kept; null if the environment that says so may not be read. */
export function cacheFolder(): string | null {
  switch (Deno.build.os) {
    case "windows":
      return below(environment("LOCALAPPDATA"), "nndl\\cache");
    case "darwin":
      return below(environment("HOME"), "Library/Caches/nndl");
    default:
      return below(environment("XDG_CACHE_HOME"), "nndl") ??
        below(environment("HOME"), ".cache/nndl");
  }
}

/** A path inside a folder, with the system's separator. */
export function join(folder: string, name: string): string {
  return folder + (Deno.build.os === "windows" ? "\\" : "/") + name;
}

function below(folder: string | undefined, name: string): string | null {
  return folder ? join(folder, name) : null;
}

/** File paths of the system that runs, without `node:path` and `node:url`, which cost 5 ms at import. */

/**
 * The folder of a file, "." if the path names none, and the file's name in it.
 *
 * @param path A path, on Windows with either separator
 */
export function splitPath(path: string): { folder: string; name: string } {
  const parts = isWindows() ? /^(.*?)([\\/]*)([^\\/]+)[\\/]*$/ : /^(.*?)(\/*)([^/]+)\/*$/;
  const [, folder, separator, name] = parts.exec(path) ?? [path, "", path, ""];
  const isRoot = folder === "" || (isWindows() && folder.endsWith(":"));
  return { folder: (isRoot ? folder + separator.slice(0, 1) : folder) || ".", name };
}

/**
 * The path that a `file:` URL names; a path stays as it is.
 *
 * @throws {TypeError} If it is another kind of URL; the message begins with `caller` and `argument`
 */
export function pathOf(path: string | URL, caller: string, argument = "path"): string {
  if (!(path instanceof URL)) return path;
  if (path.protocol !== "file:") {
    throw new TypeError(
      `${caller}: ${argument} must be a file path or a file: URL, got ${path.href}`,
    );
  }
  const local = decodeURIComponent(path.pathname);
  if (!isWindows()) return local;
  const backslashed = local.replaceAll("/", "\\");
  return path.host ? `\\\\${path.host}${backslashed}` : backslashed.slice(1);
}

/** A path inside a folder, with the system's separator. */
export function joinPath(folder: string, name: string): string {
  return folder + (isWindows() ? "\\" : "/") + name;
}

function isWindows(): boolean {
  return globalThis.Deno?.build.os === "windows";
}

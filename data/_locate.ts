/** Where a data set lies on disk: a folder that is named, or one of its usual subfolders. */
import { environment, granted } from "../internal/environment.ts";
import { pathOf } from "../internal/paths.ts";

/** The folder to look in, with what names it. */
export interface Root {
  readonly path: string;
  readonly from: "option" | "environment" | "default";
  /** The variable of the environment. */
  readonly variable: string;
}

/** Settles which folder is meant: the one given, that of the environment, or `data`. */
export function rootOf(caller: string, variable: string, dir?: string | URL): Root {
  if (dir !== undefined) return { path: pathOf(dir, caller, "dir"), from: "option", variable };
  const path = environment(variable);
  return path
    ? { path, from: "environment", variable }
    : { path: "data", from: "default", variable };
}

/** A place where the data may be. */
export interface Place<T> {
  /** Below the root, `""` for the root itself. */
  readonly subfolder: string;
  /** Files of which one must be there. */
  readonly markers: readonly string[];
  /** What it would be. */
  readonly found: T;
}

/**
 * Looks at places, the first one first.
 *
 * @param mayAsk Whether the user named the root, so that Deno may prompt
 * @param missing What the root lacks if nothing is found
 * @returns The folder and what it is, or a line that says why there is none
 */
export async function locate<T>(
  root: Root,
  mayAsk: boolean,
  places: readonly Place<T>[],
  missing: string,
): Promise<{ dir: string; found: T } | string> {
  const path = root.path.replace(/(?<=.)[/\\]+$/, "");
  const named = root.from === "environment" ? `${root.variable}=${path}` : path;
  const refused: string[] = [];
  for (const { subfolder, markers, found } of places) {
    const dir = subfolder === "" ? path : `${path}/${subfolder}`;
    if (!mayAsk && !granted({ name: "read", path: dir })) {
      refused.push(dir);
      continue;
    }
    for (const marker of markers) {
      try {
        await Deno.stat(`${dir}/${marker}`);
        return { dir, found };
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) refused.push(dir);
        else if (!isAbsent(error)) return `${named} cannot be read: ${(error as Error).message}`;
      }
    }
  }
  // A variable that may not be read could have named another folder.
  const { from, variable } = root;
  const isUnseen = from === "default" && !granted({ name: "env", variable });
  const right = `without --allow-env=${variable}`;
  if (refused.includes(path)) {
    return `${named} may not be read without --allow-read=${path}` +
      (isUnseen ? `, nor ${variable} ${right}` : "");
  }
  return `${named} has no ${missing}` +
    (isUnseen ? `, and ${variable} may not be read ${right}` : "");
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

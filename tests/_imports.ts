/** The imports of the source files, read from their text. */

/** One import of a file of this repository. */
export interface Import {
  /** Path of the importing file from the root. */
  readonly from: string;
  /** Path of the imported file. */
  readonly to: string;
  /** Whether it vanishes when types are stripped. */
  readonly isType: boolean;
}

const root = new URL("../", import.meta.url);
const skipped = new Set([".git", "node_modules", "target", "assembly", "fixtures"]);

/** Paths of the TypeScript and JavaScript files below `folder`, from the root. */
export function* sources(folder: string = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    if (isDirectory && !skipped.has(name)) yield* sources(`${folder}${name}/`);
    else if (/\.[tj]s$/.test(name)) yield folder + name;
  }
}

/** The text of a file without comments that have lines of their own. */
export function codeOf(path: string): string {
  const text = Deno.readTextFileSync(new URL(path, root));
  return text.replace(/^\s*(\/\*\*?|\*|\/\/).*$/gm, "");
}

const pattern = new RegExp(
  [
    String.raw`^(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"]+)"`,
    String.raw`^import\s+"([^"]+)"`,
    String.raw`\bimport(?:\.source)?\(\s*"([^"]+)"`,
    String.raw`\bnew URL\(\s*"([^"]+\.[tj]s)",\s*import\.meta\.url`,
  ].join("|"),
  "gm",
);

/** The imports between files of this repository that the text of a file has. */
export function importsOf(path: string): Import[] {
  return Array.from(codeOf(path).matchAll(pattern), ([, type, ...specifiers]) => ({
    from: path,
    to: specifiers.find((specifier) => specifier !== undefined)!,
    isType: type !== undefined,
  }))
    .filter(({ to }) => to.startsWith("."))
    .map((found) => ({ ...found, to: resolve(path, found.to) }));
}

function resolve(path: string, specifier: string): string {
  return new URL(specifier, new URL(path, root)).href.slice(root.href.length);
}

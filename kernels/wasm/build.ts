/**
 * Compiles the AssemblyScript sources to `products_wasm.ts`, `products_relaxed_wasm.ts` and
 * `elements_wasm.ts`, or with `--check` compares: run it as `deno task wasm`,
 * `deno task wasm --check`. The same sources always give the same bytes.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- what is in deno.json, tests download; deno.lock pins it here
import asc from "npm:assemblyscript@0.28.20/asc";
import { ELEMENTS_PAGES, MAXIMUM_PAGES, PRODUCTS_PAGES } from "./_machine.ts";

const folder = new URL("./assembly/", import.meta.url);

const products = [
  "products.ts",
  `--initialMemory=${PRODUCTS_PAGES}`,
  `--maximumMemory=${MAXIMUM_PAGES}`,
  "--enable=threads",
  "--sharedMemory",
];

/** What differs between the modules: the source file and some options. */
const modules = {
  products,
  products_relaxed: [...products, "--enable=relaxed-simd"],
  elements: ["elements.ts", `--initialMemory=${ELEMENTS_PAGES}`],
};

/**
 * Compiles a module.
 *
 * @param name Its name
 * @returns Its bytes
 * @throws {Error} If the sources have errors; the message lists them
 */
export async function compile(name: keyof typeof modules): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    `--outFile=${name}.wasm`,
    // Level 3 moves loads away from their use, and the tiles run out of registers.
    "--optimizeLevel=2",
    "--runtime=stub",
    "--enable=simd",
    "--noAssert",
    "--importMemory",
    // The size is known at compile time, so that checks against it need one comparison.
    ...modules[name],
    // Sizes are 32-bit integers here, addresses too.
    "--disableWarning=201",
  ], {
    readFile: (file: string) => {
      try {
        return Deno.readTextFileSync(new URL(file, folder));
      } catch {
        return null;
      }
    },
    writeFile: (_file: string, contents: Uint8Array | string) => {
      if (typeof contents !== "string") bytes = contents;
    },
    listFiles: () => [],
  });
  if (error || !bytes) throw new Error(`compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}

/** The TypeScript module that carries the bytes, so that every runtime and bundler takes them. */
function embed(bytes: Uint8Array): string {
  return `/** The module that \`deno task wasm\` compiles from \`assembly/\`. */
export const hex =
  "${bytes.toHex()}";
`;
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  for (const name of Object.keys(modules) as (keyof typeof modules)[]) {
    const file = `${name}_wasm.ts`;
    const target = new URL(file, import.meta.url);
    const bytes = await compile(name);
    const text = embed(bytes);
    if (!check) {
      Deno.writeTextFileSync(target, text);
      console.log(`${file}: ${bytes.length} bytes of wasm`);
    } else if (text === Deno.readTextFileSync(target)) {
      console.log(`${file} is what its sources compile to, ${bytes.length} bytes of wasm`);
    } else {
      console.error(`${file} is not what its sources compile to; run deno task wasm`);
      Deno.exitCode = 1;
    }
  }
}

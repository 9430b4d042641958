/**
 * Compiles the AssemblyScript sources to `kernels.wasm`, or with `--check` compares: run it as
 * `deno task wasm`, `deno task wasm --check`. The same sources always give the same bytes.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { INITIAL_PAGES, MAXIMUM_PAGES } from "./_machine.ts";

const folder = new URL("./assembly/", import.meta.url);

/** Where the compiled module is. */
export const target: URL = new URL("./kernels.wasm", import.meta.url);

/**
 * Compiles the sources.
 *
 * @returns The bytes of the module
 * @throws {Error} If the sources have errors; the message lists them
 */
export async function compile(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    "index.ts",
    "--outFile=kernels.wasm",
    // Level 3 moves loads away from their use, and the tiles run out of registers.
    "--optimizeLevel=2",
    "--runtime=stub",
    "--enable=simd",
    "--enable=threads",
    "--noAssert",
    "--importMemory",
    "--sharedMemory",
    // Known at compile time, so that checks against the end of the memory need one comparison.
    `--initialMemory=${INITIAL_PAGES}`,
    `--maximumMemory=${MAXIMUM_PAGES}`,
    // Sizes are 32-bit integers here, addresses too.
    "--disableWarning=201",
  ], {
    readFile: (name: string) => {
      try {
        return Deno.readTextFileSync(new URL(name, folder));
      } catch {
        return null;
      }
    },
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== "string") bytes = contents;
    },
    listFiles: () => [],
  });
  if (error || !bytes) throw new Error(`compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

if (import.meta.main) {
  const bytes = await compile();
  if (!Deno.args.includes("--check")) {
    Deno.writeFileSync(target, bytes);
    console.log(`kernels.wasm: ${bytes.length} bytes`);
  } else if (same(bytes, Deno.readFileSync(target))) {
    console.log(`kernels.wasm is what its sources compile to, ${bytes.length} bytes`);
  } else {
    console.error("kernels.wasm is not what its sources compile to; run deno task wasm");
    Deno.exit(1);
  }
}

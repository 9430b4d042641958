/**
 * Builds the native library for this machine: `deno task native`.
 *
 * @module
 */
import { cratePath } from "./_places.ts";
import { loadNativePlugin } from "./mod.ts";

const NO_CARGO = `deno task native: cargo, Rust's build tool, was not found.

Install Rust 1.89 or newer (https://rustup.rs, or your system's packages) and run this again.
Nothing depends on it: without the native library the wasm kernels serve, only slower.`;

/** Runs cargo; returns its exit code, or null if there is no cargo. */
async function cargo(): Promise<number | null> {
  try {
    const command = new Deno.Command("cargo", {
      args: [
        ...["build", "--release", "--locked", "--lib"],
        ...["--manifest-path", cratePath("Cargo.toml")],
        // Where the loader looks, whatever the environment says.
        ...["--target-dir", cratePath("target")],
      ],
      stdin: "null",
    });
    return (await command.spawn().status).code;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

if (import.meta.main) {
  const code = await cargo();
  if (code === null) {
    console.error(NO_CARGO);
    Deno.exit(1);
  }
  if (code !== 0) {
    console.error("deno task native: cargo failed; its messages are above");
    Deno.exit(code);
  }
  const { loaded, reason, threads, features } = loadNativePlugin();
  console.log(`${reason}, ${threads} threads${features.map((name) => `, ${name}`).join("")}`);
  if (!loaded) Deno.exit(1);
}

/** The peers there are, how to start them, and how to run the works that are programs. */

/** One column of the table. */
export interface PeerEntry {
  readonly name: string;
  /** Heading of its column. */
  readonly title: string;
  /** The command that starts it. */
  readonly command: readonly string[];
  /** Commands of the works that are fresh programs, by the name of the work. */
  readonly starts: Readonly<Record<string, readonly string[]>>;
}

const deno = Deno.execPath();
const python = Deno.env.get("NNDL_PYTHON") || "python3";

function path(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname)
    .replace(/^\/(?=[A-Za-z]:)/, "");
}

function nndl(table: string, title = `nndl ${table}`): PeerEntry {
  const flags = ["run", "--quiet", "--no-prompt"];
  const ffi = table === "native"
    ? ["--allow-ffi", "--allow-env", "--allow-read"]
    : ["--allow-env=NNDL_THREADS"];
  return {
    name: `nndl-${table}`,
    title,
    command: [deno, ...flags, "--allow-read", ...ffi, path("nndl_peer.ts"), table],
    starts: {
      "cold-import": [deno, ...flags, ...ffi, path("../../scripts/dropout.ts"), "--help"],
      "cold-step": [deno, ...flags, ...ffi, path("cold_start.ts")],
    },
  };
}

function pythonPeer(
  name: string,
  title: string,
  module: string,
  file: string = path(`${name}_peer.py`),
  ...args: string[]
): PeerEntry {
  return {
    name,
    title,
    command: [python, "-B", file, ...args],
    starts: {
      "cold-import": [python, "-c", `import ${module}`],
      "cold-step": [python, file, "--once"],
    },
  };
}

/** A library from npm; its packages are pinned by a lock file of their own. */
function npmPeer(name: string, title: string, file: string, ...args: string[]): PeerEntry {
  const lock = ["--no-config", "--frozen", `--lock=${path("deno.lock")}`];
  const flags = ["run", "--quiet", "--no-prompt", "--allow-all", ...lock];
  return { name, title, command: [deno, ...flags, path(file), ...args], starts: {} };
}

/** All peers, in the order of the columns. */
export const peers: readonly PeerEntry[] = [
  nndl("native"),
  nndl("wasm"),
  nndl("relaxed", "nndl wasm, relaxed"),
  nndl("reference"),
  nndl("empty"),
  pythonPeer("numpy", "NumPy", "numpy"),
  pythonPeer("torch", "PyTorch", "torch"),
  pythonPeer("torch-compile", "torch.compile", "torch", path("torch_peer.py"), "--compile"),
  pythonPeer("jax", "JAX", "jax"),
  npmPeer("tfjs-cpu", "TF.js cpu", "tfjs_peer.ts", "cpu"),
  npmPeer("tfjs-wasm", "TF.js wasm", "tfjs_peer.ts", "wasm"),
  npmPeer("jax-js", "jax-js", "jax_js_peer.ts"),
];

/** Short names for several peers. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  nndl: ["nndl-native", "nndl-wasm", "nndl-relaxed", "nndl-reference", "nndl-empty"],
  tfjs: ["tfjs-cpu", "tfjs-wasm"],
};

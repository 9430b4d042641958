/** NATS servers and programs that use them, where there is a nats-server. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** What is missing for the tests, or null. */
export const missing: string | null = (() => {
  try {
    new Deno.Command("nats-server", { args: ["--version"] }).outputSync();
    return null;
  } catch {
    return "there is no nats-server on PATH; apt-get install nats-server";
  }
})();

/** Name and `ignore` of a test that needs a server. */
export function needsNats(name: string): { name: string; ignore: boolean } {
  return missing === null
    ? { name, ignore: false }
    : { name: `${name} (${missing})`, ignore: true };
}

/** A server on loopback with a store of its own. */
export class TestServer implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly #args: readonly string[];
  #process: Deno.ChildProcess | null = null;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#args = args;
  }

  /**
   * Starts a server.
   *
   * @param config Lines of its configuration
   * @param args Flags, those that make it keep streams by default
   */
  static async start(config: string = "", args: readonly string[] = ["-js"]): Promise<TestServer> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const folder = await Deno.makeTempDir({ prefix: "nndl-nats-" });
    await Deno.writeTextFile(`${folder}/nats.conf`, config);
    await Deno.mkdir(`${folder}/log`);
    const server = new TestServer(port, folder, args);
    await server.restart();
    return server;
  }

  /** Where trials note their starts. */
  get log(): string {
    return `${this.folder}/log`;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port with the same store, and waits until it listens. */
  async restart(): Promise<void> {
    const place = ["-a", "127.0.0.1", "-p", String(this.port), "-sd", `${this.folder}/store`];
    this.#process = new Deno.Command("nats-server", {
      args: [...this.#args, ...place, "-c", `${this.folder}/nats.conf`],
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let attempt = 0;; attempt++) {
      try {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
        return connection.close();
      } catch (error) {
        if (attempt === 600) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.status;
    this.#process = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }

  /** The processes that have started a trial, in order. */
  async startsOf(index: number): Promise<number[]> {
    const text = await Deno.readTextFile(`${this.log}/${index}`).catch(() => "");
    return text.split("\n").filter(Boolean).map(Number);
  }
}

/** A program that runs beside the test. */
export class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #decoders: Promise<void>[];
  hasEnded = false;
  stdout = "";
  stderr = "";

  /**
   * Starts a program.
   *
   * @param file Beside this file
   * @param args What it gets
   * @param env What its environment has besides
   * @param permissions What it may do
   */
  constructor(
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    permissions: readonly string[] = ["--allow-all"],
  ) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", ...permissions, path, ...args],
      env: { NO_COLOR: "1", ...env },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#decoders = [
      this.#read(this.#child.stdout, (text) => this.stdout += text),
      this.#read(this.#child.stderr, (text) => this.stderr += text),
    ];
    this.#child.status.then(() => this.hasEnded = true);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits for its end. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await Promise.all(this.#decoders);
    return code;
  }

  /** Waits until a text is in what it has printed on standard error. */
  async until(text: string): Promise<void> {
    await eventually(() => this.stderr.includes(text) || this.hasEnded);
    assert.ok(this.stderr.includes(text), `"${text}" never came: ${this.stdout}${this.stderr}`);
  }

  kill(signal: Deno.Signal = "SIGKILL"): void {
    if (!this.hasEnded) this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.end();
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
  }
}

/** Waits until something is so, for two minutes at most. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it never came to that");
}

/** A peer: a program that runs all the time, takes requests on stdin and answers in JSON lines. */

/** What a peer answered. */
export type Reply = Record<string, unknown>;

/** A peer cannot do what it was asked, and says why; it goes on running. */
export class CannotDo extends Error {
  /** The error's name. */
  override readonly name = "CannotDo";
}

/** The peer is gone: it crashed, or was stopped because it took too long. */
export class PeerGone extends Error {
  /** The error's name. */
  override readonly name = "PeerGone";
}

/** How much of a peer's stderr is kept for the message after a crash. */
const TAIL = 2000;

/** A running peer. */
export class PeerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  readonly #ended: Promise<unknown>;
  #tail = "";
  #gone: string | null = null;

  /** Starts the command, with further variables of the environment. */
  constructor(
    [command, ...args]: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#child = new Deno.Command(command, {
      args,
      env: { NO_COLOR: "1", ...environment },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = lines(this.#child.stdout);
    this.#ended = Promise.all([this.#child.status, this.#keepTail()]);
  }

  /** Whether it can be asked anything more. */
  get isGone(): boolean {
    return this.#gone !== null;
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @param limit Milliseconds after which the peer is stopped
   * @throws {CannotDo} If the peer says that it cannot
   * @throws {PeerGone} If the peer ends, or takes too long
   */
  async request(message: Reply, limit: number): Promise<Reply> {
    if (this.#gone !== null) throw new PeerGone(this.#gone);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#gone = `took longer than ${limit / 1000} s`;
        this.kill();
        reject(new PeerGone(this.#gone));
      }, limit);
    });
    try {
      return await Promise.race([this.#exchange(message), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #exchange(message: Reply): Promise<Reply> {
    const bytes = new TextEncoder().encode(JSON.stringify(message) + "\n");
    const sent = await this.#input.write(bytes).then(() => true, () => false);
    const { value, done } = sent ? await this.#lines.next() : { value: undefined, done: true };
    if (done) {
      this.#gone ??= "";
      await this.#ended;
      this.#gone ||= `ended: ${lastLine(this.#tail) || "without a word"}`;
      throw new PeerGone(this.#gone);
    }
    const reply = JSON.parse(value as string) as Reply;
    if (typeof reply.cannot === "string") throw new CannotDo(reply.cannot);
    return reply;
  }

  /** Ends it at once. */
  kill(): void {
    this.#gone ??= "stopped";
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  /** Asks it to end by closing its stdin, and sees to it that it does. */
  async stop(): Promise<void> {
    this.#gone ??= "stopped";
    await this.#input.close().catch(() => {});
    const timer = setTimeout(() => this.kill(), 2000);
    // Read what it still writes, so that the pipe does not hold it up.
    while (!(await this.#lines.next()).done);
    await this.#ended;
    clearTimeout(timer);
  }

  async #keepTail(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#tail = (this.#tail + text).slice(-TAIL);
    }
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

/** The line that names the error, whether a stack trace follows it or stands before it. */
function lastLine(text: string): string {
  const content = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return content.findLast((line) => /^(error:|\w*(Error|Exception)\b)/.test(line)) ??
    content.at(-1) ?? "";
}

/** Programs that are started, watched and killed. */

const root = new URL("../../", import.meta.url);

/** What became of a program. */
export interface Outcome {
  readonly code: number;
  readonly signal: string | null;
  readonly out: string;
  readonly error: string;
}

/** Runs a program of this folder to its end, or to the end of its time. */
export async function run(program: string, args: string[], seconds = 60): Promise<Outcome> {
  const child = start(program, args);
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, signal, out, error };
}

/** Runs a program and kills it some time after it said that it began. */
export async function killAfter(program: string, args: string[], milliseconds: number) {
  const child = start(program, args);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = "";
  while (!out.includes("began")) {
    const { value, done } = await reader.read();
    if (done) break;
    out += value;
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  for (let next = await reader.read(); !next.done; next = await reader.read()) out += next.value;
  const error = await new Response(child.stderr).text();
  const { code, signal } = await child.status;
  clearTimeout(timer);
  return { code, signal, out, error };
}

function start(program: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--allow-all", "--unstable-kv", program, ...args],
    cwd: new URL("tests/faults/", root),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

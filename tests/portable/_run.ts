/** Running programs. */
const decoder = new TextDecoder();

/** Runs a program and returns what it prints. */
export async function run(...[command, ...args]: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** The first of the programs that is installed. */
export async function findCommand(...names: string[]): Promise<string | null> {
  for (const name of names) {
    try {
      await run(name, "--version");
      return name;
    } catch {
      // The next one.
    }
  }
  return null;
}

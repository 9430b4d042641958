/**
 * A trial that does what its parameters say, and notes each start in a file of its own.
 *
 * @module
 */
import type { HyperParameters, TrialContext, TrialOutcome } from "../../selection/mod.ts";

/** Notes the process that starts a trial, and tells how many starts there were before. */
function note(log: string, index: number): number {
  const path = `${log}/${index}`;
  Deno.writeTextFileSync(path, `${Deno.pid}\n`, { append: true, create: true });
  return Deno.readTextFileSync(path).split("\n").length - 2;
}

export async function trial(
  { what = "score", x = 0 }: HyperParameters,
  { index, rng, data }: TrialContext,
): Promise<TrialOutcome> {
  const log = Deno.env.get("NNDL_TEST_LOG");
  const starts = log ? note(log, index) : 0;
  if (log && what === "slow") {
    await new Promise((resolve) => setTimeout(resolve, 200 + (index * 37) % 300));
  }
  if (log && what === "poison") {
    Deno.kill(Deno.pid, "SIGKILL");
    await new Promise(() => {});
  }
  if (log && what === "hang once" && starts === 0) await new Promise(() => {});
  if (what === "throw") throw new Error("this trial throws");
  if (what === "large") return { score: 0, info: "x".repeat(3e6) };
  const shift = typeof data.shift === "number" ? data.shift : 0;
  return { score: Number(x) + rng.rand() + shift, info: { twice: 2 * Number(x) } };
}

/**
 * A trial that does what its parameters say.
 *
 * @module
 */
import type { HyperParameters, TrialContext, TrialOutcome } from "../../selection/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";

/** Writes a line to a file, and tells how many it had before. */
function note(path: string, line: string): number {
  let text = "";
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    // There is none yet.
  }
  Deno.writeTextFileSync(path, `${line}\n`, { append: true });
  return text.split("\n").length - 1;
}

export async function trial(
  params: HyperParameters,
  { index, seed, rng, data }: TrialContext,
): Promise<TrialOutcome> {
  const { what = "score", x = 0 } = params;
  const starts = typeof data.log === "string" ? note(`${data.log}/${index}`, "start") : 0;
  switch (what) {
    case "throw":
      throw new Error("this trial throws");
    case "exit":
      Deno.exit(7);
      break;
    case "close":
      globalThis.close();
      await new Promise(() => {});
      break;
    case "crash":
      setTimeout(() => {
        throw new Error("this worker crashes");
      });
      await new Promise(() => {});
      break;
    case "exit once":
      if (starts === 0) Deno.exit(7);
      break;
    case "sum":
      return { score: (data.array as NDArray).sum(), info: (data.array as NDArray).dtype };
    case "shared":
      return { score: Number((data.array as NDArray).data.buffer instanceof SharedArrayBuffer) };
  }
  // So that trials that run side by side end in another order than they began.
  await new Promise((resolve) => setTimeout(resolve, (index * 7) % 5));
  return { score: Number(x) + rng.rand(), info: { seed } };
}

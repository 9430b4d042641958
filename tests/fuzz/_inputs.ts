/**
 * Hands one target its inputs, one after the other, and tells on standard output which is at hand:
 * whoever started this process then knows which input ended it.
 *
 * @module
 */
import { crc32 } from "../../internal/crc32.ts";
import { messageOf } from "../../internal/message_of.ts";
import { RandomState } from "../../random/mod.ts";
import type { Target } from "./_target.ts";

/** Which inputs. */
export interface Range {
  readonly seed: number;
  readonly from: number;
  /** How many at most. */
  readonly count: number;
  /** Seconds after which no further one is begun. */
  readonly seconds: number;
}

/** Seconds that no input may take. */
const patience = 5;

/** What is told of an input: that it is at hand, or what came of it. */
export interface Told {
  readonly input: number;
  readonly fault?: string;
  /** Where it came from, if there is only one input. */
  readonly stack?: string;
}

function stackOf(error: unknown): string | undefined {
  const { cause, stack } = error as Error;
  return cause instanceof Error ? cause.stack : stack;
}

/** The random numbers of an input: the same alone as in a row. */
function rngOf(name: string, seed: number, input: number): RandomState {
  return new RandomState(crc32(new TextEncoder().encode(`${name} ${seed} ${input}`)));
}

/** Runs inputs, and tells. */
export async function runInputs(
  name: string,
  target: Target,
  { seed, from, count, seconds }: Range,
  tell: (told: Told) => void,
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  for (let input = from; input < from + count && performance.now() < end; input++) {
    tell({ input });
    const begun = performance.now();
    try {
      await target.run(rngOf(name, seed, input));
    } catch (error) {
      tell({ input, fault: messageOf(error), ...count === 1 && { stack: stackOf(error) } });
    }
    const taken = (performance.now() - begun) / 1000;
    if (taken > patience) tell({ input, fault: `it took ${taken.toFixed(1)} s` });
  }
}

/** Figures by name: what steps and checks must return, and which value is the best. */
import { isRecord } from "./_tree.ts";
import type { BestOption, Figures } from "./trainer_options.ts";

/** Appends figures to their histories. */
export function keep(histories: Record<string, number[]>, figures: Figures): void {
  for (const name in figures) {
    if (!Object.hasOwn(histories, name)) histories[name] = [];
    histories[name].push(figures[name]);
  }
}

/** @throws {TypeError} If a step or a check returned something else than figures */
export function checkFigures(
  caller: string,
  what: "step" | "check",
  figures: unknown,
): asserts figures is Figures {
  const fits = isRecord(figures) && Object.keys(figures).length > 0 &&
    Object.values(figures).every((value) => typeof value === "number");
  if (fits) return;
  throw new TypeError(
    `${caller}: ${what} must return figures by name, such as { loss: 2.3 }, ` +
      `${what === "step" ? "or the loss alone, " : ""}got ${describe(figures)}`,
  );
}

function describe(figures: unknown): string {
  if (!isRecord(figures)) return Array.isArray(figures) ? "a list" : typeof figures;
  const wrong = Object.entries(figures).find(([, value]) => typeof value !== "number");
  return wrong ? `${wrong[0]} of type ${typeof wrong[1]}` : "no figure";
}

/**
 * Whether the figure that tells is better than before.
 *
 * @param before The best so far, null if there is none
 * @throws {RangeError} If the figure is not there
 */
export function isBetter(
  caller: string,
  figures: Figures,
  { figure, goal, from }: BestOption,
  before: number | null,
): boolean {
  if (!Object.hasOwn(figures, figure)) {
    throw new RangeError(
      `${caller}: check must return the figure "${figure}", by which the best weights are chosen, ` +
        `got ${Object.keys(figures).join(", ") || "none"}`,
    );
  }
  const now = figures[figure];
  const least = before ?? from ?? (goal === "max" ? -Infinity : Infinity);
  return goal === "max" ? now > least : now < least;
}

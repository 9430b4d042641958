/** Checks of objects of options. */
import { nearestName } from "./suggest.ts";

/** The end of a message about an unknown name: the nearest known one, or all of them. */
export function suggestion(
  name: string,
  known: readonly string[],
  all: string = "the options are",
): string {
  const nearest = nearestName(name, known);
  return nearest ? `did you mean "${nearest}"?` : `${all} ${known.join(", ")}`;
}

/** @throws {TypeError} If `options` is no object, or has a name that is not known */
export function checkOptionNames(
  caller: string,
  options: unknown,
  known: readonly string[],
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}: options must be an object, got ${String(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new TypeError(
      `${caller}: there is no option "${name}"; ${suggestion(name, known)}`,
    );
  }
}

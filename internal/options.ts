/** Checks of the names of options. */
import { nearestName } from "./suggest.ts";

/**
 * What users of other libraries call options, in small letters without separators: the option that
 * is meant, or a few words on where to say it.
 */
export type Aliases = Readonly<Record<string, string>>;

/** The end of a message about an unknown name: the nearest known one, or all of them. */
export function suggestion(
  name: string,
  known: readonly string[],
  all: string = "the options are",
): string {
  const nearest = nearestName(name, known);
  return nearest ? `did you mean "${nearest}"?` : `${all} ${known.join(", ")}`;
}

/**
 * @param aliases What users of other libraries call the options
 * @param Unknown The error of a name that is not known
 * @throws {TypeError} If `options` is no object, or has a name that is not known
 */
export function checkOptionNames(
  caller: string,
  options: unknown,
  known: readonly string[],
  aliases: Aliases = {},
  Unknown: ErrorConstructor = TypeError,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}: options must be an object, got ${String(options)}`);
  }
  for (const name of Reflect.ownKeys(options)) {
    if (typeof name === "symbol") {
      throw new Unknown(`${caller}: there is no option ${String(name)}; options have names`);
    }
    if (known.includes(name)) continue;
    throw new Unknown(
      `${caller}: there is no option "${name}"; ${advice(name, known, aliases)}`,
    );
  }
}

function advice(name: string, known: readonly string[], aliases: Aliases): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");
  const same = known.find((option) => plain(option) === plain(name));
  const meant = same ?? (Object.hasOwn(aliases, plain(name)) ? aliases[plain(name)] : undefined);
  if (meant === undefined) return suggestion(name, known);
  return known.includes(meant) ? `did you mean "${meant}"?` : meant;
}

import { showValue } from "./show.ts";

/**
 * @param what What is divided into so many groups, such as `"convForwardFast: groups"`
 * @param things What there are `n` of
 * @param end The end of the advice
 * @throws {RangeError} If `groups` does not divide `n`
 */
export function checkDivides(
  what: string,
  groups: number,
  n: number,
  things: string,
  end: string = "",
): void {
  if (Number.isInteger(groups) && groups >= 1 && n % groups === 0) return;
  const divisors = Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0).join(", ");
  throw new RangeError(
    `${what} must divide the ${n} ${things}, got ${
      showValue(groups)
    }; use one of ${divisors}${end}`,
  );
}

/**
 * Floats as decimal text: the fewest digits that identify the value, cut where a column ends.
 *
 * The digits are those that NumPy prints. They differ from JavaScript's own in two ways: float32
 * values need fewer, and a value halfway between two texts goes to the even digit.
 *
 * @module
 */

/** Decimal digits and the power of ten of the first of them: `d.ddd × 10^exponent`. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

/** Digits in JavaScript's exact conversions beyond which a tie cannot hide. */
const beyond = 40;

function parse(text: string): Digits {
  const [mantissa, exponent] = text.split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

function numberOf({ digits, exponent }: Digits): number {
  return Number(`${digits[0]}.${digits.slice(1)}e${exponent}`);
}

/** The shortest digits that read back as `x`, which is positive and finite. */
function shortest(x: number, single: boolean): Digits {
  if (single) {
    for (let places = 0; places < 9; places++) {
      const found = exponential(x, places);
      if (Math.fround(numberOf(found)) === x) return found;
    }
  }
  return parse(x.toExponential());
}

/** Cuts exact decimal text at `kept` of its digits, rounding half to even. */
function isTieToEven(exact: string, kept: number): boolean {
  const digits = exact.replace(".", "");
  return /^50*$/.test(digits.slice(kept)) && Number(digits[kept - 1] ?? 0) % 2 === 0;
}

/** `x.toFixed(places)` with ties to the even digit. */
function fixed(x: number, places: number): string {
  const exact = x.toFixed(Math.min(places + beyond, 100));
  const point = exact.indexOf(".");
  if (!isTieToEven(exact, point + places)) return x.toFixed(places);
  return exact.slice(0, places === 0 ? point : point + 1 + places);
}

/** `x.toExponential(places)` with ties to the even digit. */
function exponential(x: number, places: number): Digits {
  const exact = parse(x.toExponential(Math.min(places + beyond, 100)));
  if (!isTieToEven(exact.digits, places + 1)) return parse(x.toExponential(places));
  return { digits: exact.digits.slice(0, places + 1), exponent: exact.exponent };
}

function signOf(x: number): string {
  return x < 0 || Object.is(x, -0) ? "-" : "";
}

function withoutTrailingZeros(digits: string): string {
  return digits.replace(/0+$/, "");
}

/**
 * Writes `x` without an exponent.
 *
 * @param x A finite number
 * @param places Most digits behind the point
 * @param single Whether `x` is a float32
 * @returns What stands before the point, with the sign, and behind it, without trailing zeros
 */
export function positional(
  x: number,
  places: number,
  single: boolean,
): [whole: string, fraction: string] {
  const size = Math.abs(x);
  if (size === 0) return [`${signOf(x)}0`, ""];
  const { digits, exponent } = shortest(size, single);
  const behind = digits.length - 1 - exponent;
  if (behind > places) {
    const [whole, fraction = ""] = fixed(size, places).split(".");
    return [signOf(x) + whole, withoutTrailingZeros(fraction)];
  }
  if (exponent < 0) return [`${signOf(x)}0`, withoutTrailingZeros(digits.padStart(behind, "0"))];
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return [signOf(x) + whole, withoutTrailingZeros(digits.slice(exponent + 1))];
}

/**
 * Writes `x` with an exponent.
 *
 * @param x A finite number
 * @param places Most digits behind the point
 * @param single Whether `x` is a float32
 * @returns The digit before the point with the sign, those behind it without trailing zeros, and
 * the exponent
 */
export function scientific(
  x: number,
  places: number,
  single: boolean,
): [whole: string, fraction: string, exponent: number] {
  const size = Math.abs(x);
  if (size === 0) return [`${signOf(x)}0`, "", 0];
  const short = shortest(size, single);
  const isLong = short.digits.length - 1 > places;
  const { digits, exponent } = isLong ? exponential(size, places) : short;
  return [signOf(x) + digits[0], withoutTrailingZeros(digits.slice(1)), exponent];
}

/**
 * Writes `x` with an exponent and as many digits as told, correct ones even behind the shortest.
 *
 * @param x A finite number
 * @param places Digits behind the point
 * @returns The digit before the point with the sign, those behind it, and the exponent
 */
export function scientificFixed(
  x: number,
  places: number,
): [whole: string, fraction: string, exponent: number] {
  const size = Math.abs(x);
  if (size === 0) return [`${signOf(x)}0`, "0".repeat(places), 0];
  const { digits, exponent } = exponential(size, places);
  return [signOf(x) + digits[0], digits.slice(1), exponent];
}

/** An exponent as it is printed: a sign and at least `width` digits. */
export function showExponent(exponent: number, width: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(width, "0")}`;
}

/** One float as NumPy prints a scalar: all its digits, an exponent if very small or large. */
export function showScalar(x: number, single: boolean): string {
  if (Number.isNaN(x)) return "nan";
  const size = Math.abs(x);
  if (size === Infinity) return `${signOf(x)}inf`;
  if (size === 0 || (size >= 1e-4 && size < (single ? 1e6 : 1e16))) {
    const [whole, fraction] = positional(x, 100, single);
    return `${whole}.${fraction || "0"}`;
  }
  const [whole, fraction, exponent] = scientific(x, 100, single);
  return `${whole}${fraction && "."}${fraction}${showExponent(exponent, 2)}`;
}

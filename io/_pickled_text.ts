/** Values that pickles hold as text or as bytes. */

/** Decodes text. */
export const utf8 = new TextDecoder();

/** A text, or a Python 2 `str`, as text. */
export function pickledText(value: string | Uint8Array): string {
  if (typeof value === "string") return value;
  let text = "";
  // In parts, since a call takes only so many arguments.
  for (let at = 0; at < value.length; at += 4096) {
    text += String.fromCharCode(...value.subarray(at, at + 4096));
  }
  return text;
}

/** A whole number: digits, with an L behind it in Python 2; `00` and `01` are the bools. */
export function integerOf(text: string): number | boolean | undefined {
  if (text === "00" || text === "01") return text === "01";
  const value = Number(text.replace(/L$/, ""));
  return text !== "" && Number.isSafeInteger(value) ? value : undefined;
}

/** A float as its `repr`. */
export function floatOf(text: string): number | undefined {
  const special: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  if (Object.hasOwn(special, text)) return special[text];
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}

/** A whole number in two's complement, least byte first. */
export function longOf(bytes: Uint8Array): number {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]);
  return Number(BigInt.asIntN(8 * bytes.length, value));
}

/** Letters that Python writes after a backslash. */
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** A Python 2 `str` as its `repr`. */
export function unquoted(text: string): Uint8Array | undefined {
  const quote = text[0];
  if (text.length < 2 || !`'"`.includes(quote) || text.at(-1) !== quote) return undefined;
  const plain = text.slice(1, -1).replace(
    /\\(?:x([0-9a-f]{2})|(.))/g,
    (_, hex, letter) => hex ? String.fromCharCode(parseInt(hex, 16)) : escapes[letter] ?? letter,
  );
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Text in which some letters are written as their numbers. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (whole, short, long) => {
    const number = parseInt(short ?? long, 16);
    return number <= 0x10ffff ? String.fromCodePoint(number) : whole;
  });
}

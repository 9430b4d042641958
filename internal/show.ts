/** Values in messages. */

/** A value as a message shows it, whatever it is: words in quotes, lists and kinds of objects. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) {
    const some = value.slice(0, 6).map(showValue).join(", ");
    return `[${some}${value.length > 6 ? ", …" : ""}]`;
  }
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return value.constructor?.name ?? "object";
}

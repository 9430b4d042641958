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
  if (value instanceof Promise) return "a promise (write await before it)";
  return value.constructor?.name ?? "object";
}

/** What came in place of an array, and how to make one of it. */
export function showNoArray(value: unknown, name: string): string {
  return showValue(value) + (Array.isArray(value) ? `; wrap it in array(${name})` : "");
}

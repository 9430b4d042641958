/**
 * A short text of a value that came out of a file. It looks at the first few parts only: values of
 * hostile files can be nested so deep that `JSON.stringify` fails.
 */
export function brief(value: unknown): string {
  const text = show(value, 3);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function show(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value !== "object" || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  if (depth === 0) return `${open}...${close}`;
  const parts = list
    ? value.slice(0, 20).map((part) => show(part, depth - 1))
    : Object.entries(value).slice(0, 20)
      .map(([name, part]) => `${show(name, 1)}:${show(part, depth - 1)}`);
  return open + parts.join(",") + close;
}

import assert from "node:assert/strict";
import { fromBase64, toBase64 } from "../../internal/base64.ts";

/** Runs in a runtime that has no methods for base64. */
function without(work: () => void): void {
  const [from, to] = [Uint8Array.fromBase64, Uint8Array.prototype.toBase64];
  Object.assign(Uint8Array, { fromBase64: undefined });
  Object.assign(Uint8Array.prototype, { toBase64: undefined });
  try {
    work();
  } finally {
    Object.assign(Uint8Array, { fromBase64: from });
    Object.assign(Uint8Array.prototype, { toBase64: to });
  }
}

Deno.test("base64 is the same with the runtime's methods and without", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    const text = toBase64(bytes);
    assert.deepEqual(fromBase64(text), bytes);
    without(() => {
      assert.equal(toBase64(bytes), text);
      assert.deepEqual(fromBase64(text), bytes);
      assert.throws(() => fromBase64("no base64!"));
    });
  }
});

import assert from "node:assert/strict";

/** Asserts that `call` throws an error of exactly that kind, whose message contains `part`. */
export function fails(
  kind: typeof RangeError | typeof TypeError,
  part: string,
  call: () => unknown,
): void {
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof kind, `${error} is no ${kind.name}`);
    assert.ok(error.message.includes(part), `"${error.message}" does not say "${part}"`);
    assert.ok(!error.message.endsWith("."), `"${error.message}" ends with a period`);
    return true;
  });
}

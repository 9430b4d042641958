import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { crc32 } from "../../internal/crc32.ts";

Deno.test("crc32() is that of node:zlib at every length, offset and seed", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i * 7919 >> 3);
  for (const seed of [0, 1, 0x80000000, 0xffffffff]) {
    for (let length = 0; length < 40; length++) {
      const part = bytes.subarray(length, 2 * length);
      assert.equal(crc32(part, seed), zlib.crc32(part, seed), `${length} bytes, seed ${seed}`);
    }
    assert.equal(crc32(bytes, seed), zlib.crc32(bytes, seed));
  }
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

Deno.test("crc32() goes on where an earlier sum ended, small and large arrays alike", () => {
  const bytes = Uint8Array.from({ length: (1 << 20) + 100 }, (_, i) => i * 31 >> 2);
  const [head, tail] = [bytes.subarray(0, 50), bytes.subarray(50)];
  assert.ok(tail.length > 1 << 20);
  assert.equal(crc32(tail, crc32(head)), zlib.crc32(bytes));
});

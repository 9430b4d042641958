import assert from "node:assert/strict";
import { RandomState } from "../../random/mod.ts";

for (const p of [0, 1e-9, 0.1, 0.25, 0.5, 0.78149404082882, 0.9, 1 - 2 ** -53, 1]) {
  Deno.test(`keepMask(${p}, n) is rand(n) < ${p}, and ends at the same place`, () => {
    // Odd and even starts, lengths below and above the 312 doubles of one block of words.
    for (const skipped of [0, 1, 2, 623]) {
      for (const n of [0, 1, 7, 311, 312, 313, 5000]) {
        const [floats, bytes] = [new RandomState(231), new RandomState(231)];
        for (const rng of [floats, bytes]) rng.randint(0, 2 ** 31, skipped);
        const expected = Array.from(floats.rand(n).data, (u) => u < p ? 1 : 0);
        assert.deepEqual(Array.from(bytes.keepMask(p, n)), expected, `${skipped}, ${n}`);
        assert.deepEqual(bytes.getState(), floats.getState());
      }
    }
  });
}

Deno.test("keepMask() with p equal to a draw leaves that draw out", () => {
  const draw = new RandomState(231).rand();
  assert.deepEqual([...new RandomState(231).keepMask(draw, 1)], [0]);
  assert.deepEqual([...new RandomState(231).keepMask(draw + 2 ** -53, 1)], [1]);
});

Deno.test("keepMask() writes into the bytes it is given", () => {
  const out = new Uint8Array(3).fill(9);
  assert.equal(new RandomState(0).keepMask(0.6, 3, out), out);
  assert.deepEqual([...out], [1, 0, 0]);
});

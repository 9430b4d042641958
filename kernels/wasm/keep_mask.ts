/**
 * Dropout's masks on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { Kernels } from "../types.ts";
import type { Elements } from "./_machine.ts";

/** Elements below which the reference is done before the state is copied. */
const SMALL = 300;

/** Makes `keepMask`. */
export function createKeepMask({ exports, heap }: Elements): Pick<Kernels, "keepMask"> {
  return {
    keepMask(key: Int32Array, position: number, p: number, mask: Uint8Array): number {
      if (mask.length < SMALL) return reference.keepMask(key, position, p, mask);
      // p in units of 2⁻⁵³, split like the double that is drawn from two words.
      const limit = Math.ceil(p * 2 ** 53);
      const [high, low] = [Math.floor(limit / 2 ** 26), limit % 2 ** 26];
      heap.reset();
      const [KEY, MASK] = [heap.take(key.length), heap.take(mask.length / 4 + 1)];
      heap.writeInts(key, KEY);
      const moved = exports.keepMask(KEY, position, high, low, mask.length, MASK);
      heap.readInts(KEY, key);
      heap.readBytes(MASK, mask);
      return moved;
    },
  };
}

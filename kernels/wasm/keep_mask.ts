/**
 * Dropout's masks on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";

/** Makes `keepMask`. */
export function createKeepMask({ exports, heap }: Elements): FastKernels {
  return {
    keepMask: {
      least: 300,
      work: (_key, _position, _p, mask) => mask.length,
      run(key, position, p, mask) {
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
    },
  };
}

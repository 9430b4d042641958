/**
 * Random masks.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

/** Bytes of the generator's state. */
const STATE_BYTES = 624 * 4;

/** Where the library leaves the new position. */
const moved = new Float64Array(16);

/**
 * Makes the kernel.
 *
 * @param library The library
 * @returns The entry of the kernel table
 */
export function random(library: Library): Pick<Kernels, "keepMask"> {
  const { nndl_keep_mask } = library;

  return {
    keepMask(key, position, p, mask) {
      const n = mask.length;
      size("keepMask", position);
      size("keepMask", n);
      need("keepMask", "key", key, STATE_BYTES);
      const words = key as Int32Array<ArrayBuffer>;
      const keep = mask as Uint8Array<ArrayBuffer>;
      const status = nndl_keep_mask(words, position, p, n, keep, moved);
      if (status !== 0) fail(library, "keepMask", status);
      return moved[0];
    },
  };
}

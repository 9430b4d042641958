/**
 * Activations that are made of exponentials, on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";
import { stream } from "./_stream.ts";

/** Elements from which copying operands pays. */
const least = 64;

/** Makes the activations. */
export function createActivations({ exports, heap }: Elements): FastKernels {
  const map = (kernel: "tanhForward" | "sigmoidForward" | "geluForward") => ({
    least,
    run(x: Float32Array, out: Float32Array) {
      stream(heap, [x], [out], exports[kernel]);
    },
  });
  return {
    tanhForward: map("tanhForward"),
    sigmoidForward: map("sigmoidForward"),
    geluForward: map("geluForward"),

    geluBackward: {
      least,
      run(dout, x, dx) {
        stream(heap, [dout, x], [dx], (count, start, step) => {
          exports.geluBackward(count, start, start + step);
        });
      },
    },
  };
}

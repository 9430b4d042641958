/**
 * Counts typed arrays. Whoever imports this must do so before anything of the library, whose
 * modules take the constructors that they find.
 *
 * @module
 */

/** Bytes of every typed array that was made with memory of its own. */
export const made: number[] = [];

for (const name of ["Float32Array", "Float64Array", "Int32Array", "Uint8Array"] as const) {
  const original = globalThis[name] as unknown as new (...args: unknown[]) => Uint8Array;
  const counting: typeof original = new Proxy(original, {
    construct(target, args, newTarget) {
      const array = Reflect.construct(target, args, newTarget === counting ? target : newTarget);
      const isView = args[0] instanceof ArrayBuffer || args[0] instanceof SharedArrayBuffer;
      if (!isView) made.push(array.byteLength);
      return array;
    },
  });
  // slice(), map() and the like ask the prototype for the constructor.
  Object.defineProperty(original.prototype, "constructor", { value: counting });
  Object.defineProperty(globalThis, name, { value: counting });
}

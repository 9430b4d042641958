/**
 * Private copies of hot loops, one for each element type.
 *
 * The compiler learns from the types that a loop has seen. A loop over typed arrays runs at about
 * 1 ns an element while it has seen one kind of array, and at about 10 ns once it has seen two: a
 * program that trains in float32 and checks gradients in float64 would pay that on every line. So
 * each combination of types gets a copy of the loop with its own history, made from the loop's own
 * text. The copy also makes its own guess which function it calls, and inlines it.
 *
 * A loop that is copied must be self-contained: parameters, globals and itself, no other names.
 * Where making code from text is forbidden the loop itself is used, only slower.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- a constraint: functions of any parameters
type AnyFunction = (...args: any[]) => unknown;

const copies = new WeakMap<AnyFunction, Map<string, AnyFunction>>();

/**
 * Returns the copy of `loop` that belongs to `key`.
 *
 * @param loop A self-contained function
 * @param key What the copy is for, such as `"add float32 float32"`
 * @returns The copy, the same one for the same key
 */
export function specialize<F extends AnyFunction>(loop: F, key: string): F {
  let known = copies.get(loop);
  if (!known) copies.set(loop, known = new Map());
  let copy = known.get(key) as F | undefined;
  if (!copy) known.set(key, copy = copyOf(loop, key));
  return copy;
}

function copyOf<F extends AnyFunction>(loop: F, key: string): F {
  try {
    // The key in a comment makes the text unique: equal texts would share one history again.
    return new Function(`return ${loop} // ${key}`)() as F;
  } catch {
    return loop;
  }
}

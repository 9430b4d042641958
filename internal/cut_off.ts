/**
 * Work that an interrupt of a notebook's cell cuts off. The engine ends it where it is, without
 * running any `finally`, and the next cell goes on with whatever state was left.
 */

/**
 * Makes sure that what synchronous work changes for as long as it runs is put back before the next
 * cell of a notebook. A timer does it: no synchronous work is in progress when one fires. Microtasks
 * would not do, for an interrupt may drop them, and Deno runs them in the middle of work when it loads
 * a part of itself. Outside of notebooks nothing is cut off and goes on, and no timer is set.
 *
 * @param putBack Called some time after a turn in which the result was called
 * @returns What to call before something is changed
 */
export function afterCutOff(putBack: () => void): () => void {
  let notebook: boolean | undefined;
  let awaited = false;
  const end = () => {
    awaited = false;
    putBack();
  };
  return () => {
    if (awaited || !(notebook ??= isNotebook())) return;
    awaited = true;
    setTimeout(end, 0);
  };
}

function isNotebook(): boolean {
  try {
    // Deno has the property everywhere, and throws where there is no notebook.
    return Boolean((globalThis as { Deno?: { jupyter?: unknown } }).Deno?.jupyter);
  } catch {
    return false;
  }
}

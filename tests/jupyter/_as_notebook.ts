/**
 * Makes this process look like a notebook's. Whoever imports this must do so before anything of the
 * library.
 *
 * @module
 */
import vm from "node:vm";

Object.defineProperty(globalThis, "Deno", {
  value: Object.create(Deno, { jupyter: { value: {} } }),
});

/**
 * Calls something and ends it as an interrupt does, which skips every `finally`; waits until timers
 * have fired, as a notebook does before its next cell.
 *
 * @param work Calls its argument, which does not return
 */
export async function cutOff(work: (stay: () => void) => void): Promise<void> {
  let entered = false;
  const stay = () => {
    entered = true;
    while (entered);
  };
  Object.assign(globalThis, { nndlWork: () => work(stay) });
  // A busy machine may need longer to come this far.
  for (let timeout = 20; !entered; timeout *= 2) {
    try {
      vm.runInThisContext("nndlWork()", { timeout });
    } catch (error) {
      if (!String(error).includes("timed out")) throw error;
    }
  }
  await settled();
}

/** Waits until timers have fired. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}

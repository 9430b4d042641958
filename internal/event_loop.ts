/** Letting the event loop run during long work, so that signals and timers come through. */

/** How long work goes on between pauses, milliseconds. */
const interval = 100;

/** Waits until timers and signals that are due have come through; a promise alone would not let them. */
export function nextTask(): Promise<void> {
  return pause(0);
}

/** Waits for some milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Pauses now and then; asking costs less than a microsecond. */
export class Breather {
  #last = performance.now();

  /** Returns a promise to wait for if the last pause was a while ago. */
  due(): Promise<void> | null {
    if (performance.now() - this.#last < interval) return null;
    return nextTask().then(() => {
      this.#last = performance.now();
    });
  }
}

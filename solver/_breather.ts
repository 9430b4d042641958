/** Letting the event loop run during long work, so that signals and timers come through. */

const interval = 100;

/** Pauses now and then; asking costs less than a microsecond. */
export class Breather {
  #last = performance.now();

  /** Returns a promise to wait for if the last pause was a while ago. */
  due(): Promise<void> | null {
    if (performance.now() - this.#last < interval) return null;
    return new Promise((resolve) =>
      setTimeout(() => {
        this.#last = performance.now();
        resolve();
      }, 0)
    );
  }
}

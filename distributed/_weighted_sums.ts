/** Arrays of several ranks averaged in place, in one message for each float type. */
import type { NDArray } from "../ndarray/mod.ts";
import type { Communicator } from "./communicator.ts";

/** Sums weighted arrays over all ranks, in buffers that every call uses again. */
export class WeightedSums {
  readonly #communicator: Communicator;
  #narrow = new Float32Array(0);
  #wide = new Float64Array(0);

  constructor(communicator: Communicator) {
    this.#communicator = communicator;
  }

  /**
   * Sums a few numbers as they are, and arrays times the weight of this rank, in place.
   *
   * @param head Numbers of which each rank has its own
   * @param arrays Float arrays, of the same shapes and types on all ranks
   * @param weight What to multiply the arrays with; over all ranks the weights sum to 1
   */
  reduce(head: Float64Array, arrays: readonly NDArray[], weight: number): void {
    const narrow = arrays.filter(({ dtype }) => dtype === "float32");
    const wide = arrays.filter(({ dtype }) => dtype !== "float32");
    const [narrowSize, wideSize] = [sizeOf(narrow), head.length + sizeOf(wide)];
    if (this.#narrow.length !== narrowSize) this.#narrow = new Float32Array(narrowSize);
    if (this.#wide.length !== wideSize) this.#wide = new Float64Array(wideSize);
    this.#wide.set(head);
    gather(wide, weight, this.#wide, head.length);
    gather(narrow, weight, this.#narrow, 0);
    const pending = [this.#communicator.startAllReduce(this.#wide)];
    if (narrowSize > 0) pending.push(this.#communicator.startAllReduce(this.#narrow));
    for (const sum of pending) sum.wait();
    head.set(this.#wide.subarray(0, head.length));
    scatter(this.#wide, head.length, wide);
    scatter(this.#narrow, 0, narrow);
  }
}

function sizeOf(arrays: readonly NDArray[]): number {
  return arrays.reduce((sum, { size }) => sum + size, 0);
}

function gather(
  arrays: readonly NDArray[],
  weight: number,
  to: Float32Array | Float64Array,
  at: number,
): void {
  for (const { data } of arrays) {
    for (let i = 0; i < data.length; i++) to[at + i] = weight * data[i];
    at += data.length;
  }
}

function scatter(from: Float32Array | Float64Array, at: number, arrays: readonly NDArray[]): void {
  for (const { data } of arrays) {
    data.set(from.subarray(at, at + data.length));
    at += data.length;
  }
}

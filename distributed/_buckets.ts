/** Gradients summed over all ranks in messages of a few megabytes, while others are computed. */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Communicator, PendingReduction } from "./communicator.ts";

type Floats = Float32Array | Float64Array;

/** Gradients of one float type that are summed in one message. */
class Bucket {
  #memory: Floats = new Float32Array(0);
  readonly #grads: NDArray[] = [];
  /** Bytes that were put in. */
  bytes = 0;
  pending: PendingReduction | null = null;

  add(grad: NDArray): void {
    this.#grads.push(grad);
    this.bytes += grad.data.byteLength;
  }

  start(communicator: Communicator, weight: number): void {
    const [{ data: { BYTES_PER_ELEMENT }, dtype }] = this.#grads;
    const length = this.bytes / BYTES_PER_ELEMENT;
    if (this.#memory.length !== length || this.#memory.BYTES_PER_ELEMENT !== BYTES_PER_ELEMENT) {
      this.#memory = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
    }
    let at = 0;
    for (const { data } of this.#grads) {
      this.#memory.set(data, at);
      at += data.length;
    }
    if (weight !== 1) kernels.scale(weight, this.#memory);
    this.pending = communicator.startAllReduce(this.#memory);
  }

  /** Puts the sums in the place of the gradients, and is empty again. */
  finish(): void {
    let at = 0;
    for (const { data } of this.#grads) data.set(this.#memory.subarray(at, at += data.length));
    this.#grads.length = 0;
    this.bytes = 0;
    this.pending = null;
  }
}

/**
 * Sums gradients over all ranks, weighted and in place. They are put into buckets in the order in
 * which they come, which is the same on all ranks; a bucket that is full goes on its way, and is
 * driven on whenever another gradient comes.
 */
export class GradientBuckets {
  readonly #communicator: Communicator;
  readonly #capacity: number;
  readonly #overlap: boolean;
  /** All that were ever needed, in the order of their messages, then those left over. */
  readonly #buckets: Bucket[] = [];
  readonly #open = new Map<string, Bucket>();
  #used = 0;
  #weight = 1;
  /** Milliseconds spent waiting for sums. */
  waited = 0;

  /**
   * @param capacity Bytes that fill a bucket
   * @param overlap Whether a full bucket goes at once; else all go at the end, the same ones
   */
  constructor(communicator: Communicator, capacity: number, overlap: boolean) {
    this.#communicator = communicator;
    this.#capacity = capacity;
    this.#overlap = overlap;
  }

  /** Begins a pass, in which this rank's gradients have a weight; those of all ranks sum to 1. */
  begin(weight: number): void {
    this.#weight = weight;
    this.#used = 0;
    this.#open.clear();
    // A pass that threw has left something in them.
    if (this.#buckets.some(({ bytes }) => bytes > 0)) this.#buckets.length = 0;
  }

  /** Takes a gradient, which must not be touched until {@linkcode finish}. */
  add(grad: NDArray): void {
    let bucket = this.#open.get(grad.dtype);
    if (!bucket) {
      bucket = this.#buckets[this.#used] ??= new Bucket();
      this.#used++;
      this.#open.set(grad.dtype, bucket);
    }
    bucket.add(grad);
    if (bucket.bytes >= this.#capacity) this.#close(grad.dtype, bucket);
    for (const { pending } of this.#buckets) pending?.poll();
  }

  /**
   * Waits for all sums, and for that of a few numbers that each rank has its own of.
   *
   * @param head The numbers, summed as they are
   */
  finish(head: Float64Array): void {
    for (const [dtype, bucket] of this.#open) this.#close(dtype, bucket);
    const used = this.#buckets.slice(0, this.#used);
    if (!this.#overlap) {
      for (const bucket of used) {
        bucket.start(this.#communicator, this.#weight);
      }
    }
    const last = this.#communicator.startAllReduce(head);
    const started = performance.now();
    for (const { pending } of used) pending!.wait();
    last.wait();
    this.waited += performance.now() - started;
    for (const bucket of used) bucket.finish();
  }

  #close(dtype: string, bucket: Bucket): void {
    this.#open.delete(dtype);
    if (this.#overlap) bucket.start(this.#communicator, this.#weight);
  }
}

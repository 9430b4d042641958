/**
 * The buffers of a workspace: each run gets those of earlier runs again, of the same size if there
 * are such, else of one that is not much larger; what lies idle for long is dropped.
 *
 * @module
 */

/**
 * Constructors of the typed arrays that can be allocated.
 *
 * @category Kernels
 */
export type ArrayConstructor =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Uint8ArrayConstructor;

/** A buffer, and the array that shows its first part. */
interface Slot {
  array: InstanceType<ArrayConstructor>;
  /** The pool that `array` belongs to. */
  pool: Pool;
  /** Bytes of the buffer. */
  readonly capacity: number;
  /** The last run that handed it out. */
  run: number;
}

/** The slots of one type and length. The first `used` are those that `run` handed out. */
interface Pool {
  readonly type: ArrayConstructor;
  readonly length: number;
  readonly bytes: number;
  readonly slots: Slot[];
  used: number;
  run: number;
}

/** Arrays that are handed out anew in each run. */
export class Pools {
  readonly #pools = new Map<ArrayConstructor, Map<number, Pool>>();
  /** Every slot, by capacity. */
  readonly #slots: Slot[] = [];
  #run = 0;
  #held = 0;
  /** The pools in the order in which runs ask for them, and how far this run is. */
  readonly #order: Pool[] = [];
  #at = 0;
  /** Bytes that this run has asked for. */
  #bytes = 0;
  /** The most bytes that a run before this one asked for. */
  #largest = 0;
  /** What this run may drop, oldest first, as far as it has not; null before it had to. */
  #idle: Slot[] | null = null;

  /** How many runs have begun. */
  get run(): number {
    return this.#run;
  }

  /** Bytes of all buffers. */
  get held(): number {
    return this.#held;
  }

  /** Makes every buffer free again. */
  begin(): void {
    this.#largest = Math.max(this.#largest, this.#bytes);
    this.#run++;
    this.#at = this.#bytes = 0;
    this.#idle = null;
  }

  /** Hands out an array of arbitrary content. Runs that ask for the same get the same objects. */
  take<C extends ArrayConstructor>(type: C, length: number): InstanceType<C> {
    let pool = this.#order[this.#at];
    if (pool?.length !== length || pool.type !== type) {
      this.#order[this.#at] = pool = this.#pool(type, length);
    }
    this.#at++;
    if (pool.run !== this.#run) {
      pool.run = this.#run;
      pool.used = 0;
    }
    const slot = pool.used < pool.slots.length ? pool.slots[pool.used] : this.#extend(pool);
    pool.used++;
    slot.run = this.#run;
    this.#bytes += pool.bytes;
    return slot.array as InstanceType<C>;
  }

  /** Whether this run handed out the array. */
  owns(array: InstanceType<ArrayConstructor>): boolean {
    const pool = this.#pools.get(array.constructor as ArrayConstructor)?.get(array.length);
    if (pool?.run !== this.#run) return false;
    // From the end, because who asks mostly has just got it.
    for (let i = pool.used; i-- > 0;) if (pool.slots[i].array === array) return true;
    return false;
  }

  #pool(type: ArrayConstructor, length: number): Pool {
    let pools = this.#pools.get(type);
    if (!pools) this.#pools.set(type, pools = new Map());
    let pool = pools.get(length);
    if (!pool) {
      const bytes = type.BYTES_PER_ELEMENT * length;
      pools.set(length, pool = { type, length, bytes, slots: [], used: 0, run: this.#run });
    }
    return pool;
  }

  /**
   * Adds a slot to a pool whose own are all in use: a new one if that is within the limit, else a
   * free one of another pool, else one with some room to spare in place of idle ones.
   */
  #extend(pool: Pool): Slot {
    const { type, length, bytes } = pool;
    const limit = 2 * Math.max(this.#largest, this.#bytes + bytes);
    const full = this.#held + bytes > limit;
    const free = full ? this.#findFree(bytes) : null;
    if (free) {
      this.#leavePool(free);
      free.pool = pool;
      free.array = new type(free.array.buffer as ArrayBuffer, 0, length);
      pool.slots.push(free);
      return free;
    }
    const capacity = full ? roundUp(bytes) : bytes;
    this.#dropIdle(limit - capacity);
    const array = full ? new type(new ArrayBuffer(capacity), 0, length) : new type(length);
    const slot = { array, pool, capacity, run: 0 };
    this.#slots.splice(this.#firstOf(capacity), 0, slot);
    this.#held += capacity;
    pool.slots.push(slot);
    return slot;
  }

  /** The smallest free slot that holds so many bytes without being more than half idle. */
  #findFree(bytes: number): Slot | null {
    for (let i = this.#firstOf(bytes); i < this.#slots.length; i++) {
      const slot = this.#slots[i];
      if (slot.capacity > 2 * bytes) break;
      if (slot.run !== this.#run) return slot;
    }
    return null;
  }

  /** Drops what has been idle for longest, until no more is held than `most` bytes. */
  #dropIdle(most: number): void {
    if (this.#held <= most) return;
    this.#idle ??= this.#slots.filter(({ run }) => run !== this.#run)
      .sort((a, b) => b.run - a.run);
    while (this.#held > most && this.#idle.length > 0) {
      const slot = this.#idle.pop()!;
      if (slot.run === this.#run) continue;
      this.#leavePool(slot);
      this.#slots.splice(this.#slots.indexOf(slot, this.#firstOf(slot.capacity)), 1);
      this.#held -= slot.capacity;
    }
  }

  #leavePool({ pool, array }: Slot): void {
    const { type, length, slots } = pool;
    slots.splice(slots.findIndex((slot) => slot.array === array), 1);
    if (slots.length > 0) return;
    this.#pools.get(type)!.delete(length);
    this.#order.length = this.#at;
  }

  /** The place of the first slot of at least so many bytes. */
  #firstOf(bytes: number): number {
    let [low, high] = [0, this.#slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#slots[middle].capacity < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A size up to a quarter larger, so that it serves similar ones too. */
function roundUp(bytes: number): number {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(bytes)) - 2);
  return Math.ceil(bytes / unit) * unit;
}

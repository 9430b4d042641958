/** What a Solver does otherwise where several processes train its model. */
import { activeBackend, type Workspace } from "../kernels/mod.ts";
import type { Rows, SharedTraining } from "../models/mod.ts";
import type { NDArray, TypedArray } from "../ndarray/mod.ts";
import { linesOf } from "./_fingerprint.ts";
import type { Examples } from "./_minibatch.ts";
import type { State } from "./state.ts";
import type { Trainer } from "./trainer.ts";

/** What must be the same on all processes. */
export interface Agreement {
  readonly settings: Readonly<Record<string, State>>;
  readonly data: Readonly<Record<string, NDArray>>;
}

/** One process of several, in calls of `train()`. */
export class Together {
  readonly shared: SharedTraining;
  readonly #agreement: Agreement;
  /** What this process wishes, and what ends the loops of all. */
  #own: AbortSignal | undefined;
  #all = new AbortController();

  constructor(shared: SharedTraining, agreement: Agreement) {
    this.shared = shared;
    this.#agreement = agreement;
  }

  /**
   * Trains on all processes; an abort on one of them ends all after the same step.
   *
   * @param own The signal of this process
   * @throws {RangeError} On all, if settings or data differ between processes
   */
  async train(trainer: Trainer, own: AbortSignal | undefined): Promise<void> {
    const { settings, data } = this.#agreement;
    this.shared.agreeOn("train", [
      ...Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
      `${trainer.iteration} steps done`,
      `the ${activeBackend().name} kernels`,
      ...linesOf(data),
    ]);
    this.#own = own;
    this.#all = new AbortController();
    await trainer.train({ signal: this.#all.signal });
    this.shared.agreeOnBuffers();
  }

  /** Loss and gradients of a batch, of which this process holds some rows. */
  loss(
    { X, y }: Examples,
    rows: Rows,
    indices: TypedArray,
    workspace: Workspace,
  ): [loss: number, grads: Record<string, NDArray>] {
    const batch = { rows, indices, stop: this.#own?.aborted ?? false };
    const { loss, grads, stop } = this.shared.loss(X, y, batch, workspace);
    if (stop && !this.#all.signal.aborted) this.#all.abort(this.#own?.reason);
    return [loss, grads];
  }
}

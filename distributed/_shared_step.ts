/** A training step of a model that several ranks compute together. */
import { sameShape, showShape } from "../internal/shapes.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { SharedLoss, TrainableModel } from "../nn/mod.ts";
import type { Rows } from "../internal/rows.ts";
import { GradientBuckets } from "./_buckets.ts";
import { allEqual } from "./_fingerprint.ts";
import { withMasksOfRows } from "./_masks.ts";
import type { Communicator } from "./communicator.ts";

type Grads = Record<string, NDArray>;

/** How the ranks work together. */
export interface StepSettings {
  /** Bytes of a bucket of gradients. */
  readonly bucketBytes: number;
  /** Whether sums begin while the backward pass goes on. */
  readonly overlap: boolean;
  /** Whether batch norm normalises by the statistics of the whole batch. */
  readonly synchronized: boolean;
}

/** Places of what every step sums beside the gradients. */
const [LOSS, STOP, BATCH, SQUARE, HEAD] = [0, 1, 2, 3, 4];

/** Computes steps of a model on all ranks. */
export class SharedStep {
  readonly #model: TrainableModel;
  readonly #communicator: Communicator;
  readonly #buckets: GradientBuckets;
  readonly #synchronized: boolean;
  readonly #overlap: boolean;
  readonly #head = new Float64Array(HEAD);
  #waitedInside = 0;

  constructor(
    model: TrainableModel,
    communicator: Communicator,
    { bucketBytes, overlap, synchronized }: StepSettings,
  ) {
    this.#model = model;
    this.#communicator = communicator;
    this.#buckets = new GradientBuckets(communicator, bucketBytes, overlap);
    this.#synchronized = synchronized;
    this.#overlap = overlap;
  }

  /** Milliseconds spent waiting for others. */
  get waited(): number {
    return this.#buckets.waited + this.#waitedInside;
  }

  /**
   * Computes the loss and the gradients of a batch.
   *
   * @param X This rank's rows
   * @param y Their labels
   * @param batch A number that tells the batch from others
   * @param stop Whether this rank wants to stop
   */
  run(
    X: NDArray,
    y: NDArray,
    rows: Rows,
    batch: number,
    stop: boolean,
    workspace?: Workspace,
  ): SharedLoss {
    const weight = (rows.end - rows.start) / rows.total;
    const told = new Map<string, NDArray>();
    this.#buckets.begin(weight);
    const [loss, grads] = this.#together(() =>
      withMasksOfRows(
        this.#model.rng,
        rows,
        () =>
          this.#model.loss(X, y, workspace, (name, grad) => {
            told.set(name, this.#checked(name, grad));
            this.#buckets.add(grad);
          }),
      )
    ) as [number, Grads];
    for (const name of Object.keys(this.#model.params)) {
      const grad = this.#checked(name, grads[name]);
      const known = told.get(name);
      if (!known) this.#buckets.add(grad);
      else if (known.data !== grad.data) {
        throw new TypeError(
          `dataParallel: model.loss(X, y) told of another gradient of ${name} than it returned`,
        );
      }
    }
    const head = this.#head;
    head.set([weight * loss, stop ? 1 : 0, batch, batch * batch]);
    this.#buckets.finish(head);
    if (!allEqual(this.#communicator.size, head[BATCH], head[SQUARE])) {
      throw new RangeError(
        "dataParallel: ranks were given different batches; load the same data on all ranks, and " +
          "give Solvers generators of the same seed",
      );
    }
    return { loss: head[LOSS], grads, stop: head[STOP] > 0 };
  }

  /** Runs a pass in which batch norm knows of the other ranks, if it is to. */
  #together<T>(compute: () => T): T {
    const communicator = this.#communicator;
    const pass = this.#overlap && communicator.whileDriving
      ? () => communicator.whileDriving!(compute)
      : compute;
    const norms = this.#synchronized ? this.#model.batchNorms ?? [] : [];
    for (const norm of norms) norm.reduceSums = (sums) => this.#reduce(sums);
    try {
      return pass();
    } finally {
      for (const norm of norms) delete norm.reduceSums;
    }
  }

  #reduce(sums: Float64Array): void {
    const started = performance.now();
    this.#communicator.allReduce(sums);
    this.#waitedInside += performance.now() - started;
  }

  /** A gradient that a parameter can have. */
  #checked(name: string, grad: NDArray | undefined): NDArray {
    const shape = this.#model.params[name]?.shape;
    if (grad !== undefined && shape !== undefined && sameShape(grad.shape, shape)) return grad;
    const got = grad === undefined ? "nothing" : showShape(grad.shape);
    throw new RangeError(
      `dataParallel: model.loss(X, y) must return a gradient of shape ` +
        `${shape ? showShape(shape) : "no parameter"} for ${name}, got ${got}`,
    );
  }
}

/** When a run writes its checkpoint, and what it puts in. */
import { activeBackend } from "../kernels/mod.ts";
import type { Model } from "../models/mod.ts";
import { fingerprint } from "./_fingerprint.ts";
import type { ResolvedOptions } from "./_resolve_options.ts";
import { storedOptions } from "./_resume.ts";
import { type Checkpoint, checkpointPath, openCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { SolverData } from "./data.ts";

/** The part of a checkpoint that the Solver keeps itself. */
export type Progressed = Pick<
  Checkpoint,
  | "best"
  | "bestValAcc"
  | "epoch"
  | "iteration"
  | "lossHistory"
  | "trainAccHistory"
  | "valAccHistory"
  | "optimConfigs"
>;

/** Writes the checkpoints of one run; without a name it does nothing. */
export class Checkpointing {
  readonly #path: string | null;
  readonly #model: Model;
  readonly #data: SolverData;
  readonly #options: ResolvedOptions;
  #fingerprint: Checkpoint["data"] | null = null;

  constructor(model: Model, data: SolverData, options: ResolvedOptions) {
    const { checkpointName } = options;
    this.#path = checkpointName === null ? null : checkpointPath(checkpointName);
    this.#model = model;
    this.#data = data;
    this.#options = options;
  }

  /** Writes a first checkpoint: a wrong path should be known before the first epoch. */
  async open(run: Progressed): Promise<void> {
    if (this.#path === null) return;
    await openCheckpoint(this.#path);
    if (run.iteration === 0) await this.save(run);
  }

  /** Writes a checkpoint if it is time for one. */
  async saveIfDue(run: Progressed, epochEnds: boolean): Promise<void> {
    const { checkpointEvery, checkpointEverySteps, numEpochs } = this.#options;
    const stepDue = checkpointEverySteps !== null && run.iteration % checkpointEverySteps === 0;
    const epochDue = epochEnds &&
      (run.epoch % checkpointEvery === 0 || run.epoch === numEpochs);
    if (stepDue || epochDue) await this.save(run);
  }

  /** Writes a checkpoint. */
  async save(run: Progressed): Promise<void> {
    if (this.#path === null) return;
    const { rng } = this.#options;
    const { params, buffers = {}, rng: modelRng } = this.#model;
    await writeCheckpoint(this.#path, {
      ...run,
      model: { params, buffers },
      rng: rng.getState(),
      modelRng: modelRng === rng ? "shared" : modelRng?.getState() ?? null,
      options: storedOptions(this.#options),
      data: this.#fingerprint ??= fingerprint(this.#data),
      backend: activeBackend().name,
    });
  }
}

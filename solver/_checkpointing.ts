/** When a run writes its checkpoint. */
import { messageOf } from "../internal/message_of.ts";
import { splitPath } from "../internal/paths.ts";
import { type Lock, lockCheckpoint } from "./_lock.ts";
import { type Checkpoint, checkpointPath, writeCheckpoint } from "./checkpoint.ts";

/** How often a checkpoint is written, and to where. */
export interface CheckpointingOptions {
  readonly checkpointName: string | null;
  readonly checkpointEvery: number;
  readonly checkpointEverySteps: number | null;
  readonly numEpochs: number;
}

/** Writes the checkpoints of one run; without a name it does nothing. */
export class Checkpointing {
  readonly #path: string | null;
  readonly #options: CheckpointingOptions;
  readonly #take: () => Checkpoint;
  readonly #tell: (message: string) => void;
  #lock: Lock | null = null;
  /** Whether the last attempt failed, so that it is told once. */
  #failing = false;

  /**
   * @param take Takes the checkpoint of this moment
   * @param tell Says what went wrong without ending the run
   */
  constructor(
    options: CheckpointingOptions,
    take: () => Checkpoint,
    tell: (message: string) => void,
  ) {
    const { checkpointName } = options;
    this.#path = checkpointName === null ? null : checkpointPath(checkpointName);
    this.#options = options;
    this.#take = take;
    this.#tell = tell;
  }

  /** Writes a first checkpoint: a wrong path should be known before the first epoch. */
  async open(iteration: number): Promise<void> {
    if (this.#path === null) return;
    try {
      await Deno.mkdir(splitPath(this.#path).folder, { recursive: true });
    } catch {
      // Writing will fail as well, and says more.
    }
    this.#lock = await lockCheckpoint(this.#path);
    const { removePartialFiles } = await import("../io/atomic.ts");
    await removePartialFiles(this.#path);
    if (iteration === 0) await writeCheckpoint(this.#path, this.#take());
  }

  /** Lets others write to the file. */
  close(): void {
    this.#lock?.release();
    this.#lock = null;
  }

  /** Writes a checkpoint if it is time for one. */
  async saveIfDue(iteration: number, epoch: number, epochEnds: boolean): Promise<void> {
    const { checkpointEvery, checkpointEverySteps, numEpochs } = this.#options;
    const stepDue = checkpointEverySteps !== null && iteration % checkpointEverySteps === 0;
    const epochDue = epochEnds && (epoch % checkpointEvery === 0 || epoch === numEpochs);
    if (stepDue || epochDue) await this.save();
  }

  /** Writes a checkpoint. A disk that has filled up since the first one does not end the run. */
  async save(): Promise<void> {
    if (this.#path === null) return;
    const checkpoint = this.#take();
    try {
      await writeCheckpoint(this.#path, checkpoint);
      if (this.#failing) this.#tell("The checkpoint was written again");
      this.#failing = false;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      if (!this.#failing) {
        this.#tell(`${messageOf(error)}; training goes on and tries again at the next checkpoint`);
      }
      this.#failing = true;
    }
  }
}

/**
 * What the loops of the frameworks notebook share: its images, its accuracy check, and what is
 * printed and kept of a training.
 *
 * @module
 */
import { noGrad, type Tensor } from "../../autograd/mod.ts";
import { cifar10Statistics, normalizeChannels, subset } from "../../data/mod.ts";
import { nextTask } from "../../internal/event_loop.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { ImageData } from "../_images.ts";
import type { Context, Goal } from "../_part.ts";
import { accuracyText } from "../_results.ts";

/** Images in a minibatch, in all parts. */
export const BATCH_SIZE = 64;

/** The steps at the end after each of which the validation images are looked at. */
const LAST_STEPS = 10;

/** A network as a function of images. */
export type Network = (x: NDArray) => Tensor;

/** What remains of a loop. */
export interface LoopRun {
  /** What was trained. */
  readonly name: string;
  /** Validation accuracy that the notebook asks for; null where it asks for none. */
  readonly goal: number | null;
  /** Loss of each step. */
  readonly lossHistory: readonly number[];
  /** Validation accuracy every so many steps, and at the end. */
  readonly valAccHistory: readonly number[];
  /** Steps between these. */
  readonly checkEvery: number;
  /** The last validation accuracy. */
  readonly valAcc: number;
  /** Its mean after the last ten steps: plain SGD jumps by some hundredths from step to step. */
  readonly lateValAcc: number;
  /** The best of all. */
  readonly bestValAcc: number;
  /** Accuracy on the test images. */
  readonly testAcc: number;
  /** Wall time, seconds. */
  readonly seconds: number;
}

/** Validation accuracies that the notebook asks for; reached is what the last ten steps came to. */
export const loopGoals = {
  bareLayers: { what: "two layers, barebones", goal: 0.4, reached: 0.43 },
  bareConvolutions: { what: "convolutions, barebones", goal: 0.42, reached: 0.492 },
  convolutionClass: { what: "convolutions as a module", goal: 0.45, reached: 0.456 },
  convolutionSequence: { what: "convolutions as a sequence", goal: 0.55, reached: 0.563 },
} satisfies Record<string, Goal>;

const prepared = new WeakMap<ImageData, ImageData>();

/**
 * The images as the notebook prepares them: from 0 to 1, less the mean of each colour, over its
 * deviation.
 *
 * @param context Of the part
 * @returns Images (N, 3, 32, 32), float32; a tenth of them with `--quick`
 */
export async function notebookImages(context: Context): Promise<ImageData> {
  const all = await context.pixels();
  let data = prepared.get(all);
  if (data) return data;
  const normalize = normalizeChannels(cifar10Statistics);
  const rng = new RandomState(0);
  const { XTrain, yTrain, ...rest } = context.flags.quick
    ? subset(all, Math.ceil(all.XTrain.shape[0] / 8))
    : all;
  data = {
    ...rest,
    XTrain: normalize(XTrain, rng),
    yTrain,
    XVal: normalize(rest.XVal, rng),
    XTest: normalize(rest.XTest, rng),
  };
  prepared.set(all, data);
  console.log("");
  return data;
}

/** Share of images that a network gets right, some hundreds at a time. */
export function checkAccuracy(network: Network, X: NDArray, y: NDArray): number {
  const [n, size] = [X.shape[0], 250];
  let right = 0;
  for (let start = 0; start < n; start += size) {
    const part = `${start}:${Math.min(start + size, n)}`;
    const scores = noGrad(() => network(X.slice(part))).value;
    right += scores.argmax(1).equal(y.slice(part)).sum();
  }
  return right / n;
}

/** A loop under way: asked for the next step's loss, it prints, checks and remembers. */
export class Loop {
  readonly #started = performance.now();
  readonly #losses: number[] = [];
  readonly #accuracies: number[] = [];
  readonly #late: number[] = [];
  readonly #checkEvery: number;
  readonly #total: number;

  /**
   * Begins a loop.
   *
   * @param context Of the part
   * @param name What is trained
   * @param data What it is trained on
   * @param network Its scores, as at test time
   */
  constructor(
    readonly context: Context,
    readonly name: string,
    readonly data: ImageData,
    readonly network: Network,
  ) {
    this.#checkEvery = context.flags.quick ? 50 : 100;
    this.#total = Math.ceil(data.XTrain.shape[0] / BATCH_SIZE);
    console.log(name);
  }

  /**
   * Notes the loss of a step, and every hundredth time, and near the end of the epoch, looks at the
   * validation images.
   *
   * @param loss The loss
   * @returns Whether to go on: Ctrl-C ends the loop
   */
  async step(loss: number): Promise<boolean> {
    const { signal } = this.context;
    this.#losses.push(loss);
    const done = this.#losses.length;
    if (done % this.#checkEvery === 1) {
      const accuracy = this.#validate();
      this.#accuracies.push(accuracy);
      const text = `loss ${loss.toFixed(4)}, validation ${accuracyText(accuracy)}`;
      console.log(`Iteration ${done - 1}: ${text}`);
    }
    if (done > this.#total - LAST_STEPS) this.#late.push(this.#validate());
    if (done % 8 === 0) await nextTask();
    return !signal.aborted;
  }

  #validate(): number {
    return checkAccuracy(this.network, this.data.XVal, this.data.yVal);
  }

  /**
   * Ends the loop with a look at validation and test images.
   *
   * @param goal Validation accuracy that the notebook asks for
   * @returns What came out
   */
  end(goal: number | null): LoopRun {
    const valAcc = this.#late.at(-1) ?? this.#validate();
    const late = this.#late.length > 0 ? this.#late : [valAcc];
    const lateValAcc = late.reduce((sum, accuracy) => sum + accuracy) / late.length;
    this.#accuracies.push(valAcc);
    const { XTest, yTest } = this.data;
    const testAcc = checkAccuracy(this.network, XTest, yTest);
    const seconds = (performance.now() - this.#started) / 1000;
    console.log(
      `End: validation ${accuracyText(valAcc)} (mean after each of the last ${late.length} steps ` +
        `${accuracyText(lateValAcc)}), test ${accuracyText(testAcc)} after ${
          seconds.toFixed(1)
        } s\n`,
    );
    return {
      name: this.name,
      goal,
      lossHistory: this.#losses,
      valAccHistory: this.#accuracies,
      checkEvery: this.#checkEvery,
      valAcc,
      lateValAcc,
      bestValAcc: Math.max(...this.#accuracies, ...late),
      testAcc,
      seconds,
    };
  }
}

/**
 * Networks as classes with fields, and as sequences of layers; an optimizer makes the updates.
 *
 * @module
 */
import { crossEntropy, flatten, relu, type Tensor } from "../../autograd/mod.ts";
import { batches } from "../../data/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import {
  Conv2d,
  type Initializer,
  kaimingNormal,
  Linear,
  Module,
  Optimizer,
  Sequential,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { ImageData } from "../_images.ts";
import type { Context } from "../_part.ts";
import { BATCH_SIZE, Loop, loopGoals, type LoopRun, notebookImages } from "./_loop.ts";

const init: Initializer = (shape, rng) => kaimingNormal(shape, rng);

/** Flatten, affine, ReLU, affine. */
export class TwoLayerFC extends Module {
  /** First layer. */
  readonly fc1: Linear;
  /** Second layer. */
  readonly fc2: Linear;

  /** Makes the net. */
  constructor(inputSize: number, hiddenSize: number, numClasses: number, rng: RandomState) {
    super();
    this.fc1 = new Linear(inputSize, hiddenSize, { rng, init });
    this.fc2 = new Linear(hiddenSize, numClasses, { rng, init });
  }

  /** Scores (N, C) of images (N, ...). */
  forward(x: Tensor | NDArray): Tensor {
    return this.fc2.forward(relu(this.fc1.forward(flatten(x))));
  }
}

/** Two convolutions with ReLU, then an affine layer. */
export class ThreeLayerConvNet extends Module {
  /** Filters of 5×5. */
  readonly conv1: Conv2d;
  /** Filters of 3×3. */
  readonly conv2: Conv2d;
  /** Scores from the features. */
  readonly fc: Linear;

  /** Makes the net for images of 32×32. */
  constructor(
    inChannel: number,
    channel1: number,
    channel2: number,
    numClasses: number,
    rng: RandomState,
  ) {
    super();
    this.conv1 = new Conv2d(inChannel, channel1, 5, { pad: 2, rng, init });
    this.conv2 = new Conv2d(channel1, channel2, 3, { pad: 1, rng, init });
    this.fc = new Linear(channel2 * 32 * 32, numClasses, { rng, init });
  }

  /** Scores (N, C) of images (N, in, 32, 32). */
  forward(x: Tensor | NDArray): Tensor {
    return this.fc.forward(flatten(relu(this.conv2.forward(relu(this.conv1.forward(x))))));
  }
}

/** One epoch with an optimizer, written out. */
async function trainPart34(
  context: Context,
  name: string,
  data: ImageData,
  net: Module & { forward(x: NDArray): Tensor },
  optimizer: Optimizer,
  { goal, rng }: { goal: number; rng: RandomState },
): Promise<LoopRun> {
  const loop = new Loop(context, name, data, (x) => {
    net.eval();
    return net.forward(x);
  });
  const workspace = new Workspace();
  for (const [x, y] of batches(data, { batchSize: BATCH_SIZE, rng })) {
    const loss = workspace.run(() => {
      net.train();
      const loss = crossEntropy(net.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.item();
    });
    if (!await loop.step(loss)) break;
  }
  return loop.end(goal);
}

/** Sizes of the networks in both parts. */
function sizesOf({ flags }: Context): { hidden: number; channels: [number, number] } {
  return flags.quick ? { hidden: 400, channels: [8, 8] } : { hidden: 4000, channels: [32, 16] };
}

/**
 * Trains both networks of the notebook's third part.
 *
 * @param context Of the part
 * @returns What came of them
 */
export async function moduleClasses(context: Context): Promise<LoopRun[]> {
  const data = await notebookImages(context);
  const rng = new RandomState(context.flags.seed);
  const { hidden, channels } = sizesOf(context);
  const fc = new TwoLayerFC(3 * 32 * 32, hidden, 10, rng);
  const runs = [
    await trainPart34(
      context,
      "class TwoLayerFC",
      data,
      fc,
      new Optimizer(fc, "sgd", { learningRate: 1e-2 }),
      { goal: 0.4, rng },
    ),
  ];
  if (context.signal.aborted) return runs;
  const conv = new ThreeLayerConvNet(3, ...channels, 10, rng);
  const optimizer = new Optimizer(conv, "sgd", { learningRate: 3e-3 });
  const name = "class ThreeLayerConvNet";
  runs.push(
    await trainPart34(context, name, data, conv, optimizer, {
      goal: loopGoals.convolutionClass.goal,
      rng,
    }),
  );
  return runs;
}

/**
 * Trains both networks of the notebook's fourth part.
 *
 * @param context Of the part
 * @returns What came of them
 */
export async function sequences(context: Context): Promise<LoopRun[]> {
  const data = await notebookImages(context);
  const rng = new RandomState(context.flags.seed);
  const { hidden, channels: [channel1, channel2] } = sizesOf(context);
  const config = { learningRate: 1e-2, momentum: 0.9 };
  const fc = new Sequential(
    flatten,
    new Linear(3 * 32 * 32, hidden, { rng }),
    relu,
    new Linear(hidden, 10, { rng }),
  );
  const name = "Sequential of two layers";
  const optimizer = new Optimizer(fc, "nesterov", config);
  const runs = [await trainPart34(context, name, data, fc, optimizer, { goal: 0.4, rng })];
  if (context.signal.aborted) return runs;
  const conv = new Sequential(
    new Conv2d(3, channel1, 5, { pad: 2, rng }),
    relu,
    new Conv2d(channel1, channel2, 3, { pad: 1, rng }),
    relu,
    flatten,
    new Linear(channel2 * 32 * 32, 10, { rng }),
  );
  runs.push(
    await trainPart34(
      context,
      "Sequential of convolutions",
      data,
      conv,
      new Optimizer(conv, "nesterov", config),
      { goal: loopGoals.convolutionSequence.goal, rng },
    ),
  );
  return runs;
}

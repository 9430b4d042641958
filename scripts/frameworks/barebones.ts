/**
 * Barebones: networks as functions of tensors, gradients from `backward`, and updates by hand.
 *
 * @module
 */
import { add, conv2d, crossEntropy, flatten, matmul, relu, Tensor } from "../../autograd/mod.ts";
import { batches } from "../../data/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { type NDArray, zeros } from "../../ndarray/mod.ts";
import { sgd } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { ImageData } from "../_images.ts";
import type { Context } from "../_part.ts";
import { BATCH_SIZE, Loop, loopGoals, type LoopRun, notebookImages } from "./_loop.ts";

/** Scores of images, as a function of the parameters too. */
type ParametricNetwork = (x: NDArray, params: readonly Tensor[]) => Tensor;

/** Weights of a layer: Kaiming's deviation, √(2 / fan in). */
function randomWeight(rng: RandomState, ...shape: number[]): Tensor {
  const fanIn = shape.length === 2 ? shape[0] : shape.slice(1).reduce((a, b) => a * b);
  return new Tensor(rng.randn(...shape).multiply(Math.sqrt(2 / fanIn)).astype("float32"));
}

function zeroWeight(...shape: number[]): Tensor {
  return new Tensor(zeros(shape, "float32"));
}

/** Flatten, affine, ReLU, affine; no biases. */
export function twoLayerFc(x: NDArray, [w1, w2]: readonly Tensor[]): Tensor {
  return matmul(relu(matmul(flatten(x), w1)), w2);
}

/** Two convolutions with ReLU, then an affine layer. */
export function threeLayerConvnet(
  x: NDArray,
  [convW1, convB1, convW2, convB2, fcW, fcB]: readonly Tensor[],
): Tensor {
  let out = relu(conv2d(x, convW1, convB1, { stride: 1, pad: 2 }));
  out = relu(conv2d(out, convW2, convB2, { stride: 1, pad: 1 }));
  return add(matmul(flatten(out), fcW), fcB);
}

/** One epoch of plain SGD, written out. */
async function trainPart2(
  context: Context,
  name: string,
  data: ImageData,
  network: ParametricNetwork,
  params: readonly Tensor[],
  { learningRate, goal, rng }: { learningRate: number; goal: number; rng: RandomState },
): Promise<LoopRun> {
  const loop = new Loop(context, name, data, (x) => network(x, params));
  const workspace = new Workspace();
  for (const [x, y] of batches(data, { batchSize: BATCH_SIZE, rng })) {
    // What a step needs for a moment, gradients included, is memory of the step before.
    const loss = workspace.run(() => {
      const loss = crossEntropy(network(x, params), y);
      loss.backward();
      return loss.item();
    });
    for (const w of params) {
      [w.value] = sgd(w.value, w.grad!, { learningRate });
      w.grad = null;
    }
    if (!await loop.step(loss)) break;
  }
  return loop.end(goal);
}

/**
 * Trains both networks of the notebook's second part.
 *
 * @param context Of the part
 * @returns What came of them
 */
export async function barebones(context: Context): Promise<LoopRun[]> {
  const { flags, signal } = context;
  const data = await notebookImages(context);
  const rng = new RandomState(flags.seed);
  const hidden = flags.quick ? 400 : 4000;
  const runs = [
    await trainPart2(
      context,
      `Two layers, ${hidden} hidden units`,
      data,
      twoLayerFc,
      [randomWeight(rng, 3 * 32 * 32, hidden), randomWeight(rng, hidden, 10)],
      { learningRate: 1e-2, goal: loopGoals.bareLayers.goal, rng },
    ),
  ];
  if (signal.aborted) return runs;
  const [channel1, channel2] = flags.quick ? [8, 8] : [32, 16];
  runs.push(
    await trainPart2(
      context,
      `Convolutions, ${channel1} filters 5×5 and ${channel2} filters 3×3`,
      data,
      threeLayerConvnet,
      [
        randomWeight(rng, channel1, 3, 5, 5),
        zeroWeight(channel1),
        randomWeight(rng, channel2, channel1, 3, 3),
        zeroWeight(channel2),
        randomWeight(rng, channel2 * 32 * 32, 10),
        zeroWeight(10),
      ],
      { learningRate: 3e-3, goal: loopGoals.bareConvolutions.goal, rng },
    ),
  );
  return runs;
}

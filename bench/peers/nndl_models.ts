/** The networks of modules that are timed, with their batches: fixtures and the peer make the same. */
import { crossEntropy, flatten, maxPool, noGrad, relu, type Tensor } from "../../autograd/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import {
  CaptioningRNN,
  CaptioningTransformer,
  dcDiscriminator,
  dcGenerator,
  ganDiscriminator,
  ganGenerator,
  sampleNoise,
  SimclrNet,
} from "../../models/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  discriminatorLoss,
  Dropout,
  generatorLoss,
  Linear,
  type Module,
  Optimizer,
  Sequential,
  simclrLossVectorized,
  VisionTransformer,
} from "../../nn/mod.ts";

import { adam, type OptimConfig, sgd } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { Step } from "./_serve.ts";
import type { ModelSpec, NetSpec } from "./works.ts";

type Arrays = Record<string, NDArray>;

/** Features of an image, words of a caption, words of the vocabulary. */
const [FEATURES, WORDS, VOCABULARY] = [512, 16, 1004];
/** Numbers in the noise that a GAN makes an image of. */
const NOISE = 96;
const TEMPERATURE = 0.5;

/** A network, its batch and its training. */
export interface TrainedModel {
  /** Weights and running statistics by name, live. */
  readonly state: Arrays;
  /** A batch. */
  readonly batch: () => Arrays;
  /** A training step on a batch; it returns its loss. */
  readonly step: (batch: Arrays) => Step;
}

/** Makes a network with weights drawn from a seed that is always the same. */
export function trainedModel({ model, batch: n, keep, rate }: ModelSpec): TrainedModel {
  const rng = new RandomState(0);
  const dropout = 1 - keep;
  const draw = (...shape: number[]) => rng.randn(...shape).astype("float32");
  switch (model) {
    case "rnn-captioning":
    case "lstm-captioning": {
      const cellType = model === "rnn-captioning" ? "rnn" : "lstm";
      const sizes = { inputDim: FEATURES, wordvecDim: 256, hiddenDim: 512 };
      const net = new CaptioningRNN({ ...vocabulary(), ...sizes, cellType, rng });
      return captioner(net, net.params, n, draw, rate);
    }
    case "transformer-captioning": {
      const sizes = { inputDim: FEATURES, wordvecDim: 256, numHeads: 2, numLayers: 2 };
      const net = new CaptioningTransformer({ ...vocabulary(), ...sizes, dropout, rng });
      return captioner(net, net.stateDict(), n, draw, rate);
    }
    case "vit": {
      const net = new VisionTransformer({ dropout, rng });
      return {
        state: net.stateDict(),
        batch: () => ({ X: draw(n, 3, 32, 32), y: labels(n) }),
        step: ({ X, y }) => moduleStep(net, () => crossEntropy(net.forward(X), y), "adam", rate),
      };
    }
    case "simclr": {
      const net = new SimclrNet({ rng });
      const loss = ({ left, right }: Arrays) =>
        simclrLossVectorized(net.forward(left)[1], net.forward(right)[1], TEMPERATURE);
      return {
        state: net.stateDict(),
        batch: () => ({ left: draw(n, 3, 32, 32), right: draw(n, 3, 32, 32) }),
        step: (batch) => moduleStep(net, () => loss(batch), "adam", rate),
      };
    }
    case "gan":
      return gan(ganGenerator(NOISE, { rng }), ganDiscriminator({ rng }), n, rate, rng);
    case "dcgan":
      return gan(dcGenerator(NOISE, { rng }), dcDiscriminator({ rng }), n, rate, rng);
  }
}

function vocabulary(): { wordToIdx: Record<string, number> } {
  const words = ["<NULL>", "<START>", "<END>"];
  for (let i = words.length; i < VOCABULARY; i++) words.push(`word${i}`);
  return { wordToIdx: Object.fromEntries(words.map((word, i) => [word, i])) };
}

function labels(n: number): NDArray {
  return asNDArray(new Int32Array(n).map((_, i) => i % 10), [n]);
}

function captioner(
  net: CaptioningRNN | CaptioningTransformer,
  state: Arrays,
  n: number,
  draw: (...shape: number[]) => NDArray,
  rate: number,
): TrainedModel {
  // Two words of every fourth caption are <NULL>.
  const word = (i: number) => {
    const [row, at] = [Math.floor(i / (WORDS + 1)), i % (WORDS + 1)];
    return at === 0 ? 1 : row % 4 === 0 && at > WORDS - 2 ? 0 : 3 + (7 * row + 31 * at) % 1001;
  };
  const captions = new Int32Array(n * (WORDS + 1)).map((_, i) => word(i));
  return {
    state,
    batch: () => ({ features: draw(n, FEATURES), captions: asNDArray(captions, [n, WORDS + 1]) }),
    step: ({ features, captions }) =>
      paramsStep(net.params, "adam", rate, (space) => net.loss(features, captions, space)),
  };
}

/** An iteration of both networks, as the course trains them; its loss is the sum of theirs. */
function gan(
  generator: Sequential,
  discriminator: Sequential,
  n: number,
  rate: number,
  rng: RandomState,
): TrainedModel {
  const prefixed = (prefix: string, module: Module) =>
    Object.entries(module.stateDict()).map(([name, array]) => [`${prefix}.${name}`, array]);
  const noise = () => sampleNoise(n, NOISE, { rng });
  const step = ({ real, noise1, noise2 }: Arrays): Step => {
    const config = { learningRate: rate, beta1: 0.5 };
    const generators = new Optimizer(generator, "adam", config);
    const discriminators = new Optimizer(discriminator, "adam", config);
    const inputs = Object.values(generator.parameters());
    const workspace = new Workspace();
    const iterate = () => {
      discriminators.zeroGrad();
      const fake = noGrad(() => generator.forward(noise1));
      const dLoss = discriminatorLoss(discriminator.forward(real), discriminator.forward(fake));
      dLoss.backward();
      discriminators.step();
      generators.zeroGrad();
      const gLoss = generatorLoss(discriminator.forward(generator.forward(noise2)));
      gLoss.backward(undefined, { inputs });
      generators.step();
      return dLoss.item() + gLoss.item();
    };
    return () => workspace.run(iterate);
  };
  return {
    state: Object.fromEntries([
      ...prefixed("generator", generator),
      ...prefixed("discriminator", discriminator),
    ]),
    batch: () => ({
      real: rng.uniform(-1, 1, [n, 784]).astype("float32"),
      noise1: noise(),
      noise2: noise(),
    }),
    step,
  };
}

/** A training step of arrays by name, as a Solver takes it. */
export function paramsStep(
  params: Arrays,
  rule: "adam" | "sgd",
  learningRate: number,
  loss: (workspace: Workspace) => [loss: number, grads: Arrays],
): Step {
  const update = rule === "adam" ? adam : sgd;
  const workspace = new Workspace();
  const configs: Record<string, OptimConfig> = {};
  for (const name of Object.keys(params)) configs[name] = { learningRate };
  return () => {
    const [value, grads] = loss(workspace);
    for (const [name, w] of Object.entries(params)) {
      [, configs[name]] = update(w, grads[name], configs[name], w);
    }
    return value;
  };
}

/** A training step of a module, written out: forward, backward, the optimizer's step. */
export function moduleStep(
  module: Module,
  loss: () => Tensor,
  rule: "adam" | "sgd",
  learningRate: number,
): Step {
  const optimizer = new Optimizer(module, rule, { learningRate });
  const workspace = new Workspace();
  const step = () => {
    optimizer.zeroGrad();
    const result = loss();
    result.backward();
    optimizer.step();
    return result.item();
  };
  return () => workspace.run(step);
}

/** A network of {@linkcode NetSpec} as a Sequential with the weights that the models have. */
export function sequentialOf({ net, hiddenDims, batchnorm, keep }: NetSpec, params: Arrays) {
  const parts: (Module | ((x: Tensor | NDArray) => Tensor))[] = [];
  const count = Object.keys(params).filter((name) => /^W\d+$/.test(name)).length;
  const convolutions = net === "conv" ? 1 : net === "conv-net" ? count - 1 - hiddenDims.length : 0;
  const set = (to: NDArray, from: NDArray) => to.data.set(from.data);
  if (convolutions === 0) parts.push(flatten);
  for (let i = 1; i <= count; i++) {
    const [W, b] = [params[`W${i}`], params[`b${i}`]];
    const isConv = i <= convolutions;
    const [rows, columns, size] = W.shape;
    const layer = isConv
      ? new Conv2d(columns, rows, size, { pad: size >> 1, bias: b !== undefined })
      : new Linear(rows, columns);
    set(layer.weight.value, isConv ? W : W.transpose().copy());
    if (b) set(layer.bias!.value, b);
    parts.push(layer);
    if (i === count) break;
    if (batchnorm) {
      const norm = isConv ? new BatchNorm2d(rows) : new BatchNorm1d(columns);
      set(norm.weight.value, params[`gamma${i}`]);
      set(norm.bias.value, params[`beta${i}`]);
      parts.push(norm);
    }
    parts.push(relu);
    if (isConv) parts.push((x) => maxPool(x, { poolHeight: 2, poolWidth: 2, stride: 2 }));
    else if (keep < 1) parts.push(new Dropout(1 - keep, { rng: new RandomState(0) }));
    if (i === convolutions) parts.push(flatten);
  }
  return new Sequential(...parts);
}

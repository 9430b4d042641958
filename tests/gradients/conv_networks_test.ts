import {
  ConvNet,
  type ConvNetOptions,
  ThreeLayerConvNet,
  type ThreeLayerConvNetOptions,
} from "../../models/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { networkSuite } from "./_networks.ts";

const inputDim = [2, 4, 4] as const;
const numClasses = 3;
const examples = {
  X: new RandomState(231).randn(6, ...inputDim),
  y: array([0, 2, 1, 1, 0, 2], "int32"),
};

for (const normalization of [null, "batchnorm"] as const) {
  for (const reg of [0, 0.7]) {
    const options: ThreeLayerConvNetOptions = {
      inputDim,
      numFilters: 3,
      filterSize: 3,
      hiddenDim: 5,
      numClasses,
      normalization,
      reg,
    };
    networkSuite(
      `ThreeLayerConvNet with ${normalization}, reg ${reg},`,
      () => new ThreeLayerConvNet(options),
      examples,
      1e-7,
      3e-5,
    );
  }
}

const nets: Record<string, Omit<ConvNetOptions, "inputDim" | "numClasses">> = {
  "two stages and a hidden layer": { conv: [{ filters: 3, pool: true }, 2], hidden: [4] },
  "batchnorm everywhere": {
    conv: [3, { filters: 2, stride: 2 }],
    hidden: [4],
    normalization: "batchnorm",
    reg: 0.3,
  },
  "biases before batchnorm": {
    conv: [{ filters: 3, bias: true, pool: true }],
    normalization: "batchnorm",
  },
  "groupnorm": {
    conv: [{ filters: 4, pool: true }, 2],
    hidden: [4],
    normalization: "groupnorm",
    normGroups: 2,
  },
  "layernorm": { conv: [{ filters: 3, pool: true }], hidden: [4], normalization: "layernorm" },
  "global average pooling": { conv: [3, { filters: 4, stride: 2 }], globalAveragePool: true },
  "dropout in stages and hidden layers": {
    conv: [{ filters: 3, pool: true, dropoutKeepRatio: 0.7 }],
    hidden: [4],
    dropoutKeepRatio: 0.6,
    seed: 5,
  },
  "dropout of features": { conv: [3], dropoutKeepRatio: 0.6, seed: 5, globalAveragePool: true },
  "overlapping and average pooling": {
    conv: [
      { filters: 3, pool: { size: [3, 2], stride: 1 } },
      { filters: 2, pool: { size: 2, kind: "average" } },
    ],
  },
  "no biases, groups, dilation, rectangles": {
    conv: [
      { filters: 4, groups: 2, size: [3, 1], bias: false },
      { filters: 2, dilation: 2, size: 2, pad: 1, stride: [2, 1] },
    ],
    reg: 0.2,
  },
};

for (const [name, options] of Object.entries(nets)) {
  networkSuite(
    `ConvNet with ${name}`,
    () => new ConvNet({ inputDim, numClasses, ...options }),
    examples,
    1e-7,
    3e-5,
  );
}

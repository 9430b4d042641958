/** The options that several models have, described once. */
import {
  amount,
  floatType,
  generator,
  keepRatio,
  seedOrNull,
  size,
} from "../internal/described_options.ts";
import type { Aliases } from "../internal/options.ts";
import { RandomState } from "../random/mod.ts";

/** What every network has. */
export const networkRules = {
  numClasses: size(10),
  reg: amount(0),
  dtype: floatType(),
  rng: generator(RandomState),
} as const;

/** What a network with dropout has. */
export const dropoutRules = {
  dropoutKeepRatio: keepRatio("dropoutKeepRatio"),
  seed: seedOrNull(),
} as const;

/** What other libraries call the options of networks, or where else the thing is said. */
export const aliases: Aliases = {
  inputsize: "inputDim",
  infeatures: "inputDim",
  inputshape: "inputDim",
  indim: "inputDim",
  hiddensize: "hiddenDim",
  hiddendims: "the widths of the hidden layers are the first argument",
  hiddensizes: "the widths of the hidden layers are the first argument",
  hiddenlayersizes: "the widths of the hidden layers are the first argument",
  units: "hiddenDim",
  outputsize: "numClasses",
  outputdim: "numClasses",
  outfeatures: "numClasses",
  nclasses: "numClasses",
  classes: "numClasses",
  dropout: "dropoutKeepRatio, the probability to KEEP a value, is the option; 1 is no dropout",
  dropoutrate: "dropoutKeepRatio, the probability to KEEP a value, is the option; 1 is no dropout",
  p: "dropoutKeepRatio, the probability to KEEP a value, is the option; 1 is no dropout",
  keepprob: "dropoutKeepRatio",
  norm: "normalization",
  batchnorm: 'normalization: "batchnorm" is how it is written',
  usebatchnorm: 'normalization: "batchnorm" is how it is written',
  weightdecay: "reg",
  l2: "reg",
  l2reg: "reg",
  lambda: "reg",
  alpha: "reg",
  regularization: "reg",
  weightstd: "weightScale",
  initstd: "weightScale",
  std: "weightScale",
  randomstate: "rng",
  generator: "rng",
  seed: "a seed goes into rng: new RandomState(seed)",
  outchannels: "numFilters",
  filters: "numFilters",
  kernelsize: "filterSize",
  lr: "the learning rate belongs to the Solver: optimConfig: { learningRate }",
  learningrate: "the learning rate belongs to the Solver: optimConfig: { learningRate }",
  activation: "the hidden layers have ReLU",
  device: "the kernels are chosen with useBackend()",
};

/** What other libraries call the options of convolutional stages. */
export const stageAliases: Aliases = {
  outchannels: "filters",
  numfilters: "filters",
  channels: "filters",
  kernelsize: "size",
  filtersize: "size",
  padding: "pad",
  strides: "stride",
  pooling: "pool",
  maxpool: "pool",
  dropout: aliases.dropout,
};

/**
 * nndl: a toolkit to learn, check and run the neural networks of the CS231n course.
 *
 * Everything that programs commonly use is here; each room is also an entry of its own, such as
 * `@nndl/nndl/layers`, and has a few names more: `choice` of `@nndl/nndl/selection`, `tint` of
 * `@nndl/nndl/io`, `retryLocked` of `@nndl/nndl/cache` and the like.
 *
 * @example A network, trained
 * ```ts
 * import { FullyConnectedNet, RandomState, Solver, syntheticCifar10 } from "@nndl/nndl";
 * import assert from "node:assert/strict";
 *
 * const data = syntheticCifar10({ numTraining: 500, numValidation: 100, numTest: 0 });
 * const rng = new RandomState(231);
 * const model = new FullyConnectedNet([50], { normalization: "batchnorm", rng });
 * const solver = new Solver(model, data, {
 *   updateRule: "adam",
 *   optimConfig: { learningRate: 1e-3 },
 *   numEpochs: 3,
 *   verbose: false,
 *   rng,
 * });
 * await solver.train();
 * assert.ok(solver.bestValAcc > 0.15);
 * ```
 *
 * @module
 */
/**
 * Gradients of programs: tensors, the operations on them, and `lift`, which makes an operation of
 * any pair of a forward and a backward pass.
 *
 * @category Autograd
 */
export * as autograd from "./autograd/mod.ts";
export type { BackwardPassOptions, Tensor, TensorLike, TensorOperand } from "./autograd/mod.ts";
export {
  type BlobHead,
  BlobStore,
  type BlobStoreOptions,
  clearDataCache,
  CorruptBlobError,
  type DataCacheEntry,
  type Json,
  type KvDatabase,
  type KvKey,
  type KvRecord,
  type KvTransaction,
  listDataCache,
  openDataCache,
  openKvDatabase,
} from "./cache/mod.ts";
export * from "./data/mod.ts";
export * from "./distributed/mod.ts";
export * from "./gradient_check/mod.ts";
export {
  type Bytes,
  type CropArea,
  cropImage,
  decodeImage,
  decodeNpy,
  decodeNpyArrays,
  decodeNpz,
  type DecodeOptions,
  decodeSafetensors,
  encodeJpeg,
  encodeNpy,
  encodeNpz,
  encodePng,
  encodeSafetensors,
  FileFormatError,
  flipHorizontal,
  grayscale,
  type ImageReadOptions,
  type ImageWriteOptions,
  type NpzReadOptions,
  type NpzWriteOptions,
  readImage,
  readNpy,
  readNpyArrays,
  readNpz,
  readSafetensors,
  resizeImage,
  type ResizeOptions,
  type Safetensors,
  type SafetensorsReadOptions,
  type SafetensorsWriteOptions,
  writeFileAtomic,
  writeImage,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "./io/mod.ts";
export {
  activeBackend,
  allocate,
  allocateZeros,
  type ArrayConstructor,
  type BackendInfo,
  type BackendLoader,
  type BackendName,
  type ConvGeometry,
  currentWorkspace,
  type FloatArray,
  type KernelName,
  type Kernels,
  kernels,
  type Overlay,
  type PoolGeometry,
  reference,
  registerBackend,
  setThreads,
  useBackend,
  Workspace,
} from "./kernels/mod.ts";
export * from "./layers/mod.ts";
export * from "./metrics/mod.ts";
export * from "./models/mod.ts";
export * from "./native_plugin/mod.ts";
export * from "./ndarray/mod.ts";
/**
 * Modules: networks as objects that own their parameters, initialisers, the optimizer, and what makes
 * a module a model for the Solver.
 *
 * @category Modules
 */
export * as nn from "./nn/mod.ts";
export type {
  Dropout,
  Embedding,
  FeedForwardNetwork,
  Layer,
  LayerNorm,
  Linear,
  LoadStateDictOptions,
  Module,
  MultiHeadAttention,
  Parameter,
  PositionalEncoding,
  Sequential,
  StateDictOptions,
  TransformerDecoder,
  TransformerDecoderLayer,
} from "./nn/mod.ts";
export * from "./optim/mod.ts";
export * from "./plot/mod.ts";
export * from "./random/mod.ts";
export {
  crossValidate,
  type CrossValidateOptions,
  type CrossValidation,
  type DrawnParameters,
  type Grid,
  type GridParameters,
  gridSearch,
  type HyperParameter,
  type HyperParameters,
  logUniform,
  randomSearch,
  type RandomSearchOptions,
  readTrials,
  recordTrials,
  type RunnerContext,
  type SearchOptions,
  type SearchProgress,
  type SearchRange,
  SearchResult,
  type SearchRunner,
  type SearchSpace,
  type TrialContext,
  type TrialData,
  type TrialFunction,
  type TrialJob,
  type TrialOutcome,
  type TrialResult,
  uniform,
} from "./selection/mod.ts";
export * from "./solver/mod.ts";

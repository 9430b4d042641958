/**
 * Data sets: CIFAR-10, MNIST, a synthetic set, and the cache of prepared data.
 *
 * @module
 */
export * from "./augmentation.ts";
export * from "./blob_store.ts";
export * from "./cifar10.ts";
export * from "./cifar10_data.ts";
export * from "./cifar10_download.ts";
export {
  type Cifar10Folder,
  cifar10LabelNames,
  type Cifar10Layout,
  findCifar10,
} from "./cifar10_folder.ts";
export * from "./dataset.ts";
export * from "./errors.ts";
export * from "./features/cached_features.ts";
export * from "./features/color_histogram.ts";
export * from "./features/extract_features.ts";
export * from "./features/hog.ts";
export * from "./k_fold.ts";
export * from "./kv_cache.ts";
export * from "./kv_database.ts";
export * from "./mnist.ts";
export * from "./pca.ts";
export * from "./preprocess.ts";
export * from "./progress.ts";
export * from "./synthetic_cifar10.ts";

/**
 * Data sets: CIFAR-10, MNIST, captions, and synthetic sets.
 *
 * @module
 */
export * from "./augmentation/augmentation.ts";
export * from "./augmentation/color_jitter.ts";
export * from "./augmentation/compose_augmentations.ts";
export * from "./augmentation/normalize_channels.ts";
export * from "./augmentation/random_crop_and_flip.ts";
export * from "./augmentation/random_flip.ts";
export * from "./augmentation/random_resized_crop.ts";
export * from "./augmentation/simclr.ts";
export * from "./batches.ts";
export * from "./cifar10/load_cifar10.ts";
export * from "./cifar10/cifar10_data.ts";
export * from "./cifar10/download_cifar10.ts";
export {
  type Cifar10Folder,
  cifar10LabelNames,
  type Cifar10Layout,
  findCifar10,
} from "./cifar10/find_cifar10.ts";
export * from "./coco/captioning_data.ts";
export * from "./coco/decode_captions.ts";
export * from "./coco/load_coco_captions.ts";
export * from "./dataset.ts";
export * from "./errors.ts";
export * from "./features/cached_features.ts";
export * from "./features/color_histogram.ts";
export * from "./features/extract_features.ts";
export * from "./features/hog.ts";
export * from "./k_fold.ts";
export * from "./mnist/download_mnist.ts";
export * from "./mnist/load_mnist.ts";
export * from "./mnist/mnist_data.ts";
export * from "./pca.ts";
export * from "./preprocess.ts";
export * from "./progress.ts";
export * from "./split.ts";
export * from "./synthetic/synthetic_captions.ts";
export * from "./synthetic/synthetic_cifar10.ts";
export * from "./synthetic/synthetic_digits.ts";

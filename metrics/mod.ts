/**
 * How good predictions are: confusion matrix, precision and recall, BLEU of captions, the Fréchet
 * distance of generated images, weighted nearest neighbours on learnt features.
 *
 * @module
 */
export * from "./bleu.ts";
export * from "./confusion_matrix.ts";
export * from "./frechet_distance.ts";
export * from "./precision_recall.ts";
export * from "./weighted_knn.ts";

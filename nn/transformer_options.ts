/**
 * Options of the layers of a Transformer.
 *
 * @module
 */
import { RandomState } from "../random/mod.ts";
import { checkModule } from "./_options.ts";
import type { AttentionOptions } from "./multi_head_attention.ts";

/**
 * Options of the layers of a Transformer.
 *
 * @category Modules
 */
export interface TransformerLayerOptions extends AttentionOptions {
  /** Number of inner features of the feed-forward network. Default 2048. */
  readonly dimFeedforward?: number;
}

/** The options with defaults: the inner features, and what all parts of a layer share. */
export function layerSettings(
  caller: string,
  options: TransformerLayerOptions,
): { dimFeedforward: number; shared: Required<AttentionOptions> } {
  checkModule(caller, {}, options, ["dimFeedforward", "dropout", "dtype", "rng"]);
  const { dimFeedforward = 2048, dropout = 0.1, dtype = "float32", rng } = options;
  return { dimFeedforward, shared: { dropout, dtype, rng: rng ?? new RandomState() } };
}

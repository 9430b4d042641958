/**
 * What a network is made of, as a table.
 *
 * @module
 */
import { textTable } from "../internal/text_table.ts";
import type { NDArray } from "../ndarray/mod.ts";

/**
 * One layer of a network.
 *
 * @category Modules
 */
export interface LayerSummary {
  /** Its name, such as `"conv1"`; the number is that of its parameters. */
  readonly name: string;
  /** Its settings in words. */
  readonly description: string;
  /** Shape of what it puts out for one example. */
  readonly outputShape: readonly number[];
  /** Names of its parameters. */
  readonly params: readonly string[];
  /** Numbers that it learns. */
  readonly numParams: number;
}

/**
 * A layer as a model describes it, before its parameters are counted.
 *
 * @category Modules
 */
export type LayerDescription = Omit<LayerSummary, "params" | "numParams"> & {
  readonly params?: readonly string[];
};

/**
 * The layers of a network. `String(summary)`, or `console.log(summary)` in Deno, gives a table.
 *
 * @example
 * ```ts
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import assert from "node:assert/strict";
 *
 * const summary = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3 }).summary();
 * assert.equal(summary.numParams, 4 * 5 + 5 + 5 * 3 + 3);
 * assert.deepEqual(summary.layers.map(({ name }) => name), ["input", "affine1", "relu1", "affine2"]);
 * assert.equal(
 *   `${summary}`,
 *   [
 *     "layer    settings  output shape  parameters",
 *     "-------  --------  ------------  ----------",
 *     "input              (N, 4)                 0",
 *     "affine1  4 to 5    (N, 5)                25",
 *     "relu1              (N, 5)                 0",
 *     "affine2  5 to 3    (N, 3)                18",
 *     "total                                    43",
 *   ].join("\n"),
 * );
 * ```
 *
 * @category Modules
 */
export class ModelSummary {
  /** The layers, input first. */
  readonly layers: readonly LayerSummary[];
  /** Numbers that the network learns. */
  readonly numParams: number;

  /**
   * Counts the parameters of layers.
   *
   * @param layers The layers, input first
   * @param params The parameters of the network, by name
   */
  constructor(layers: readonly LayerDescription[], params: Readonly<Record<string, NDArray>>) {
    this.layers = layers.map((layer) => {
      const names = layer.params ?? [];
      const numParams = names.reduce((sum, name) => sum + params[name].size, 0);
      return { ...layer, params: names, numParams };
    });
    this.numParams = this.layers.reduce((sum, { numParams }) => sum + numParams, 0);
  }

  /** The table. */
  toString(): string {
    const count = (n: number) => n.toLocaleString("en-US");
    const rows = [
      ["layer", "settings", "output shape", "parameters"],
      ...this.layers.map(({ name, description, outputShape, numParams }) => [
        name,
        description,
        `(N, ${outputShape.join(", ")})`,
        count(numParams),
      ]),
      ["total", "", "", count(this.numParams)],
    ];
    return textTable(rows, {
      isLeft: (column) => column < 3,
      rule: (widths) => widths.map((width) => "-".repeat(width)),
    }).join("\n");
  }

  /** What `console.log` shows in Deno: the table. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** What a Jupyter notebook shows of a cell that ends in a summary: the table. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

/**
 * Assignment 2, batch normalisation: the layers, deep nets with and without, and what initial
 * weights and batch sizes do to them.
 *
 * @module
 */
import { runProgram } from "./_program.ts";
import {
  backwardPart,
  forwardPart,
  layernormPart,
  netsPart,
} from "./batch_normalization/layers.ts";
import { batchSizePart, deepPart, weightScalePart } from "./batch_normalization/nets.ts";

await runProgram({
  file: "batch_normalization.ts",
  title: "Batch normalisation (assignment 2)",
  description:
    "Checks batch and layer normalisation against the course's digits, trains deep nets with and\n" +
    "without, and sweeps the scale of the initial weights and the batch size.",
  duration: { full: "a minute and a half", quick: "10 seconds" },
  uses: ["images", "dtype", "plots"],
  parts: [
    { name: "forward", title: "Batch normalisation forward", run: forwardPart },
    { name: "backward", title: "Batch normalisation backward", run: backwardPart },
    { name: "nets", title: "Fully connected nets with batch norm", run: netsPart },
    { name: "deep", title: "Deep nets with and without batch norm", run: deepPart },
    { name: "weights", title: "Batch norm and initial weights", run: weightScalePart },
    { name: "batches", title: "Batch norm and batch size", run: batchSizePart("batchnorm") },
    { name: "layernorm", title: "Layer normalisation", run: layernormPart },
    {
      name: "layernorm-batches",
      title: "Layer norm and batch size",
      run: batchSizePart("layernorm"),
    },
  ],
}, Deno.args);

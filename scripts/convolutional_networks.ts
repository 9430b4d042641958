/**
 * Assignment 2, convolutional networks: the layers by loops and fast, images filtered by hand-made
 * convolutions, a three-layer net, and normalisation of images.
 *
 * @module
 */
import { runProgram } from "./_program.ts";
import { imagePart } from "./convolutional_networks/image_processing.ts";
import { convolutionPart, poolingPart, sandwichPart } from "./convolutional_networks/layers.ts";
import { epochPart, netPart, overfitPart } from "./convolutional_networks/nets.ts";
import { batchnormPart, groupnormPart } from "./convolutional_networks/spatial_norms.ts";
import { timingPart } from "./convolutional_networks/timing.ts";

await runProgram({
  file: "convolutional_networks.ts",
  title: "Convolutional networks (assignment 2)",
  description:
    "Checks convolution, pooling and normalisation of images against the course's digits, filters\n" +
    "images by hand-made convolutions, times fast layers against loops, and trains a three-layer\n" +
    "net on 100 images and on all.",
  duration: { full: "40 seconds", quick: "10 seconds" },
  uses: ["images", "dtype", "plots"],
  parts: [
    { name: "convolution", title: "Convolution by loops", run: convolutionPart },
    { name: "image", title: "Image processing by convolution", run: imagePart },
    { name: "pooling", title: "Max pooling by loops", run: poolingPart },
    { name: "timing", title: "Fast layers", run: timingPart },
    { name: "sandwich", title: "Composite layers", run: sandwichPart },
    { name: "net", title: "ThreeLayerConvNet: loss and gradients", run: netPart },
    { name: "overfit", title: "Learning 100 images by heart", run: overfitPart },
    { name: "epoch", title: "One epoch on all images", resumable: true, run: epochPart },
    { name: "batchnorm", title: "Spatial batch normalisation", run: batchnormPart },
    { name: "groupnorm", title: "Spatial group normalisation", run: groupnormPart },
  ],
}, Deno.args);

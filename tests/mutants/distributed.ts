/**
 * Faults in training by several processes: what a rank computes, what is summed, what all agree on.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const ranks = ["tests/distributed/ranks_test.ts"];
const parts = ["tests/layers/batchnorm_of_parts_test.ts"];
const told = ["tests/models/on_gradient_test.ts"];
const rows = ["tests/data/augmentation/of_rows_test.ts"];

export const distributed: readonly Mutant[] = [
  ...mutantsOf("layers/_batchnorm_of_all.ts", parts, [
    ["means are not weighted by rows", "sums[j] = count * mean[j]", "sums[j] = mean[j]"],
    ["the spread of the means is forgotten", " + (mean[j] - means[j]) ** 2", ""],
    ["parts count alike in the backward pass", "own / count * dgamma[j]", "dgamma[j]"],
    [
      "the shift has the sum of the scale",
      "shifts[j] = factor * sums[c + j]",
      "shifts[j] = factor * sums[j]",
    ],
    ["sums are divided by all rows", "+ eps) / own", "+ eps) / count"],
  ]),
  ...mutantsOf("layers/_batchnorm.ts", parts, [
    ["parts move the running mean by their own", "(runningMean, all.mean,", "(runningMean, mean,"],
    ["statistics of parts are added twice", " && !cache.whole;", ";"],
  ]),
  ...mutantsOf("distributed/_masks.ts", ranks, [
    ["masks are those of the first rows", "draw.call(rng, p, start * perRow);", ""],
    ["masks of later rows are not drawn", "draw.call(rng, p, (total - end) * perRow);", ""],
  ]),
  ...mutantsOf("distributed/_buckets.ts", ranks, [
    ["gradients are not weighted", "if (weight !== 1) kernels", "if (weight === 1) kernels"],
    ["the last buckets stay", "for (const bucket of used) bucket.finish();", ""],
    [
      "gradients of a bucket have one place",
      "this.#memory.set(data, at);",
      "this.#memory.set(data, 0);",
    ],
    ["without overlap nothing is summed", "if (!this.#overlap) {", "if (false) {"],
  ]),
  ...mutantsOf("distributed/_shared_step.ts", ranks, [
    ["losses are not weighted", "[weight * loss,", "[loss,"],
    ["batch norm is never synchronised", "this.#synchronized ?", "false ?"],
    ["batch norm stays synchronised", "for (const norm of norms) delete norm.reduceSums;", ""],
    [
      "another gradient than was told is taken",
      "else if (known.data !== grad.data)",
      "else if (false)",
    ],
  ]),
  ...mutantsOf("distributed/_rows.ts", ranks, [
    [
      "shares are not looked at",
      "Math.round(total * sumBefore(rank) / whole)",
      "Math.round(total * rank / shares.length)",
    ],
  ]),
  ...mutantsOf("distributed/_agreement.ts", ranks, [
    [
      "parameters stay as ranks made them",
      "for (const array of Object.values(model.params)) communicator.broadcast(array, 0);",
      "",
    ],
    [
      "buffers stay as ranks made them",
      '=== "float64") communicator.broadcast(array, 0);',
      '=== "float64") continue;',
    ],
    ["what differs is passed over", "if (rank < 0) return;", "return;"],
  ]),
  ...mutantsOf("distributed/_bytes.ts", ranks, [
    ["the last bytes are cut off", "Math.ceil(length[0] / 8)", "Math.floor(length[0] / 8)"],
    ["a failure of rank 0 is kept from others", "if (told.length > 0) {", "if (false) {"],
  ]),
  ...mutantsOf("solver/_accuracy.ts", ranks, [
    ["every rank scores everything", "shared?.rowsOf(total) ??", "null ??"],
    ["scores of others are left out", "shared?.sum(sum) ?? sum", "sum"],
  ]),
  ...mutantsOf("solver/_minibatch.ts", ranks, [
    [
      "every rank has the first rows",
      "indices.subarray(start, end)",
      "indices.subarray(0, end - start)",
    ],
  ]),
  ...mutantsOf("solver/solver.ts", ranks, [
    [
      "ranks check with statistics of their own",
      "shared?.agreeOnBuffers();\n    const patiently",
      "const patiently",
    ],
  ]),
  ...mutantsOf("data/augmentation/_images.ts", rows, [
    [
      "rows are changed as the first of the batch",
      "const i = row - rows.start;",
      "const i = rows.end - 1 - row;",
    ],
  ]),
  ...mutantsOf("data/augmentation/random_crop_and_flip.ts", rows, [
    ["rows are cropped as the first of the batch", "const row = first + i;", "const row = i;"],
  ]),
  ...mutantsOf("autograd/_walk_back.ts", told, [
    ["a gradient is told of before its last use", "return left === 1;", "return true;"],
  ]),
  ...mutantsOf("models/fully_connected_net.ts", told, [
    ["gradients are not told of", "tell(onGradient, i, grads);", ""],
  ]),
  ...mutantsOf("models/conv_net.ts", told, [
    [
      "gradients are told of before regularisation",
      "      onGradient?.(name, grad);\n",
      "      onGradient?.(name, grad.copy());\n",
    ],
  ]),
];

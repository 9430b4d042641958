/**
 * Faults in training: what a run counts, draws, remembers and puts back.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const trainer = ["tests/solver/trainer_test.ts"];
const histories = ["tests/solver/history_test.ts", "tests/solver/user_parts_test.ts"];
const captions = ["tests/solver/captioning_solver_test.ts"];
const loops = ["tests/solver/own_loops_test.ts"];
const files = ["tests/models/model_file_test.ts"];

export const solver: readonly Mutant[] = [
  ...mutantsOf("solver/trainer.ts", trainer, [
    ["the best weights stay away", "this.#state.writeWeights(this.#best.state);", ""],
    [
      "training goes on from the best weights",
      "if (this.#trained) this.#state.writeWeights(this.#trained);",
      "",
    ],
    ["a figure may be infinite", "if (Number.isFinite(value)) continue;", "continue;"],
    [
      "results are handed out before there are any",
      "if (this.#awaited) return value;",
      "return value;",
    ],
    ["a checkpoint of another loop is taken", "if (checkpoint.name !== name)", "if (false)"],
    ["a resumed run forgets its figures", "live[name] = [...values];", "live[name] = [];"],
    ["a resumed run counts from 0", "this.#iteration = iteration;", ""],
    [
      "the checkpoint stays locked",
      "this.#checkpointing.close();\n    this.#running",
      "this.#running",
    ],
  ]),
  ...mutantsOf("solver/_figures.ts", trainer, [
    ["a tie is a better figure", "? now > least", "? now >= least"],
    ["a large loss is a better one", ": now < least", ": now > least"],
  ]),
  ...mutantsOf("solver/_run_state.ts", trainer, [
    [
      "a shared thing is stored twice",
      "if (other !== undefined) shared[name] = other;\n      else ",
      "",
    ],
    [
      "a refused state leaves others written",
      "for (const undo of written) this.#entries[undo].write(before[undo]);",
      "",
    ],
    ["the best weights are those in training", "return copyTree(Object", "return (Object"],
  ]),
  ...mutantsOf("solver/_run_state.ts", ["tests/solver/augment_test.ts"], [
    ["a model's generator is no state", "if (isModel(thing) && isResumable(rng))", "if (false)"],
  ]),
  ...mutantsOf("solver/_tree.ts", trainer, [
    ["minus zero loses its sign", 'Object.is(value, -0) ? "-0" : String(value)', "String(value)"],
    ["words of 32 bits lose their sign", "Uint32Array.from(array.data)", "[...array.data]"],
    ["a record with a $ is taken for an array", 'Object.hasOwn(record, "$") ?', "false ?"],
  ]),
  ...mutantsOf("solver/_resume.ts", trainer, [
    ["other settings are taken", "if (was === is || ", "if (true || "],
  ]),
  ...mutantsOf("solver/_fingerprint.ts", trainer, [
    ["other data are taken", "if (was.sum !== is.sum)", "if (false)"],
  ]),
  ...mutantsOf("solver/_checkpointing.ts", trainer, [
    ["a disk that fails is told at every attempt", "this.#failing = true;", ""],
  ]),
  ...mutantsOf("solver/solver.ts", histories, [
    [
      "a minibatch is drawn twice",
      "rng.choice(this.data.XTrain.shape[0], batchSize).data;",
      "(rng.rand(), rng.choice(this.data.XTrain.shape[0], batchSize).data);",
    ],
    [
      "the last smaller batch is a step",
      "Math.floor(XTrain.shape[0] / batchSize)",
      "Math.ceil(XTrain.shape[0] / batchSize)",
    ],
    [
      "training changes the arrays of the user",
      "if (!this.#trainer.running) detachParams(this.model);",
      "",
    ],
  ]),
  ...mutantsOf("solver/_solver_options.ts", histories, [
    ["the rate stays at the end of an epoch", "updater.scaleLearningRate(lrDecay)", "undefined"],
    ["the model's generator is not the default", "given.rng ?? model.rng ??", "given.rng ??"],
  ]),
  ...mutantsOf("solver/captioning_solver.ts", captions, [
    ["captions get the features of others", "data.trainImageIdxs.data[row]", "row % 12"],
    [
      "the last smaller batch is a step",
      "Math.floor(trainCaptions.shape[0] / batchSize)",
      "Math.ceil(trainCaptions.shape[0] / batchSize)",
    ],
  ]),
  ...mutantsOf("solver/trainer.ts", loops, [
    ["an aborted run does not save", "await this.#checkpointing.save();\n", ""],
  ]),
  ...mutantsOf("solver/epoch_rows.ts", loops, [
    ["every epoch has one order", "this.#position >= this.#numRows", "false"],
    ["a resumed run draws a new order", "this.#order = order;", "this.#order = null;"],
    ["a resumed run begins the epoch again", "this.#position = position;", "this.#position = 0;"],
  ]),
  ...mutantsOf("models/model_file.ts", files, [
    ["running statistics are not saved", ", ...Object.entries(buffers)]", "]"],
    ["a file that fits in part is taken", "if (problems.length > 0)", "if (false)"],
    ["files have the names of memory", 'name.includes(".") ? fileName(name) : name', "name"],
  ]),
  ...mutantsOf("internal/described_options.ts", ["tests/internal/described_options_test.ts"], [
    ["an unknown option is passed over", "if (!rule) {", "if (!rule && false) {"],
    [
      "an option out of range is taken",
      "if (!rule.fits(value)) fail(caller, name, value, rule);\n      resolved",
      "resolved",
    ],
    ["an option that must be given is not", "if (!rule.make) fail(", "if (false) fail("],
    ["two nets share a default generator", "resolved[name] = rule.make();", ""],
  ]),
  ...mutantsOf("internal/live_arrays.ts", files, [
    ["an assigned buffer is dropped", "live.data.set(value.data);", ""],
    [
      "a buffer of another shape is taken",
      "if (!sameShape(value.shape, live.shape))",
      "if (false)",
    ],
  ]),
];

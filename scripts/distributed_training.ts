/**
 * Trains a net by several processes, on one machine or many:
 *
 *     mpirun -n 2 deno run --allow-ffi --allow-read --allow-env scripts/distributed_training.ts
 *
 * @module
 */
import { parseArgs } from "node:util";
import { syntheticCifar10 } from "../data/mod.ts";
import { type Communicator, connectMpi, dataParallel } from "../distributed/mod.ts";
import { messageOf } from "../internal/message_of.ts";
import { FullyConnectedNet } from "../models/mod.ts";
import "../native_plugin/mod.ts";
import { RandomState } from "../random/mod.ts";
import { interruptSignal, Solver } from "../solver/mod.ts";

const help = `Data-parallel training of a fully connected net on synthetic images

Every process computes its rows of each batch; one sum over all of them makes the gradients
of the whole. Losses and weights are the same on all ranks, and those of one process up to
rounding. Without a launcher it trains alone.

Usage: mpirun -n 2 deno run --allow-ffi --allow-read --allow-env \\
         scripts/distributed_training.ts [flags]

  --epochs N         how long to train (default 5)
  --images N         images to train with (default 2000)
  --batch-size N     rows of a batch, of all ranks together (default 100)
  --seed N           seed of weights, masks and batches (default 231)
  --checkpoint FILE  save the state after each epoch (needs --allow-write for its folder)
  --resume           go on from the checkpoint, which rank 0 reads for all; a run that was
                     killed and resumed ends with the weights of one that was not
  -h, --help         this text

A process that dies ends all of them; start them again with --resume. NNDL_THREADS=1 gives
each process one thread of the native kernels, which is right where ranks share a machine.`;

/** What the flags say. */
interface Settings {
  readonly epochs: number;
  readonly images: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly checkpoint: string | null;
  readonly resume: boolean;
}

function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: "string", default: "5" },
      images: { type: "string", default: "2000" },
      "batch-size": { type: "string", default: "100" },
      seed: { type: "string", default: "231" },
      checkpoint: { type: "string" },
      resume: { type: "boolean", default: false },
    },
  });
  if (values.resume && !values.checkpoint) throw new RangeError("--resume needs --checkpoint FILE");
  return {
    epochs: wholeNumber("epochs", values.epochs, 1, 1e6),
    images: wholeNumber("images", values.images, 1, 50_000),
    batchSize: wholeNumber("batch-size", values["batch-size"], 1, 50_000),
    seed: wholeNumber("seed", values.seed, 0, 2 ** 32 - 1),
    checkpoint: values.checkpoint ?? null,
    resume: values.resume,
  };
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new RangeError(`--${flag} must be a whole number from ${least} to ${most}, got "${text}"`);
}

async function train(settings: Settings, communicator: Communicator): Promise<void> {
  using interrupt = interruptSignal();
  const { epochs, images, batchSize, seed, checkpoint } = settings;
  const isFirst = communicator.rank === 0;
  const data = syntheticCifar10({ numTraining: images, numValidation: 500, numTest: 0 });
  const rng = new RandomState(seed);
  const net = new FullyConnectedNet([100, 100], { dropoutKeepRatio: 0.8, rng });
  const model = dataParallel(net, communicator);
  const options = {
    numEpochs: epochs,
    signal: interrupt.signal,
    checkpointName: checkpoint,
    printEvery: Math.max(1, Math.floor(images / batchSize)),
  };
  const solver = settings.resume
    ? await Solver.resume(checkpoint!, model, data, options)
    : new Solver(model, data, {
      ...options,
      updateRule: "adam",
      optimConfig: { learningRate: 1e-3 },
      batchSize,
      rng,
    });
  if (isFirst) {
    console.log(`Training on ${communicator.size} rank(s): ${communicator.description}`);
  }
  const [started, before] = [performance.now(), solver.iteration];
  await solver.train();
  const steps = Math.max(1, solver.iteration - before);
  const each = (performance.now() - started) / steps;
  if (!isFirst) return;
  console.log(
    `${solver.stopped} after ${solver.iteration} steps, ${each.toFixed(1)} ms each, ` +
      `${(model.waited / steps).toFixed(1)} ms of them waiting for other ranks`,
  );
  console.log(`best validation accuracy ${solver.bestValAcc}`);
  console.log(`weights ${await digestOf(model.params)}`);
}

/** SHA-256 of all parameters. */
async function digestOf(params: FullyConnectedNet["params"]): Promise<string> {
  const parts = Object.values(params).map(({ data }) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  );
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return new Uint8Array(hash).toHex();
}

if (import.meta.main) {
  if (Deno.args.some((flag) => flag === "--help" || flag === "-h")) {
    console.log(help);
  } else {
    try {
      const settings = readSettings(Deno.args);
      const communicator = connectMpi();
      await train(settings, communicator);
      communicator.close();
    } catch (error) {
      // Leave without a farewell: the launcher then ends the other ranks.
      console.error(`distributed_training.ts: ${messageOf(error)}`);
      Deno.exit(1);
    }
  }
}

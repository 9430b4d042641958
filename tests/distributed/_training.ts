/**
 * Trains small nets on the ranks of a job, one after another as its argument says; each rank prints
 * the losses and a digest of the parameters and buffers of each as a line of JSON.
 *
 * @module
 */
import { flatten, relu } from "../../autograd/mod.ts";
import { type Augmentation, randomCropAndFlip, randomFlip } from "../../data/mod.ts";
import { type Communicator, connectMpi, dataParallel } from "../../distributed/mod.ts";
import { ConvNet, FullyConnectedNet, type Model, ThreeLayerConvNet } from "../../models/mod.ts";
import { concatenate, type NDArray } from "../../ndarray/mod.ts";
import { asModel, BatchNorm2d, Conv2d, Dropout, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { interruptSignal, Solver, type StepEvent } from "../../solver/mod.ts";

/** The step after which something odd happens on a rank. */
export const ODD_STEP = 50;

/** What a job does. */
export interface Job {
  readonly net?: "dense" | "three" | "conv" | "module";
  readonly dtype?: "float32" | "float64";
  readonly dropout?: boolean;
  readonly batchNorm?: "local" | "synchronized";
  readonly augment?: "flip" | "crop" | "mirrored halves";
  readonly shares?: number[];
  readonly overlap?: boolean;
  readonly bucketBytes?: number;
  /** Epochs of six steps. */
  readonly epochs?: number;
  /** Trains the net itself, with nothing around it. */
  readonly plain?: boolean;
  /** The rank on which something is different, and what. */
  readonly odd?: {
    readonly rank: number;
    readonly what: "model" | "seed" | "data" | "epochs" | "shares" | "signal" | "SIGINT" | "kill";
  };
  readonly checkpoint?: string;
  readonly resume?: boolean;
}

/** What came of it on a rank. */
export interface Trained {
  readonly job: number;
  readonly rank: number;
  readonly losses: number[];
  readonly valAcc: number[];
  readonly stopped: string;
  readonly digest: string;
  /** The next number of the generator. */
  readonly draw: number;
}

const augmentations: Record<string, Augmentation> = {
  flip: randomFlip(),
  crop: randomCropAndFlip({ pad: 1 }),
  // It has no ofRows and mixes rows, so it must see the whole batch.
  "mirrored halves": (X: NDArray, rng: RandomState) => {
    const at = rng.randint(1, X.shape[0]) as number;
    return concatenate([X.slice(`${at}:`), X.slice(`:${at}`)]);
  },
};

const jobs: readonly Job[] = JSON.parse(Deno.args[0]);
const communicator = connectMpi();
for (const [i, job] of jobs.entries()) {
  const trained: Trained = { job: i, rank: communicator.rank, ...await run(job, communicator) };
  console.log(JSON.stringify(trained));
}
communicator.close();

async function run(
  job: Job,
  communicator: Communicator,
): Promise<Omit<Trained, "job" | "rank">> {
  const { dtype = "float64", odd, shares, overlap, bucketBytes, batchNorm } = job;
  const isOdd = (what: string) => odd?.what === what && odd.rank === communicator.rank;
  const epochs = isOdd("epochs") ? 1 : job.epochs ?? 17;
  const data = new RandomState(isOdd("data") ? 8 : 7);
  const X = data.randn(60, 3, 4, 4).astype(dtype);
  const y = data.randint(0, 4, 60);
  const rng = new RandomState(isOdd("seed") ? 8 : 231);
  const net = makeNet(job, rng, isOdd("model"));
  const stop = new AbortController();
  using interrupt = odd?.what === "SIGINT" ? interruptSignal() : null;
  const model = job.plain ? net : dataParallel(net, communicator, {
    shares: isOdd("shares") ? [2, 1] : shares,
    batchNorm,
    overlap,
    bucketBytes,
  });
  const surprise = () => {
    if (isOdd("signal")) stop.abort();
    if (isOdd("SIGINT")) Deno.kill(Deno.pid, "SIGINT");
    if (isOdd("kill")) Deno.kill(Deno.pid, "SIGKILL");
  };
  const sets = { XTrain: X, yTrain: y, XVal: X, yVal: y };
  const later = {
    numEpochs: epochs,
    signal: interrupt?.signal ?? stop.signal,
    augment: job.augment ? augmentations[job.augment] : null,
    progress: { step: ({ iteration }: StepEvent) => iteration === ODD_STEP && surprise() },
    checkpointName: job.checkpoint ?? null,
  };
  const solver = job.resume
    ? await Solver.resume(job.checkpoint!, model, sets, later)
    : new Solver(model, sets, {
      ...later,
      updateRule: "adam",
      optimConfig: { learningRate: 1e-2 },
      batchSize: 10,
      numTrainSamples: 25,
      rng,
    });
  await solver.train();
  return {
    losses: solver.lossHistory,
    valAcc: solver.valAccHistory,
    stopped: solver.stopped!,
    digest: await digestOf(net),
    draw: rng.rand(),
  };
}

function makeNet(job: Job, rng: RandomState, odd: boolean): Model {
  const { net = "dense", dtype = "float64", dropout: drops, batchNorm } = job;
  const normalization = batchNorm ? "batchnorm" : null;
  const rest = { numClasses: 4, reg: 0.01, dtype, normalization, rng } as const;
  const dropoutKeepRatio = drops ? 0.6 : 1;
  switch (net) {
    case "dense":
      return new FullyConnectedNet(odd ? [9, 6] : [8, 6], {
        inputDim: 48,
        weightScale: 0.2,
        dropoutKeepRatio,
        ...rest,
      });
    case "three": {
      const sizes = { numFilters: 3, filterSize: 3, hiddenDim: 5, weightScale: 0.2 };
      return new ThreeLayerConvNet({ inputDim: [3, 4, 4], ...sizes, ...rest });
    }
    case "conv": {
      const conv = [{ filters: 4, pool: true }, { filters: 3 }];
      return new ConvNet({ inputDim: [3, 4, 4], conv, hidden: [5], dropoutKeepRatio, ...rest });
    }
    case "module":
      return asModel(
        new Sequential(
          new Conv2d(3, 4, 3, { pad: 1, rng, dtype }),
          ...(batchNorm ? [new BatchNorm2d(4, { dtype })] : []),
          relu,
          flatten,
          ...(drops ? [new Dropout(0.4, { rng })] : []),
          new Linear(64, 4, { rng, dtype }),
        ),
      );
  }
}

/** SHA-256 of all that a model learnt. */
async function digestOf({ params, buffers = {} }: Model): Promise<string> {
  const arrays = [...Object.values(params), ...Object.values(buffers)];
  const bytes = arrays.flatMap(({ data }) =>
    Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  );
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return new Uint8Array(hash).toHex();
}

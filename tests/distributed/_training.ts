/**
 * Trains a small net on the ranks of a job, as its argument says; each rank prints its losses and a
 * digest of its parameters and buffers as a line of JSON.
 *
 * @module
 */
import { connectMpi, dataParallel } from "../../distributed/mod.ts";
import { randomFlip } from "../../data/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";

/** What a job does. */
export interface Job {
  readonly dtype?: "float32" | "float64";
  readonly dropout?: boolean;
  readonly batchNorm?: boolean;
  readonly augment?: boolean;
  readonly shares?: number[];
  /** Epochs of six steps. */
  readonly epochs?: number;
  /** Trains the net itself, with nothing around it. */
  readonly plain?: boolean;
  /** The rank on which something is different, and what. */
  readonly odd?: { readonly rank: number; readonly what: "model" | "seed" | "signal" | "kill" };
  readonly checkpoint?: string;
  readonly resume?: boolean;
}

const job: Job = JSON.parse(Deno.args[0]);
const { dtype = "float64", epochs = 17, odd } = job;
const communicator = connectMpi();
const isOdd = (what: string) => odd?.what === what && odd.rank === communicator.rank;

const data = new RandomState(7);
const X = data.randn(60, 3, 4, 4).astype(dtype);
const y = data.randint(0, 4, 60);
const rng = new RandomState(isOdd("seed") ? 8 : 231);
const net = new FullyConnectedNet(isOdd("model") ? [9, 6] : [8, 6], {
  inputDim: 48,
  numClasses: 4,
  dropoutKeepRatio: job.dropout ? 0.6 : 1,
  normalization: job.batchNorm ? "batchnorm" : null,
  reg: 0.01,
  weightScale: 0.2,
  dtype,
  rng,
});
const stop = new AbortController();
const shared = job.plain
  ? null
  : dataParallel(net, communicator, { shares: job.shares, signal: stop.signal });
const model = shared ?? net;
const sets = { XTrain: X, yTrain: y, XVal: X, yVal: y };
const options = {
  updateRule: "adam",
  optimConfig: { learningRate: 1e-2 },
  batchSize: 10,
  numEpochs: epochs,
  augment: job.augment ? randomFlip() : null,
  verbose: false,
  signal: shared?.signal,
  checkpointName: communicator.rank === 0 ? job.checkpoint ?? null : null,
  rng,
} as const;
const solver = job.resume
  ? await Solver.resume(job.checkpoint!, model, sets, {
    verbose: false,
    numEpochs: epochs,
    signal: shared?.signal,
    checkpointName: options.checkpointName,
  })
  : new Solver(model, sets, options);
if (isOdd("signal")) setTimeout(() => stop.abort(), 30);
if (isOdd("kill")) setInterval(killOnceSaved, 10);
await solver.train();
communicator.close();
console.log(JSON.stringify({
  rank: communicator.rank,
  losses: solver.lossHistory,
  valAcc: solver.valAccHistory,
  stopped: solver.stopped,
  digest: await digest(),
  draw: rng.rand(),
}));

/** Ends this process as an operator would, once there is a checkpoint if one is to be made. */
function killOnceSaved(): void {
  if (job.checkpoint && !exists(`${job.checkpoint}.safetensors`)) return;
  Deno.kill(Deno.pid, "SIGKILL");
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** SHA-256 of all that the model learnt. */
async function digest(): Promise<string> {
  const arrays = [...Object.values(model.params), ...Object.values(model.buffers ?? {})];
  const bytes = arrays.flatMap(({ data }) =>
    Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  );
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return new Uint8Array(hash).toHex();
}

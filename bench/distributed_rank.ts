/**
 * What one rank of `bench/distributed.ts` does: measures the network and steps of training, and rank
 * 0 prints the figures as a line of JSON.
 *
 * @module
 */
import { type Communicator, connectMpi, dataParallel } from "../distributed/mod.ts";
import { activeBackend, Workspace } from "../kernels/mod.ts";
import {
  ConvNet,
  FullyConnectedNet,
  type Model,
  type OnGradient,
  ThreeLayerConvNet,
} from "../models/mod.ts";
import "../native_plugin/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";

/** Nets to train on images (3, 32, 32); `"paced"` only waits, 60 ms for 8 gradients of 1 MB. */
export type NetName = "paced" | "fc" | "conv" | "deep";

/** What the first argument says, as JSON. */
export interface RankJob {
  readonly nets: readonly NetName[];
  /** Rows of a batch, of all ranks together. */
  readonly batchSize: number;
  /** Steps of each measurement. */
  readonly steps: number;
}

/** Milliseconds of a step. */
export interface StepFigures {
  readonly total: number;
  /** Of them spent waiting for sums after the backward pass. */
  readonly waiting: number;
}

/** What was measured of a net. */
export interface NetFigures {
  readonly net: NetName;
  /** Bytes of all gradients. */
  readonly bytes: number;
  /** A rank's own rows, with nothing summed. */
  readonly alone: number;
  /** Sums begun while gradients are computed, and after the last of them. */
  readonly overlap: StepFigures;
  readonly after: StepFigures;
}

/** What was measured on a network. */
export interface RankFigures {
  readonly ranks: number;
  readonly description: string;
  readonly backend: string;
  /** Milliseconds of a sum of one number. */
  readonly latency: number;
  /** Bytes a second at which a large sum is done: its bytes by its time. */
  readonly bandwidth: number;
  readonly nets: readonly NetFigures[];
}

const LARGE = 2 ** 20;

function measure(communicator: Communicator, { nets, batchSize, steps }: RankJob): RankFigures {
  const { name, threads } = activeBackend();
  const [one, many] = [new Float64Array(1), new Float32Array(LARGE)];
  const latency = median(communicator, 200, () => communicator.allReduce(one));
  const large = median(communicator, 5, () => communicator.allReduce(many));
  return {
    ranks: communicator.size,
    description: communicator.description,
    backend: `${name}, ${threads} thread(s)`,
    latency,
    bandwidth: many.byteLength / (large / 1000),
    nets: nets.map((net) => measureNet(communicator, net, batchSize, steps)),
  };
}

function measureNet(
  communicator: Communicator,
  name: NetName,
  batchSize: number,
  steps: number,
): NetFigures {
  const rng = new RandomState(231);
  const net = makeNet(name, rng);
  const X = rng.randn(batchSize, 3, 32, 32).astype("float32");
  const y = rng.randint(0, 10, batchSize) as NDArray;
  const own = Math.ceil(batchSize / communicator.size);
  const [ownX, ownY] = [X.slice(`:${own}`), y.slice(`:${own}`)];
  const workspace = new Workspace();
  const alone = () => void net.loss(ownX, ownY, workspace);
  const modes = { overlap: true, after: false };
  const models = Object.entries(modes).map(([mode, overlap]) =>
    [mode, dataParallel(net, communicator, { overlap })] as const
  );
  const samples: Record<string, { total: number[]; waiting: number[] }> = {
    alone: { total: [], waiting: [] },
    overlap: { total: [], waiting: [] },
    after: { total: [], waiting: [] },
  };
  const warmUp = 3;
  for (let step = -warmUp; step < steps; step++) {
    // In turn, so that a drift of the machine hits all alike.
    for (const [mode, model] of [["alone", null], ...models] as const) {
      communicator.barrier();
      const before = model?.waited ?? 0;
      const started = performance.now();
      if (model) model.loss(X, y, workspace);
      else alone();
      const total = performance.now() - started;
      if (step < 0) continue;
      samples[mode].total.push(total);
      samples[mode].waiting.push((model?.waited ?? 0) - before);
    }
  }
  const figuresOf = (mode: string): StepFigures => ({
    total: middle(samples[mode].total),
    waiting: middle(samples[mode].waiting),
  });
  return {
    net: name,
    bytes: Object.values(net.params).reduce((sum, { data }) => sum + data.byteLength, 0),
    alone: middle(samples.alone.total),
    overlap: figuresOf("overlap"),
    after: figuresOf("after"),
  };
}

function makeNet(name: NetName, rng: RandomState): Model {
  switch (name) {
    case "paced":
      return new PacedModel();
    case "fc":
      return new FullyConnectedNet([512, 512], { rng });
    case "conv":
      return new ThreeLayerConvNet({ rng });
    case "deep":
      return new ConvNet({
        conv: [32, { filters: 64, pool: true }, { filters: 128, pool: true }, {
          filters: 256,
          pool: true,
        }],
        hidden: [256],
        rng,
      });
  }
}

function median(communicator: Communicator, repeats: number, work: () => void): number {
  const times = Array.from({ length: repeats + 1 }, () => {
    communicator.barrier();
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return middle(times.slice(1));
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** A model that sleeps instead of computing, so that other work on the machine does not slow it. */
class PacedModel implements Model {
  readonly params: Record<string, NDArray> = Object.fromEntries(
    Array.from(
      { length: 8 },
      (_, i) => [`W${i}`, new NDArray(new Float32Array(2 ** 18), [2 ** 18])],
    ),
  );
  readonly #clock = new Int32Array(new SharedArrayBuffer(4));

  loss(X: NDArray, y?: undefined): NDArray;
  loss(
    X: NDArray,
    y: NDArray,
    workspace?: Workspace,
    onGradient?: OnGradient,
  ): [number, Record<string, NDArray>];
  loss(
    X: NDArray,
    y?: NDArray,
    _?: Workspace,
    onGradient?: OnGradient,
  ): NDArray | [number, Record<string, NDArray>] {
    if (!y) return X;
    for (const [name, grad] of Object.entries(this.params)) {
      Atomics.wait(this.#clock, 0, 0, 7.5);
      onGradient?.(name, grad);
    }
    return [0, { ...this.params }];
  }
}

if (import.meta.main) {
  const communicator = connectMpi();
  const figures = measure(communicator, JSON.parse(Deno.args[0]));
  communicator.close();
  if (communicator.rank === 0) console.log(JSON.stringify(figures));
}

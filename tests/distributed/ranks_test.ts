/** What ranks compute together, without MPI: runs everywhere. */
import assert from "node:assert/strict";
import { type Communicator, dataParallel } from "../../distributed/mod.ts";
import { randomFlip } from "../../data/mod.ts";
import { CaptioningRNN, ConvNet, FullyConnectedNet } from "../../models/mod.ts";
import { type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver, Solver } from "../../solver/mod.ts";
import { onRanks } from "./_ranks.ts";

const data = new RandomState(7);
const X = data.randn(12, 3, 4, 4);
const y = data.randint(0, 4, 12) as NDArray;

function makeNet(rng: RandomState): ConvNet {
  return new ConvNet({
    inputDim: [3, 4, 4],
    conv: [3],
    hidden: [5],
    numClasses: 4,
    normalization: "batchnorm",
    dropoutKeepRatio: 0.7,
    reg: 0.01,
    dtype: "float64",
    rng,
  });
}

function near(a: number, b: number): void {
  assert.ok(Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
}

for (const overlap of [true, false]) {
  Deno.test(`three unequal ranks have the loss and gradients of one: overlap ${overlap}`, async () => {
    const alone = makeNet(new RandomState(231));
    const [loss, grads] = alone.loss(X, y);
    const ranks = await onRanks(3, (communicator) => {
      // Only rank 0 has the right weights at the start.
      const net = makeNet(new RandomState(231));
      for (const array of [...Object.values(net.params), ...Object.values(net.buffers)]) {
        if (communicator.rank > 0) array.data.fill(0.5);
      }
      const model = dataParallel(net, communicator, {
        shares: [1, 3, 2],
        batchNorm: "synchronized",
        bucketBytes: 200,
        overlap,
      });
      const result = model.loss(X, y);
      assert.ok(model.batchNorms === undefined && net.batchNorms.every((norm) => !norm.reduceSums));
      return { result, buffers: net.buffers, draw: net.rng.rand() };
    });
    const draw = alone.rng.rand();
    for (const { result: [own, ownGrads], buffers, draw: ownDraw } of ranks) {
      near(own, loss);
      assert.equal(ownDraw, draw);
      for (const [name, grad] of Object.entries(grads)) {
        grad.data.forEach((value, i) => near(ownGrads[name].data[i], value));
        assert.deepEqual(ownGrads[name].toArray(), ranks[0].result[1][name].toArray());
      }
      for (const [name, buffer] of Object.entries(alone.buffers)) {
        buffer.data.forEach((value, i) => near(buffers[name].data[i], value));
      }
    }
  });
}

function solve(communicator: Communicator | null, augment = true): Promise<Solver> {
  const rng = new RandomState(231);
  const net = makeNet(rng);
  const model = communicator ? dataParallel(net, communicator, { batchNorm: "synchronized" }) : net;
  const solver = new Solver(model, { XTrain: X, yTrain: y, XVal: X, yVal: y }, {
    batchSize: 5,
    numEpochs: 2,
    numTrainSamples: 7,
    augment: augment ? randomFlip() : null,
    progress: [],
    rng,
  });
  return solver.train().then(() => solver);
}

Deno.test("a Solver on two ranks has the history of one on one", async () => {
  const alone = await solve(null);
  for (const solver of await onRanks(2, (communicator) => solve(communicator))) {
    solver.lossHistory.forEach((loss, i) => near(loss, alone.lossHistory[i]));
    assert.deepEqual(solver.trainAccHistory, alone.trainAccHistory);
    assert.deepEqual(solver.valAccHistory, alone.valAccHistory);
    assert.equal(solver.bestValAcc, alone.bestValAcc);
  }
});

Deno.test("a CaptioningSolver on two ranks has the losses of one", async () => {
  const wordToIdx = Object.fromEntries(
    ["<NULL>", "<START>", "<END>", "a", "b"].map((word, i) => [word, i]),
  );
  const trainCaptions = data.randint(3, 5, [8, 4]) as NDArray;
  const captions = {
    trainCaptions,
    trainImageIdxs: data.randint(0, 5, 8) as NDArray,
    trainFeatures: data.randn(5, 6),
  };
  const solve = async (communicator: Communicator | null) => {
    const rng = new RandomState(231);
    const sizes = { inputDim: 6, wordvecDim: 3, hiddenDim: 4, dtype: "float64" } as const;
    const net = new CaptioningRNN({ wordToIdx, ...sizes, rng });
    const model = communicator ? dataParallel(net, communicator, { shares: [3, 1] }) : net;
    const options = { batchSize: 4, numEpochs: 2, progress: [], rng };
    const solver = new CaptioningSolver(model, captions, options);
    await solver.train();
    return solver.lossHistory;
  };
  const alone = await solve(null);
  for (const losses of await onRanks(2, solve)) losses.forEach((loss, i) => near(loss, alone[i]));
});

Deno.test("ranks compute as many rows as their shares say", async () => {
  const rows = await onRanks(3, (communicator) => {
    const { shared } = dataParallel(makeNet(new RandomState(1)), communicator, {
      shares: [1, 3, 2],
    });
    return [shared.rowsOf(12), shared.rowsOf(2)];
  });
  assert.deepEqual(rows.map(([{ start, end }]) => [start, end]), [[0, 2], [2, 8], [8, 12]]);
  assert.deepEqual(rows.map(([, { start, end }]) => [start, end]), [[0, 0], [0, 1], [1, 2]]);
});

Deno.test("a check scores with the running statistics of rank 0 on all ranks", async () => {
  const seen = await onRanks(2, async (communicator) => {
    const [rng, means] = [new RandomState(231), [] as number[]];
    const net = makeNet(rng);
    const watched = {
      params: net.params,
      buffers: net.buffers,
      rng,
      loss(X: NDArray, y?: NDArray, ...rest: unknown[]) {
        if (!y) means.push(net.buffers["bn1.runningMean"].data[0]);
        return Reflect.apply(net.loss, net, [X, y, ...rest]) as NDArray;
      },
    };
    const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
    const options = { batchSize: 6, numEpochs: 2, progress: [], rng };
    await new Solver(dataParallel(watched, communicator), data, options).train();
    return means;
  });
  assert.equal(seen[0].length, 6);
  assert.deepEqual(seen[1], seen[0]);
  assert.notEqual(seen[0][0], seen[0][5]);
});

Deno.test("ranks whose parameters part are told so before a check", async () => {
  const part = onRanks(2, (communicator) => {
    const net = makeNet(new RandomState(231));
    const { shared } = dataParallel(net, communicator);
    if (communicator.rank === 1) net.params.W1.data[0] += 1e-12;
    shared.agreeOnBuffers();
  });
  await assert.rejects(part, /rank 1 has W1 with the checksum \w+ and rank 0 W1 .*same kernels/);
});

Deno.test("all ranks get the running statistics of rank 0, and what it reads", async () => {
  const all = await onRanks(3, async (communicator) => {
    const net = makeNet(new RandomState(231));
    const { shared } = dataParallel(net, communicator);
    net.buffers["bn1.runningMean"].data.fill(communicator.rank + 1);
    shared.agreeOnBuffers();
    const bytes = await shared.readOnce(() => {
      assert.equal(communicator.rank, 0);
      return Promise.resolve(Uint8Array.from({ length: 1001 }, (_, i) => i));
    });
    return {
      mean: net.buffers["bn1.runningMean"].data[2],
      last: bytes[1000],
      length: bytes.length,
    };
  });
  for (const one of all) assert.deepEqual(one, { mean: 1, last: 1000 % 256, length: 1001 });
});

Deno.test("what rank 0 cannot read is an error on every rank", async () => {
  for (const failing of [0, 1]) {
    const read = onRanks(2, async (communicator) => {
      const { shared } = dataParallel(makeNet(new RandomState(1)), communicator);
      try {
        await shared.readOnce(() => Promise.reject(new Error("the disk is gone")));
      } catch (error) {
        if (!(error instanceof Error) || !/disk/.test(error.message)) throw error;
        if (communicator.rank === failing) throw error;
      }
    });
    await assert.rejects(read, /the disk is gone/);
  }
});

Deno.test("dataParallel() refuses wrong options and models that tell of other gradients", async () => {
  const refuse = (options: object, expected: RegExp) =>
    assert.rejects(
      onRanks(2, (communicator) => {
        dataParallel(makeNet(new RandomState(1)), communicator, options);
      }),
      expected,
    );
  await refuse({ batchNorm: "sync" }, /batchNorm must be "local" or "synchronized", got "sync"/);
  await refuse({ bucketBytes: 0 }, /bucketBytes must be a whole number from 1 up, got 0/);
  await refuse({ overlap: 1 }, /overlap must be true or false, got 1/);
  await refuse({ syncBatchNorm: true }, /batchNorm: "synchronized"/);
  const net = new FullyConnectedNet([], { inputDim: 48, numClasses: 4, dtype: "float64" });
  const { params } = net;
  const model = { params, loss: net.loss.bind(net) as typeof net.loss };
  await assert.rejects(
    onRanks(2, (communicator) => {
      dataParallel(model, communicator, { batchNorm: "synchronized" });
    }),
    /does not say what it has of batch norm/,
  );
  const lying = {
    params,
    loss(_: NDArray, y?: NDArray, __?: unknown, onGradient?: (name: string, g: NDArray) => void) {
      if (!y) return zeros([1, 4]);
      onGradient?.("W1", zeros([48, 4]));
      return [0, { W1: zeros([48, 4]), b1: zeros([4]) }] as [number, Record<string, NDArray>];
    },
  };
  await assert.rejects(
    onRanks(2, (communicator) => {
      dataParallel(lying, communicator).loss(X, y);
    }),
    /told of another gradient of W1 than it returned/,
  );
});

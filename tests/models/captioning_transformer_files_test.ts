import assert from "node:assert/strict";
import { CaptioningTransformer, loadModel, saveModel } from "../../models/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver } from "../../solver/mod.ts";

const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, a: 3, cat: 4, dog: 5 };
const small = (seed: number, dropout = 0) =>
  new CaptioningTransformer({
    wordToIdx,
    inputDim: 7,
    wordvecDim: 8,
    numHeads: 2,
    numLayers: 1,
    maxLength: 10,
    dimFeedforward: 16,
    dropout,
    rng: new RandomState(seed),
  });

Deno.test("a checkpointed run of the captioner goes on as if it had not stopped", async () => {
  const folder = await Deno.makeTempDir();
  const rng = new RandomState(5);
  const data = {
    trainFeatures: rng.randn(6, 7),
    trainCaptions: array(Array.from({ length: 12 }, (_, i) => [1, 3, 3 + i % 3, 2]), "int32"),
    trainImageIdxs: array(Array.from({ length: 12 }, (_, i) => i % 6), "int32"),
  };
  const options = { updateRule: "adam", batchSize: 4, verbose: false } as const;
  try {
    const checkpointName = `${folder}/captioner`;
    const first = new RandomState(0);
    const run = { ...options, numEpochs: 2, rng: first, checkpointName };
    await new CaptioningSolver(small(1, 0.3), data, run).train();
    const resumed = await CaptioningSolver.resume(checkpointName, small(8, 0.3), data, {
      numEpochs: 4,
      verbose: false,
    });
    await resumed.train();
    const whole = new CaptioningSolver(small(1, 0.3), data, {
      ...options,
      numEpochs: 4,
      rng: new RandomState(0),
    });
    await whole.train();
    assert.deepEqual(resumed.lossHistory, whole.lossHistory);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("saveModel() and loadModel() take the captioner", async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const [one, other] = [small(1), small(2)];
    await saveModel(path, one);
    await loadModel(path, other);
    const features = new RandomState(0).randn(2, 7);
    assert.deepEqual(
      other.sample(features, { maxLength: 5 }),
      one.sample(features, { maxLength: 5 }),
    );
    assert.deepEqual(other.stateDict(), one.stateDict());
  } finally {
    await Deno.remove(path);
  }
});

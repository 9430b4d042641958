import assert from "node:assert/strict";
import { syntheticCaptions } from "../../data/mod.ts";
import {
  CaptionFeatureNet,
  captionFeatures,
  type CaptionFeaturesOptions,
} from "../../models/mod.ts";
import { allclose, array, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const { images, descriptions, descriptionNames } = syntheticCaptions({ numScenes: 420, seed: 5 });
const few = { numTraining: 400, numFeatures: 24, numEpochs: 6, batchSize: 20, learningRate: 5e-3 };

function learn(options: CaptionFeaturesOptions = {}) {
  return captionFeatures(images, descriptions, { ...few, rng: new RandomState(1), ...options });
}

Deno.test("captionFeatures() learns to name what is in images", async () => {
  const losses: number[] = [];
  const { features, accuracies, net } = await learn({
    onEpoch: ({ epoch, numEpochs, loss }) => {
      assert.equal(numEpochs, 6);
      assert.equal(epoch, losses.length + 1);
      losses.push(loss);
    },
  });
  assert.ok(losses[5] < losses[0] - 4, `${losses}`);
  assert.equal(accuracies.length, 13);
  assert.ok(accuracies[descriptionNames.indexOf("background")] > 0.9, `${accuracies}`);
  assert.ok(accuracies[descriptionNames.indexOf("place of the first")] > 0.7, `${accuracies}`);
  assert.deepEqual(net.numAnswers, [3, 2, 8, 5, 2, 9, 9, 6, 3, 10, 3, 9, 6]);
  assert.deepEqual(features.shape, [420, 24]);
  assert.equal(features.dtype, "float32");
  const learnt = features.slice(":400");
  assert.ok(Math.abs(learnt.mean()) < 1e-4, `${learnt.mean()}`);
  assert.ok(Math.abs(learnt.std() - 1) < 0.01, `${learnt.std()}`);
});

Deno.test("captionFeatures() repeats itself, whatever the images that are not learnt from", async () => {
  const [a, b] = [await learn({ numEpochs: 1 }), await learn({ numEpochs: 1 })];
  assert.deepEqual(a.features.data, b.features.data);
  const other = await captionFeatures(images.slice(":410"), descriptions.slice(":410"), {
    ...few,
    numEpochs: 1,
    rng: new RandomState(1),
  });
  assert.ok(allclose(other.features, a.features.slice(":410"), { atol: 1e-5 }));
});

Deno.test("captionFeatures() ends when it is told to, with what was learnt so far", async () => {
  const stop = new AbortController();
  const epochs: number[] = [];
  const { features } = await learn({
    signal: stop.signal,
    onEpoch: ({ epoch }) => {
      epochs.push(epoch);
      stop.abort();
    },
  });
  assert.deepEqual(epochs, [1]);
  assert.ok(features.data.every(Number.isFinite));
});

Deno.test("captionFeatures() describes all images where it learns from all", async () => {
  const { accuracies, features } = await learn({ numTraining: undefined, numEpochs: 0 });
  assert.deepEqual(accuracies, []);
  assert.equal(features.shape[0], 420);
});

Deno.test("CaptionFeatureNet reads bytes and floats from 0 to 1 alike, in blocks too", () => {
  const net = new CaptionFeatureNet([3, 4], { numFeatures: 6, rng: new RandomState(0) });
  const bytes = net.features(images.slice(":300"));
  const floats = net.features(images.slice(":300").astype("float32").divide(255));
  assert.ok(allclose(bytes, floats, { atol: 1e-4 }));
  assert.ok(
    allclose(net.features(images.slice("245:260")), bytes.slice("245:260"), { atol: 1e-5 }),
  );
  assert.deepEqual(net.answers(images.slice(":5")).shape, [5, 2]);
  const [untrained] = net.model.loss(images.slice(":50"), zeros([50, 2], "int32"));
  assert.ok(Math.abs(untrained - Math.log(3) - Math.log(4)) < 0.7, `${untrained}`);
});

Deno.test("captionFeatures() refuses what does not fit", async () => {
  const wrong: [() => Promise<unknown> | unknown, RegExp][] = [
    [
      () => captionFeatures(images, descriptions.slice(":5")),
      /shape \(420, Q\).* got \(5, 13\) int32/,
    ],
    [() => captionFeatures(images, descriptions.astype("float32")), /got \(420, 13\) float32/],
    [() => captionFeatures(images, descriptions.subtract(1)), /from 0 up/],
    [() => captionFeatures(images.reshape([420, -1]), descriptions), /images must have shape/],
    [() => learn({ numTraining: 421 }), /numTraining .* from 2 to 420, got 421/],
    [() => learn({ batchSize: 1 }), /batchSize/],
    [() => learn({ learningRate: 0 }), /learningRate/],
    [() => learn({ epochs: 3 } as never), /there is no option "epochs"/],
  ];
  for (const [call, text] of wrong) await assert.rejects(async () => await call(), text);
  const sizes = { inputDim: [3, 30, 32] } as const;
  assert.throws(() => new CaptionFeatureNet([2], sizes), /multiples of 8, got 30 and 32/);
  assert.throws(() => new CaptionFeatureNet([]), /at least one question/);
  assert.throws(() => new CaptionFeatureNet([0]), /numAnswers/);
  assert.throws(() => new CaptionFeatureNet(array([1]) as never), /at least one question/);
});

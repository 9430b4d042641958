/** The networks of the frameworks program against what the notebooks printed of theirs. */
import assert from "node:assert/strict";
import { flatten, relu, Tensor } from "../../autograd/mod.ts";
import { zeros } from "../../ndarray/mod.ts";
import { Conv2d, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { threeLayerConvnet, twoLayerFc } from "../../scripts/frameworks/barebones.ts";
import { ThreeLayerConvNet, TwoLayerFC } from "../../scripts/frameworks/modules.ts";
import { courseTest } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

const rng = new RandomState(0);

/** Zeros of the recorded shapes, in order. */
function zerosOf(c: Check): Tensor[] {
  const shapes = c.inputs.all_zero_inputs_with_shapes as Record<string, number[] | number>;
  return Object.values(shapes).flatMap((shape) =>
    Array.isArray(shape) ? [new Tensor(zeros(shape, "float32"))] : []
  );
}

function assertScores(c: Check, scores: Tensor): void {
  assert.deepEqual([...scores.shape], c.expected.scores_shape);
  assert.ok(scores.value.equal(0).sum() === scores.size);
}

for (const id of ["a2/pytorch/flatten", "a2/tensorflow/flatten"]) {
  courseTest(id, "flatten() keeps the first axis", (c) => {
    const out = flatten(c.array("x"));
    assert.deepEqual(out.value.toArray(), c.expectedArray("out").toArray());
    assert.deepEqual([...out.shape], [...c.expectedArray("out").shape]);
  });
}

courseTest("a2/pytorch/two_layer_fc_shape", "twoLayerFc() of zeros is zeros", (c) => {
  const [x, ...params] = zerosOf(c);
  assertScores(c, twoLayerFc(x.value, params));
});

courseTest("a2/pytorch/three_layer_convnet_shape", "threeLayerConvnet() of zeros is zeros", (c) => {
  const [x, ...params] = zerosOf(c);
  assertScores(c, threeLayerConvnet(x.value, params));
});

courseTest("a2/tensorflow/two_layer_fc_shape", "twoLayerFc() flattens images", (c) => {
  const x = zeros(c.inputs.x as number[], "float32");
  const params = [[3072, 42], [42, 10]].map((shape) => new Tensor(zeros(shape, "float32")));
  assertScores(c, twoLayerFc(x, params));
});

courseTest("a2/tensorflow/three_layer_convnet_shape", "threeLayerConvnet() scores images", (c) => {
  const [n, height, width, channels] = c.inputs.x as number[];
  const shapes = [[6, 3, 5, 5], [6], [9, 6, 3, 3], [9], [9216, 10], [10]];
  const params = shapes.map((shape) => new Tensor(zeros(shape, "float32")));
  assertScores(c, threeLayerConvnet(zeros([n, channels, height, width], "float32"), params));
});

for (const id of ["a2/pytorch/module_TwoLayerFC_shape", "a2/tensorflow/TwoLayerFC_shape"]) {
  courseTest(id, "TwoLayerFC has a score for each class", (c) => {
    const scores = new TwoLayerFC(50, 42, 10, rng).forward(zeros([64, 50], "float32"));
    assert.deepEqual([...scores.shape], c.expected.scores_shape);
  });
}

courseTest("a2/tensorflow/two_layer_fc_functional_shape", "a Sequential has one, too", (c) => {
  const net = new Sequential(
    flatten,
    new Linear(50, 42, { rng }),
    relu,
    new Linear(42, 10, { rng }),
  );
  const scores = net.forward(zeros(c.inputs.x as number[], "float32"));
  assert.deepEqual([...scores.shape], c.expected.scores_shape);
});

courseTest("a2/pytorch/module_ThreeLayerConvNet_shape", "ThreeLayerConvNet scores images", (c) => {
  const scores = new ThreeLayerConvNet(3, 12, 8, 10, rng).forward(
    zeros([64, 3, 32, 32], "float32"),
  );
  assert.deepEqual([...scores.shape], c.expected.scores_shape);
});

courseTest("a2/tensorflow/ThreeLayerConvNet_shape", "ThreeLayerConvNet scores zeros", (c) => {
  const net = new ThreeLayerConvNet(3, 12, 8, 10, rng);
  const scores = net.forward(zeros([64, 3, 32, 32], "float32"));
  assert.deepEqual([...scores.shape], c.expected.scores_shape);
  assert.deepEqual(net.conv1.weight.shape, [12, 3, 5, 5]);
  assert.ok(net.conv2 instanceof Conv2d);
});

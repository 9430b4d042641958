import assert from "node:assert/strict";
import { leakyRelu, Tensor } from "../../autograd/mod.ts";
import {
  dcDiscriminator,
  dcGenerator,
  ganDiscriminator,
  ganGenerator,
  sampleNoise,
} from "../../models/mod.ts";
import { array, zeros } from "../../ndarray/mod.ts";
import {
  discriminatorLoss,
  generatorLoss,
  lsDiscriminatorLoss,
  lsGeneratorLoss,
  type Module,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertRelative, courseTest } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

courseTest(
  "a3/gan/discriminator_loss",
  "discriminatorLoss() has the value of the check file",
  (c) => {
    const loss = discriminatorLoss(c.array("logits_real"), c.array("logits_fake"));
    assertRelative(loss.item(), c.expectedNumber("d_loss"), c.relative);
  },
);
courseTest("a3/gan/generator_loss", "generatorLoss() has the value of the check file", (c) => {
  const loss = generatorLoss(c.array("logits_fake"));
  assertRelative(loss.item(), c.expectedNumber("g_loss"), c.relative);
});
courseTest(
  "a3/gan/ls_discriminator_loss",
  "lsDiscriminatorLoss() has the value of the check file",
  (c) => {
    const loss = lsDiscriminatorLoss(c.array("scores_real"), c.array("scores_fake"));
    assertRelative(loss.item(), c.expectedNumber("d_loss"), c.relative);
  },
);
courseTest("a3/gan/ls_generator_loss", "lsGeneratorLoss() has the value of the check file", (c) => {
  const loss = lsGeneratorLoss(c.array("scores_fake"));
  assertRelative(loss.item(), c.expectedNumber("g_loss"), c.relative);
});
courseTest("a3/gan/leaky_relu", "leakyRelu() has the values of the check file", (c) => {
  assertRelative(leakyRelu(c.array("x"), c.number("alpha")).value, c.expectedArray("y"), 1e-12);
});
courseTest("a3/gan/sample_noise", "noise is uniform in (-1, 1) and has both signs", (c) => {
  const sample = c.expectedArray("sample");
  const [count, dim] = [c.number("batch_size"), c.number("dim")];
  const noise = sampleNoise(count, dim, { rng: new RandomState(231) });
  for (const x of [sample, noise]) {
    assert.deepEqual(x.shape, c.expected.shape);
    assert.ok(x.max() < 1 && x.min() > -1 && x.max() > 0 && x.min() < 0);
  }
});

function assertCount(c: Check, module: Module): void {
  const sizes = Object.values(module.parameters()).map(({ size }) => size);
  assert.equal(sizes.reduce((a, b) => a + b), c.expectedNumber("num_parameters"));
}

courseTest(
  "a3/gan/discriminator_param_count",
  "the discriminator has so many parameters",
  (c) => assertCount(c, ganDiscriminator()),
);
courseTest(
  "a3/gan/generator_param_count",
  "the generator has so many parameters",
  (c) => assertCount(c, ganGenerator((c.inputs.layers as number[])[0])),
);
courseTest(
  "a3/gan/dc_classifier_param_count",
  "the convolutional discriminator has so many",
  (c) => assertCount(c, dcDiscriminator()),
);
courseTest(
  "a3/gan/dc_generator_param_count",
  "the convolutional generator has so many",
  (c) => assertCount(c, dcGenerator(c.number("noise_dim"))),
);
courseTest(
  "a3/gan/dc_classifier_output_shape",
  "the convolutional discriminator scores images",
  (c) =>
    assert.deepEqual(
      dcDiscriminator().forward(zeros(c.inputs.x as number[])).shape,
      c.expected.shape,
    ),
);
courseTest("a3/gan/dc_generator_output_shape", "the convolutional generator makes images", (c) => {
  const noise = new RandomState(0).uniform(-1, 1, c.inputs.noise as number[]);
  assert.deepEqual(dcGenerator(noise.shape[1]).forward(noise).shape, c.expected.shape);
});

courseTest(
  "a3/gan/alternating_minmax",
  "steps up and down the slope of x·y go in a circle",
  (c) => {
    const [x, y] = [c.number("x0"), c.number("y0")].map((value) => new Tensor(array(value)));
    const path = { x: [x.item()], y: [y.item()] };
    for (let step = 0; step < c.number("steps"); step++) {
      const [dy] = x.multiply(y).gradients([y]);
      y.value = y.value.add(dy!.multiply(c.number("step_size")));
      const [dx] = x.multiply(y).gradients([x]);
      x.value = x.value.subtract(dx!.multiply(c.number("step_size")));
      path.x.push(x.item());
      path.y.push(y.item());
    }
    assert.deepEqual([array(path.x), array(path.y)], [c.expectedArray("x"), c.expectedArray("y")]);
  },
);

Deno.test("extreme logits have finite losses and gradients", () => {
  const logits = new Tensor(array([[1e4], [-1e4], [0]]));
  for (const loss of [discriminatorLoss(logits, logits), generatorLoss(logits)]) {
    const [gradient] = loss.gradients([logits]);
    assert.ok(Number.isFinite(loss.item()));
    assert.ok(gradient!.data.every((value) => Math.abs(value) <= 1));
  }
});

Deno.test("a collapsed discriminator gives finite losses and gradients", () => {
  const [D, G] = [ganDiscriminator(), ganGenerator(4)];
  const noise = sampleNoise(3, 4, { rng: new RandomState(0) });
  for (const sure of [1e4, -1e4]) {
    for (const { value } of Object.values(D.parameters())) value.data.fill(0);
    D.parameters()["5.bias"].value.data.fill(sure);
    const weights = Object.values(G.parameters());
    const loss = generatorLoss(D.forward(G.forward(noise)));
    assert.equal(loss.item(), sure > 0 ? 0 : 1e4);
    const gradients = loss.gradients(weights);
    assert.ok(gradients.every((gradient) => gradient!.data.every((value) => value === 0)));
  }
});

Deno.test("GAN losses and nets refuse what they cannot take, and say what", () => {
  const [some, none] = [zeros([2, 1]), zeros([0, 1])];
  const cases: [() => unknown, RegExp][] = [
    [
      () => discriminatorLoss(null as never, some),
      /^TypeError: discriminatorLoss: logitsReal must be a tensor or an array, got null$/,
    ],
    [
      () => generatorLoss([1, 2] as never),
      /^TypeError: generatorLoss: logitsFake must be a tensor or an array, got \[1, 2\]; wrap it in array\(logitsFake\)$/,
    ],
    [
      () => lsDiscriminatorLoss(some, none),
      /^RangeError: lsDiscriminatorLoss: scoresFake must hold at least one example, got shape \(0, 1\); is the batch or slice empty\?$/,
    ],
    [() => lsGeneratorLoss(none), /^RangeError: lsGeneratorLoss: scoresFake must hold at least/],
    [
      () => dcGenerator(4).forward(zeros([1, 4])),
      /^RangeError: BatchNorm1d: in train mode x must hold more than one value .* call eval\(\) first$/,
    ],
    [
      () => sampleNoise(1, 1, { rng: 7 as never }),
      /^TypeError: sampleNoise: rng must be a RandomState, got 7$/,
    ],
    [
      () => ganGenerator(4, { dtype: "int32" as never }),
      /^RangeError: ganGenerator: dtype must be "float32" or "float64", got "int32"$/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("a batch of one passes through all nets but those of batch norm in train mode", () => {
  const noise = sampleNoise(1, 4, { rng: new RandomState(0) });
  for (const G of [ganGenerator(4), dcGenerator(4).eval()]) {
    const image = G.forward(noise);
    assert.deepEqual(image.shape, [1, 784]);
    for (const D of [ganDiscriminator(), dcDiscriminator()]) {
      assert.deepEqual(D.forward(image).shape, [1, 1]);
    }
  }
});

Deno.test("a discriminator's step gives the generator no gradient, and the other way round", () => {
  const [D, G] = [ganDiscriminator(), ganGenerator(4)];
  const noise = new RandomState(0).randn(2, 4);
  discriminatorLoss(D.forward(zeros([2, 784])), D.forward(G.forward(noise).detach())).backward();
  assert.ok(Object.values(G.parameters()).every(({ grad }) => grad === null));
  D.zeroGrad();
  const inputs = Object.values(G.parameters());
  generatorLoss(D.forward(G.forward(noise))).backward(undefined, { inputs });
  assert.ok(Object.values(D.parameters()).every(({ grad }) => grad === null));
  assert.ok(inputs.every(({ grad }) => grad !== null));
});

import assert from "node:assert/strict";
import {
  ConvNet,
  FullyConnectedNet,
  ModelSummary,
  ThreeLayerConvNet,
  TwoLayerNet,
} from "../../models/mod.ts";
import { zeros } from "../../ndarray/mod.ts";

const nets = {
  TwoLayerNet: new TwoLayerNet({ inputDim: 12, hiddenDim: 5, numClasses: 3 }),
  FullyConnectedNet: new FullyConnectedNet([7, 5], {
    inputDim: 12,
    normalization: "layernorm",
    dropoutKeepRatio: 0.5,
  }),
  ThreeLayerConvNet: new ThreeLayerConvNet({ inputDim: [1, 4, 4], normalization: "batchnorm" }),
  ConvNet: new ConvNet({
    inputDim: [3, 8, 8],
    conv: [{ filters: 8, pool: true }, { filters: 8, dropoutKeepRatio: 0.9 }],
    hidden: [5],
    normalization: "groupnorm",
  }),
};

for (const [name, net] of Object.entries(nets)) {
  Deno.test(`${name}.summary() counts every parameter once`, () => {
    const { layers, numParams } = net.summary();
    const named = layers.flatMap(({ params }) => params);
    assert.deepEqual([...named].sort(), Object.keys(net.params).sort());
    const sizes = Object.values(net.params).map(({ size }) => size);
    assert.equal(numParams, sizes.reduce((a, b) => a + b, 0));
    for (const { params, numParams } of layers) {
      assert.equal(numParams, params.reduce((sum, key) => sum + net.params[key].size, 0));
    }
  });

  Deno.test(`${name}.summary() begins with the input and ends with the scores`, () => {
    const { layers } = net.summary();
    const X = zeros([2, ...layers[0].outputShape]);
    assert.deepEqual(net.loss(X).shape, [2, ...layers[layers.length - 1].outputShape]);
    const names = layers.map((layer) => layer.name);
    assert.equal(new Set(names).size, names.length);
  });
}

Deno.test("ThreeLayerConvNet.summary() is a table of what the course's network is", () => {
  const summary = new ThreeLayerConvNet().summary();
  assert.equal(
    `${summary}`,
    `
layer     settings               output shape     parameters
--------  ---------------------  ---------------  ----------
input                            (N, 3, 32, 32)            0
conv1     32 filters 7×7, pad 3  (N, 32, 32, 32)       4,736
relu1                            (N, 32, 32, 32)           0
maxpool1  2×2, stride 2          (N, 32, 16, 16)           0
affine2   8192 to 100            (N, 100)            819,300
relu2                            (N, 100)                  0
affine3   100 to 10              (N, 10)               1,010
total                                                825,046`.slice(1),
  );
  assert.equal(Deno.inspect(summary), `${summary}`);
});

Deno.test("ConvNet.summary() tells what is unusual about a layer", () => {
  const { layers } = new ConvNet({
    conv: [
      { filters: 16, size: [3, 5], stride: [2, 1], dropoutKeepRatio: 0.9 },
      { filters: 32, groups: 16, dilation: 2, bias: false, pool: { size: 2, kind: "average" } },
    ],
    normalization: "groupnorm",
  }).summary();
  const settings = Object.fromEntries(layers.map(({ name, description }) => [name, description]));
  assert.deepEqual(settings, {
    input: "",
    conv1: "16 filters 3×5, stride 2×1, pad 1×2",
    gn1: "8 groups",
    relu1: "",
    dropout1: "keep 0.9",
    conv2: "32 filters 3×3, pad 2, dilation 2, 16 groups, no bias",
    gn2: "8 groups",
    relu2: "",
    avgpool2: "2×2, stride 2",
    affine3: `${32 * 8 * 16} to 10`,
  });
});

Deno.test("FullyConnectedNet.summary() names its normalisation and dropout", () => {
  const names = nets.FullyConnectedNet.summary().layers.map(({ name }) => name);
  const hidden = (i: number) => [`affine${i}`, `ln${i}`, `relu${i}`, `dropout${i}`];
  assert.deepEqual(names, ["input", ...hidden(1), ...hidden(2), "affine3"]);
});

Deno.test("a ModelSummary can be made of layers of one's own", () => {
  const layers = [
    { name: "input", description: "", outputShape: [2] },
    { name: "scale", description: "by W", outputShape: [2], params: ["W"] },
  ];
  const summary = new ModelSummary(layers, { W: zeros([2]), unused: zeros([9]) });
  assert.equal(summary.numParams, 2);
  assert.deepEqual(summary.layers[0].params, []);
});

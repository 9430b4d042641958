/** The smallest program that trains: makes a network and takes one step. */
import "../../native_plugin/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { asNDArray } from "../../ndarray/mod.ts";
import { adam } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";

const rng = new RandomState(0);
const net = new FullyConnectedNet([100, 100, 100], {
  normalization: "batchnorm",
  dropoutKeepRatio: 0.9,
  rng,
});
const X = rng.randn(100, 3072).astype("float32");
const y = asNDArray(new Int32Array(100).map((_, i) => i % 10), [100]);
const [loss, grads] = net.loss(X, y);
for (const [name, w] of Object.entries(net.params)) [net.params[name]] = adam(w, grads[name]);
console.log(loss);

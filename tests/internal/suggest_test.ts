import assert from "node:assert/strict";
import { nearestName } from "../../internal/suggest.ts";

const known = ["learningRate", "momentum", "beta1", "beta2", "reg"];

Deno.test("nearestName() finds a name with letters missing, added, changed or swapped", () => {
  assert.equal(nearestName("learnigRate", known), "learningRate");
  assert.equal(nearestName("momenttum", known), "momentum");
  assert.equal(nearestName("momantum", known), "momentum");
  assert.equal(nearestName("rge", known), "reg");
  assert.equal(nearestName("learning_rate", known), "learningRate");
  assert.equal(nearestName("LEARNINGRATE", known), "learningRate");
});

Deno.test("nearestName() takes the nearest of several", () => {
  assert.equal(nearestName("beta2_", known), "beta2");
  assert.equal(nearestName("beta", known), "beta1");
});

Deno.test("nearestName() finds nothing that was hardly meant", () => {
  assert.equal(nearestName("colour", known), undefined);
  assert.equal(nearestName("", known), undefined);
  assert.equal(nearestName("reg", []), undefined);
});

Deno.test("nearestName() suggests no name of one or two letters by distance, nor for one", () => {
  assert.equal(nearestName("lr", ["m", "v", "t", "reg"]), undefined);
  assert.equal(nearestName("x", ["y", "k"]), undefined);
  assert.equal(nearestName("kk", ["k"]), undefined);
  assert.equal(nearestName("ab", ["abc"]), undefined);
  assert.equal(nearestName("LR", ["lr", "m"]), "lr");
  assert.equal(nearestName("abcd", ["xyz"]), undefined);
});

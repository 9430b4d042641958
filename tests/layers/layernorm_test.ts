import assert from "node:assert/strict";
import { layernormBackward, layernormForward } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

Deno.test("layernormForward() divides by the biased deviation of the row, with eps", () => {
  const [out] = layernormForward(array([[1, 3], [7, 7]]), array([2, 3]), array([5, 7]), { eps: 3 });
  assert.deepEqual(out.toArray(), [[4, 8.5], [5, 7]]);
});

Deno.test("layernormForward() treats every example alone", () => {
  const rng = new RandomState(1);
  const [x, gamma, beta] = [rng.randn(4, 6), rng.randn(6), rng.randn(6)];
  const [all] = layernormForward(x, gamma, beta);
  const [alone] = layernormForward(x.slice("2:3"), gamma, beta);
  assert.deepEqual(alone.data, all.slice("2:3").data);
});

Deno.test("layernormForward() uses 1e-5 for eps", () => {
  const x = array([[0, 2]]);
  const [out] = layernormForward(x, ones([2]), zeros([2]));
  assert.ok(Math.abs(out.at(0, 1) - 1 / Math.sqrt(1 + 1e-5)) < 1e-15);
});

Deno.test("layernorm refuses wrong shapes and settings", () => {
  const [x, gamma, beta] = [ones([3, 2]), ones([2]), zeros([2])];
  fails(
    RangeError,
    "layernormForward: x must have shape (N, D)",
    () => layernormForward(ones([2]), gamma, beta),
  );
  fails(
    RangeError,
    "x must hold at least one example",
    () => layernormForward(ones([2, 0]), ones([0]), zeros([0])),
  );
  fails(RangeError, "gamma must have shape (2,)", () => layernormForward(x, ones([3]), beta));
  fails(RangeError, "beta must have shape (2,)", () => layernormForward(x, gamma, ones([3])));
  fails(RangeError, "lnParam.eps must be", () => layernormForward(x, gamma, beta, { eps: -1 }));
  const [, cache] = layernormForward(x, gamma, beta);
  fails(RangeError, "layernormBackward: dout must have", () => layernormBackward(ones([2]), cache));
});

Deno.test("layernormForward() and layernormBackward() take any leading axes", () => {
  const rng = new RandomState(4);
  const [x, gamma, beta] = [rng.randn(2, 3, 1, 5), rng.randn(5), rng.randn(5)];
  const dout = rng.randn(2, 3, 1, 5);
  const [out, cache] = layernormForward(x, gamma, beta);
  const [rows, rowCache] = layernormForward(x.reshape([6, 5]), gamma, beta);
  assert.deepEqual([out.shape, cache.mean.shape], [x.shape, [2, 3, 1]]);
  assert.deepEqual(out.data, rows.data);
  const expected = layernormBackward(dout.reshape([6, 5]), rowCache);
  layernormBackward(dout, cache).forEach((gradient, i) =>
    assert.deepEqual(gradient.data, expected[i].data)
  );
});

import assert from "node:assert/strict";
import {
  affineBatchnormReluForward,
  affineForward,
  affineLayernormReluForward,
  affineReluForward,
  dropoutForward,
  genericBackward,
  genericForward,
} from "../../layers/mod.ts";
import { ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

const rng = new RandomState(1);
const [x, w, b] = [rng.randn(4, 3), rng.randn(3, 6), rng.randn(6)];
const [gamma, beta] = [rng.randn(6), rng.randn(6)];

Deno.test("genericForward() is made of the layers that its arguments name", () => {
  assert.deepEqual(genericForward(x, w, b)[0].data, affineReluForward(x, w, b)[0].data);
  assert.deepEqual(
    genericForward(x, w, b, gamma, beta, { mode: "train" })[0].data,
    affineBatchnormReluForward(x, w, b, gamma, beta, { mode: "train" })[0].data,
  );
  assert.deepEqual(
    genericForward(x, w, b, gamma, beta, { eps: 0.1 })[0].data,
    affineLayernormReluForward(x, w, b, gamma, beta, { eps: 0.1 })[0].data,
  );
  const dropoutParam = { p: 0.5, mode: "train", seed: 5 } as const;
  assert.deepEqual(
    genericForward(x, w, b, null, null, null, dropoutParam)[0].data,
    dropoutForward(affineReluForward(x, w, b)[0], dropoutParam)[0].data,
  );
});

Deno.test("genericForward() of the last layer is affine, whatever else is given", () => {
  const dropoutParam = { p: 0.5, mode: "train", seed: 5 } as const;
  const [out] = genericForward(x, w, b, gamma, beta, { mode: "train" }, dropoutParam, true);
  assert.deepEqual(out.data, affineForward(x, w, b)[0].data);
});

Deno.test("genericBackward() returns null for scales and shifts that there are not", () => {
  const [, cache] = genericForward(x, w, b);
  const [dx, dw, db, dgamma, dbeta] = genericBackward(ones([4, 6]), cache);
  assert.deepEqual([dx.shape, dw.shape, db.shape], [[4, 3], [3, 6], [6]]);
  assert.deepEqual([dgamma, dbeta], [null, null]);
  assert.equal(genericBackward(ones([4, 6]), cache, { needs: { dx: false } })[0], null);
});

Deno.test("genericForward() asks for gamma and beta if it normalises", () => {
  fails(
    TypeError,
    "genericForward: a normalised layer needs gamma and beta",
    () => genericForward(x, w, b, gamma, null, { mode: "train" }),
  );
});

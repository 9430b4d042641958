import assert from "node:assert/strict";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  avgPoolBackward,
  type BackwardOptions,
  batchnormBackward,
  batchnormBackwardAlt,
  convBackwardFast,
  convBackwardNaive,
  convForwardFast,
  convReluBackward,
  convTransposeBackward,
  dropoutBackward,
  geluBackward,
  genericBackward,
  layernormBackward,
  leakyReluBackward,
  linearBackward,
  logSoftmaxBackward,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  type Needs,
  reluBackward,
  reluForward,
  sigmoidBackward,
  softmaxBackward,
  spatialBatchnormBackward,
  spatialGroupnormBackward,
  tanhBackward,
  upsampleBackward,
  wordEmbeddingBackward,
} from "../../layers/mod.ts";
import { type NDArray, ones } from "../../ndarray/mod.ts";
import { fails } from "./_fails.ts";

const [out, cache] = affineForward(ones([3, 8]), ones([8, 5]), ones([5]));

Deno.test("the types of gradients follow what is asked for", () => {
  const all: [dx: NDArray, dw: NDArray, db: NDArray] = affineBackward(out, cache);
  const same: [dx: NDArray, dw: NDArray, db: NDArray] = affineBackward(out, cache, {});
  const withoutDx: [dx: null, dw: NDArray, db: NDArray] = affineBackward(out, cache, {
    needs: { dx: false },
  });
  const options: BackwardOptions<Needs<"dx" | "dw">> = { needs: { dw: true } };
  const open: [dx: NDArray | null, dw: NDArray | null, db: NDArray] = affineBackward(
    out,
    cache,
    options,
  );
  const image = ones([1, 1, 2, 2]);
  const [convolved, convCache] = convForwardFast(image, image, null, { stride: 1, pad: 0 });
  const noBias: [dx: NDArray, dw: NDArray, db: null] = convBackwardFast(convolved, convCache);
  assert.deepEqual([all, same, withoutDx, open, noBias].map((tuple) => tuple.length), [
    3,
    3,
    3,
    3,
    3,
  ]);
});

Deno.test("backward passes say which options and gradients there are", () => {
  // deno-lint-ignore no-explicit-any
  const call = (options: any) => () => affineBackward(out, cache, options);
  fails(
    TypeError,
    'affineBackward: there is no option "needsDx"; the option is needs, such as ' +
      "{ needs: { dx: false } }",
    call({ needsDx: false }),
  );
  fails(
    TypeError,
    'affineBackward: needs names "dW", but the gradients are dx, dw, db',
    call({ needs: { dW: false } }),
  );
  fails(TypeError, "needs.dx must be true or false, got 0", call({ needs: { dx: 0 } }));
  fails(TypeError, "affineBackward: options must be an object, got false", call(false));
  fails(
    TypeError,
    'needs must be an object such as { dx: false }, got "dx"',
    call({ needs: "dx" }),
  );
  assert.notEqual(affineBackward(out, cache, { needs: { dx: undefined } })[0], null);
});

Deno.test("affineBackward() explains arguments in the wrong order", () => {
  fails(
    TypeError,
    "affineBackward: dout must be an NDArray and cache what the forward pass returned, got them " +
      "the other way round; call affineBackward(dout, cache)",
    // deno-lint-ignore no-explicit-any
    () => affineBackward(cache as any, out as any),
  );
});

const backwards = {
  affineBackward,
  affineReluBackward,
  avgPoolBackward,
  batchnormBackward,
  batchnormBackwardAlt,
  convBackwardFast,
  convBackwardNaive,
  convReluBackward,
  wordEmbeddingBackward,
  upsampleBackward,
  tanhBackward,
  softmaxBackward,
  sigmoidBackward,
  logSoftmaxBackward,
  linearBackward,
  leakyReluBackward,
  geluBackward,
  convTransposeBackward,
  dropoutBackward,
  genericBackward,
  layernormBackward,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  reluBackward,
  spatialBatchnormBackward,
  spatialGroupnormBackward,
};
for (const [name, backward] of Object.entries(backwards)) {
  Deno.test(`${name}() refuses what is no cache of its forward pass`, () => {
    // deno-lint-ignore no-explicit-any
    const call = (dout: any, other: any) => () => (backward as any)(dout, other);
    const forward = name.replace(/Backward.*/, "Forward");
    const expected = `${name}: cache must be the cache of ${forward}, got`;
    fails(TypeError, "got them the other way round", call({}, ones([2])));
    fails(TypeError, `${expected} undefined`, call(ones([2]), undefined));
    fails(TypeError, `${expected} an NDArray`, call(ones([2]), ones([2])));
    fails(TypeError, `${expected} an object with nothing`, call(ones([2]), {}));
    const whole = `${expected} a list; take the cache out of the list`;
    fails(TypeError, whole, call(ones([2]), reluForward(ones([2]))));
    fails(TypeError, `${name}: dout must be an NDArray, got Array`, call([2], {}));
    const foreign = `${expected} an object with strange; is it that of another layer?`;
    fails(TypeError, foreign, call(ones([2]), { strange: 1 }));
  });
}

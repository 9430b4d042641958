import assert from "node:assert/strict";
import { kahanSum } from "../../random/_weights.ts";

Deno.test("kahanSum() keeps what is too small to be added one by one", () => {
  const weights = new Float64Array(10_001).fill(1e-16);
  weights[0] = 1;
  assert.equal(weights.reduce((sum, weight) => sum + weight, 0), 1);
  assert.ok(Math.abs(kahanSum(weights) - (1 + 1e-12)) < 3e-16);
  assert.ok(Math.abs(kahanSum(weights.map((weight) => -weight)) + (1 + 1e-12)) < 3e-16);
});

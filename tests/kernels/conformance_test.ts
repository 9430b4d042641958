/**
 * Every entry of every kernel table present, in both float types, against the float64 oracle:
 * results within a bound that follows from the sizes, nothing written outside the outputs, inputs
 * untouched, and two equal calls give equal bits.
 */
import assert from "node:assert/strict";
import { activeBackend, kernels, reference, useBackend } from "../../kernels/mod.ts";
import type { Kernels } from "../../kernels/types.ts";
import { createLoader } from "../../kernels/wasm/overlay.ts";
import { base64 as relaxedProducts } from "../../kernels/wasm/products_relaxed_wasm.ts";
import { backends } from "./_backends.ts";
import * as images from "./_cases_images.ts";
import * as losses from "./_cases_losses.ts";
import * as norms from "./_cases_norms.ts";
import * as products from "./_cases_products.ts";
import { type Case, Draw } from "./_draw.ts";
import { runCase } from "./_harness.ts";

const CASES: Record<keyof Kernels, (draw: Draw) => Case[]> = {
  gemm: products.gemmCases,
  affine: products.affineCases,
  sumRows: products.sumRowsCases,
  reluForward: products.reluForwardCases,
  reluBackward: products.reluBackwardCases,
  maskScale: products.maskScaleCases,
  keepMask: products.keepMaskCases,
  addScaled: products.addScaledCases,
  sumSquares: products.sumSquaresCases,
  batchnormForward: norms.batchnormForwardCases,
  batchnormApply: norms.batchnormApplyCases,
  batchnormBackward: norms.batchnormBackwardCases,
  groupnormForward: norms.groupnormForwardCases,
  groupnormBackward: norms.groupnormBackwardCases,
  softmaxLoss: losses.softmaxLossCases,
  svmLoss: losses.svmLossCases,
  convForward: images.convForwardCases,
  convBackwardData: images.convBackwardDataCases,
  convBackwardWeights: images.convBackwardWeightsCases,
  maxPoolForward: images.maxPoolForwardCases,
  maxPoolBackward: images.maxPoolBackwardCases,
  avgPoolForward: images.avgPoolForwardCases,
  avgPoolBackward: images.avgPoolBackwardCases,
  sgdStep: losses.sgdStepCases,
  momentumStep: losses.momentumStepCases,
  nesterovStep: losses.nesterovStepCases,
  rmspropStep: losses.rmspropStepCases,
  adamStep: losses.adamStepCases,
};

const entries = Object.entries(CASES) as [keyof Kernels, (draw: Draw) => Case[]][];

/** Asserts that an entry of a table gives what the oracle gives, in both float types. */
function check(table: Kernels, entry: keyof Kernels, make: (draw: Draw) => Case[]): void {
  const failures: string[] = [];
  for (const type of ["float32", "float64"] as const) {
    const draw = new Draw(type, 231);
    for (const test of make(draw)) failures.push(...runCase(table, entry, type, test));
  }
  assert.equal(failures.length, 0, `\n${failures.slice(0, 20).join("\n")}`);
}

for (const { name, missing } of await backends()) {
  if (missing) {
    Deno.test({ name: `the ${name} table is not here: ${missing}`, ignore: true, fn() {} });
    continue;
  }
  for (const [entry, make] of entries) {
    Deno.test(`${entry} of the ${name} table agrees with the oracle`, () => {
      useBackend(name);
      try {
        assert.equal(activeBackend().name, name);
        check(kernels, entry, make);
      } finally {
        useBackend("auto");
      }
    });
  }
}

const relaxed = createLoader(relaxedProducts, 1, true)();
for (const [entry, make] of entries) {
  if (typeof relaxed === "string") {
    Deno.test({ name: `no relaxed wasm table: ${relaxed}`, ignore: true, fn() {} });
    break;
  }
  if (!(entry in relaxed.kernels)) continue;
  Deno.test(`${entry} of the relaxed wasm table agrees with the oracle`, () => {
    check({ ...reference, ...relaxed.kernels }, entry, make);
  });
}

Deno.test("the conformance suite covers every entry of the table", () => {
  assert.deepEqual(Object.keys(CASES).sort(), Object.keys(kernels).sort());
});

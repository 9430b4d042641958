/**
 * Every entry of every kernel table present, in both float types, against the definition in float64:
 * results within a bound that follows from the sizes, nothing written outside the outputs, inputs
 * untouched, and two equal calls give equal bits.
 */
import assert from "node:assert/strict";
import { activeBackend, kernels, reference, useBackend } from "../../kernels/mod.ts";
import { contracts } from "../../kernels/contracts.ts";
import { definition } from "../../kernels/definition/mod.ts";
import type { KernelName, Kernels } from "../../kernels/types.ts";
import { createLoader } from "../../kernels/wasm/overlay.ts";
import { hex as relaxedProducts } from "../../kernels/wasm/products_relaxed_wasm.ts";
import { backends } from "./_backends.ts";
import * as images from "./_cases_images.ts";
import * as losses from "./_cases_losses.ts";
import * as norms from "./_cases_norms.ts";
import * as products from "./_cases_products.ts";
import * as sequences from "./_cases_sequences.ts";
import { type Case, Draw } from "./_draw.ts";
import { runCase } from "./_harness.ts";

/** The cases of every kernel, in functions called `<kernel>Cases`. */
const CASES: Record<string, (draw: Draw) => Case[]> = {
  ...products,
  ...images,
  ...losses,
  ...norms,
  ...sequences,
};

const entries = (Object.keys(kernels) as KernelName[]).map((entry) => {
  return [entry, CASES[`${entry}Cases`]] as const;
});

/** Asserts that an entry of a table gives what the definition gives, in both float types. */
function check(table: Kernels, entry: KernelName, make: (draw: Draw) => Case[]): void {
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
    Deno.test(`${entry} of the ${name} table agrees with the definition`, () => {
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

const relaxed = createLoader(relaxedProducts, { threads: 1, relaxed: true })();
for (const [entry, make] of entries) {
  if (typeof relaxed === "string") {
    Deno.test({ name: `no relaxed wasm table: ${relaxed}`, ignore: true, fn() {} });
    break;
  }
  if (!(entry in relaxed.kernels)) continue;
  Deno.test(`${entry} of the relaxed wasm table agrees with the definition`, () => {
    check({ ...reference, ...relaxed.kernels }, entry, make);
  });
}

Deno.test("the conformance suite covers every entry of the table", () => {
  assert.deepEqual(
    Object.keys(CASES).sort(),
    Object.keys(contracts).map((e) => `${e}Cases`).sort(),
  );
  for (const table of [kernels, reference, definition]) {
    assert.deepEqual(Object.keys(table).sort(), Object.keys(contracts).sort());
  }
});

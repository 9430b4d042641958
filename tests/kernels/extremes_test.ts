/** Numbers at the edge of float32: all tables mean the same. */
import assert from "node:assert/strict";
import { type Kernels, useBackend } from "../../kernels/mod.ts";
import { kernels } from "../../kernels/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { backends, type Candidate } from "./_backends.ts";

const candidates = (await backends()).filter(({ name }) => name !== "reference");

function onTable<T>({ name }: Candidate, work: (table: Kernels) => T): T {
  useBackend(name);
  try {
    return work(kernels);
  } finally {
    useBackend("auto");
  }
}

const reference: Candidate = { name: "reference", missing: "" };

/** Weights that shrink, stand still or run off, for gradients of all sizes, step by step. */
function steps(table: Kernels, rule: "adamStep" | "rmspropStep", length: number): Float32Array[] {
  const w = new Float32Array(length).fill(1);
  const dw = Float32Array.from(w, (_, i) => (i % 2 ? 1 : -1) * 3 * 10 ** (i % 53 - 14));
  const m = new Float32Array(length);
  const v = new Float32Array(length);
  const seen: Float32Array[] = [];
  for (let t = 1; t <= 4; t++) {
    if (rule === "adamStep") table.adamStep(w, dw, m, v, 0.01, 0.9, 0.999, 1e-8, t);
    else table.rmspropStep(w, dw, v, 0.01, 0.99, 1e-8);
    seen.push(w.slice(), v.slice());
  }
  return seen;
}

for (const table of candidates) {
  for (const rule of ["adamStep", "rmspropStep"] as const) {
    for (const length of [53, 530, 5000]) {
      Deno.test({
        name: `${rule} of ${length} gradients from 1e-14 to 1e38 is the same on ${table.name}` +
          (table.missing && ` (${table.missing})`),
        ignore: table.missing !== "",
        fn() {
          const wanted = onTable(reference, (kernels) => steps(kernels, rule, length));
          const got = onTable(table, (kernels) => steps(kernels, rule, length));
          for (const [k, values] of wanted.entries()) {
            for (const [i, value] of values.entries()) {
              const close = got[k][i] === value ||
                Math.abs(got[k][i] - value) <= 2e-6 * Math.abs(value);
              assert.ok(close, `step ${k >> 1}, element ${i}: ${got[k][i]}, should be ${value}`);
            }
          }
          // A mean square that float32 does not hold leaves its weight alone.
          const frozen = wanted[1].findIndex((value) => value === Infinity);
          assert.ok(frozen > 0 && wanted[0][frozen] === 1);
        },
      });
    }
  }

  for (const [n, c, s] of [[1040, 1, 1], [1040, 3, 1], [52, 2, 20], [3, 2, 700]]) {
    for (const train of [true, false]) {
      Deno.test({
        name: `batchnormBackward of (${n}, ${c}, ${s}) gradients that are close to each other, ` +
          `${train ? "" : "not "}in training, on ${table.name}` +
          (table.missing && ` (${table.missing})`),
        // The wasm kernels keep the mean of the gradients in float32.
        ignore: table.missing !== "" || table.name === "wasm",
        fn() {
          const rng = new RandomState(5);
          const draw = (size: number, scale: number, offset: number) =>
            Float32Array.from(rng.randn(size).data, (value) => offset + scale * value);
          const x = draw(n * c * s, 2, 7);
          const dout = draw(n * c * s, 1, 1e5);
          const [gamma, mean] = [draw(c, 1, 0), draw(c, 0.01, 7)];
          const variance = draw(c, 0.1, 4);
          const run = (kernels: Kernels) => {
            const out = [new Float32Array(n * c * s), new Float32Array(c), new Float32Array(c)];
            const [dx, dgamma, dbeta] = out;
            kernels.batchnormBackward(
              n,
              c,
              s,
              dout,
              x,
              gamma,
              mean,
              variance,
              1e-5,
              train,
              dx,
              dgamma,
              dbeta,
            );
            return out;
          };
          const wanted = onTable(reference, run);
          onTable(table, run).forEach((got, k) => {
            const largest = Math.max(...wanted[k].map(Math.abs));
            const worst = Math.max(...got.map((value, i) => Math.abs(value - wanted[k][i])));
            assert.ok(
              worst <= 3e-6 * largest,
              `output ${k} is off by ${worst / largest} of ${largest}`,
            );
          });
        },
      });
    }
  }

  for (
    const [name, value, at] of [["infinite", Infinity, 0], ["infinite", -Infinity, 9], [
      "missing",
      NaN,
      3,
    ]] as const
  ) {
    Deno.test({
      name: `batchnormBackward sums a gradient that is ${name}, number ${at}, on ${table.name}`,
      ignore: table.missing !== "",
      fn() {
        const x = Float32Array.from({ length: 40 }, (_, i) => i % 7);
        const dout = Float32Array.from(x, (_, i) => i === at ? value : i % 3 - 1);
        const run = (kernels: Kernels) => {
          const [dx, dgamma, dbeta] = [40, 1, 1].map((size) => new Float32Array(size));
          const ones = Float32Array.of(1);
          kernels.batchnormBackward(
            1,
            1,
            40,
            dout,
            x,
            ones,
            ones,
            ones,
            1e-5,
            true,
            dx,
            dgamma,
            dbeta,
          );
          return [...dgamma, ...dbeta];
        };
        assert.deepEqual(onTable(table, run), onTable(reference, run));
      },
    });
  }
}

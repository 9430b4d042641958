/** The wasm table: how it is loaded and built, and problems larger than it copies at a time. */
import assert from "node:assert/strict";
import { type Kernels, reference } from "../../kernels/mod.ts";
import { complete } from "../../kernels/wasm/_choice.ts";
import { createProducts, type ProductExports } from "../../kernels/wasm/_machine.ts";
import { Team } from "../../kernels/wasm/_team.ts";
import { createConvolution } from "../../kernels/wasm/convolution.ts";
import { createGemm } from "../../kernels/wasm/gemm.ts";
import { compileModules } from "../../kernels/wasm/_compile.ts";
import { createLoader } from "../../kernels/wasm/overlay.ts";
import { hex } from "../../kernels/wasm/products_wasm.ts";
import { Draw } from "./_draw.ts";

const root = new URL("../../", import.meta.url);
const modules = compileModules(hex);
const overlay = createLoader(hex, { threads: 1 })();
assert.ok(typeof overlay === "object", String(overlay));
const kernels = { ...reference, ...overlay.kernels };

async function deno(
  args: string[],
  stdin = "",
  env: Record<string, string> = {},
): Promise<Deno.CommandOutput> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  return await child.output();
}

/** Values between -1 and 1, made faster than by a good generator. */
function floats(length: number, seed: number): Float32Array {
  let state = seed;
  return new Float32Array(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** Asserts that two arrays agree to float32, on the scale of the largest value. */
function assertClose(got: Float32Array, want: Float32Array, label: string): void {
  let scale = 0;
  for (const value of want) scale = Math.max(scale, Math.abs(value));
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs(got[i] - want[i]);
    assert.ok(error <= 1e-5 * scale, `${label}: element ${i} is ${got[i]}, not ${want[i]}`);
  }
}

/** Runs a kernel of both tables on equal inputs and compares all outputs. */
function compare(label: string, run: (table: Kernels) => Float32Array[]): void {
  const got = run(kernels);
  run(reference).forEach((want, i) => assertClose(got[i], want, `${label}, output ${i}`));
}

Deno.test("a program without permissions runs on the wasm kernels", async () => {
  const script = `
    import { activeBackend } from "${new URL("kernels/mod.ts", root)}";
    import { FullyConnectedNet } from "${new URL("models/mod.ts", root)}";
    import { array } from "${new URL("ndarray/mod.ts", root)}";
    import { RandomState } from "${new URL("random/mod.ts", root)}";
    const rng = new RandomState(231);
    const net = new FullyConnectedNet([20], { inputDim: 30, numClasses: 3, rng });
    const [loss] = net.loss(rng.randn(10, 30), array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], "int32"));
    console.log(activeBackend().name, loss.toFixed(1));
  `;
  const { stdout, stderr } = await deno(["run", "--no-prompt", "--ext=ts", "-"], script);
  assert.equal(new TextDecoder().decode(stdout), "wasm 1.1\n", new TextDecoder().decode(stderr));
});

Deno.test("the relaxed kernels replace the strict ones when they are imported", async () => {
  const script = `
    import { activeBackend, useBackend } from "${new URL("kernels/mod.ts", root)}";
    useBackend("wasm");
    console.log(activeBackend().features.join());
    await import("${new URL("kernels/wasm/relaxed.ts", root)}");
    console.log(activeBackend().features.join());
  `;
  const { stdout, stderr } = await deno(["run", "--no-prompt", "--ext=ts", "-"], script);
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(text, "simd128\nsimd128,relaxed-simd\n");
});

Deno.test("a damaged module gives a reason", () => {
  for (const damaged of [hex.slice(0, 1000), hex.slice(4), "not hexadecimal", "", "0"]) {
    assert.match(String(createLoader(damaged)()), /^this runtime cannot run the modules: ./);
  }
});

Deno.test("a runtime without Uint8Array.fromHex decodes the same bytes", () => {
  const { fromHex } = Uint8Array;
  try {
    Object.assign(Uint8Array, { fromHex: undefined });
    assert.equal(typeof createLoader(hex, { threads: 1 })(), "object");
  } finally {
    Object.assign(Uint8Array, { fromHex });
  }
});

Deno.test("threads share large tasks and change no bit", async () => {
  // More than the weights' gradient has sums.
  const products = createProducts(modules.products, 6);
  products.team.start();
  const shared = {
    ...reference,
    ...complete({ ...createGemm(products), ...createConvolution(products) }),
  };
  const deadline = performance.now() + 20_000;
  while (products.team.threads(1) < 6) {
    assert.ok(performance.now() < deadline, "the helpers did not start");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const sizes = { n: 40, c: 4, h: 17, w: 19, f: 9, kh: 3, kw: 3, padH: 1, padW: 1 };
  const g = { ...sizes, outH: 17, outW: 19, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 };
  const geometry = { ...g, groups: 1 };
  const [x, dout] = [floats(40 * 4 * 17 * 19, 1), floats(40 * 9 * 17 * 19, 2)];
  const [weights, bias] = [floats(9 * 36, 3), floats(9, 4)];
  for (let repeat = 0; repeat < 8; repeat++) {
    const results = [kernels, shared].map((table) => {
      const products = [[203, 70, 90], [70, 203, 90], [5, 1001, 300]].flatMap(([m, n, k]) =>
        [false, true].map((trans) => {
          const c = new Float32Array(m * n);
          table.gemm(trans, !trans, m, n, k, floats(m * k, 5), floats(k * n, 6), 0, c);
          return c;
        })
      );
      for (const [planes, m, n, k] of [[37, 40, 30, 50], [3, 250, 260, 270]]) {
        const c = new Float32Array(planes * m * n);
        const [a, b] = [floats(planes * m * k, 7), floats(2 * k * n, 8)];
        table.gemmBatched(false, true, planes, planes, 2, m, n, k, a, b, 0, c);
        products.push(c);
      }
      const [out, dx, dw, db] = [dout, x, weights, bias].map((like) => like.slice());
      table.convForward(geometry, x, weights, bias, true, out);
      table.convBackwardData(geometry, dout, weights, dx);
      table.convBackwardWeights(geometry, dout, x, dw, db);
      return [...products, out, dx, dw, db];
    });
    assert.deepEqual(results[1], results[0]);
  }
});

Deno.test("helpers that have nothing to do retire, and others take their place", async () => {
  const products = createProducts(modules.products, 3);
  const { gemm } = { ...reference, ...complete(createGemm(products)) };
  const reach = async (threads: number) => {
    const deadline = performance.now() + 20_000;
    while (products.team.threads(0) !== threads) {
      assert.ok(performance.now() < deadline, `there are not ${threads} threads`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  products.team.start();
  for (let round = 0; round < 2; round++) {
    await reach(3);
    const [a, b, c] = [0, 0, 0].map(() => new Float32Array(200 * 200).fill(1));
    gemm(false, false, 200, 200, 200, a, b, 0, c);
    assert.ok(c.every((value) => value === 200));
    // Without a look at the threads, which would start others, they are gone after a second.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    gemm(false, false, 200, 200, 200, a, b, 0, c);
    assert.ok(c.every((value) => value === 200));
  }
});

Deno.test("the caller does the task of a helper that retires while it is given", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const words = new Int32Array(memory.buffer);
  const did: number[] = [];
  const exports = {
    mailboxes: { value: 0 },
    mailboxSize: { value: 64 },
    work: () => did.push(words[2]),
  } as unknown as ProductExports;
  const team = new Team(modules.products, memory, exports, 3);
  // Two helpers that say that they are there; one has retired, the other had done task 7.
  [words[16], words[17], words[32], words[33]] = [-2, -1, 7, 8];
  team.run([[10], [11], [12]]);
  assert.deepEqual(did, [10, 11]);
  assert.deepEqual([words[16], words[32], words[34]], [-2, 8, 12]);
});

Deno.test({
  name: "the helpers of terminated workers end",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const script = `
      const threads = () => [...Deno.readDirSync("/proc/self/task")].length;
      const code = \`
        import { kernels, useBackend } from "${new URL("kernels/mod.ts", root)}";
        useBackend("wasm");
        const [a, b, c] = [0, 0, 0].map(() => new Float32Array(512 * 512).fill(1));
        for (let i = 0; i < 20; i++) kernels.gemm(false, false, 512, 512, 512, a, b, 0, c);
        postMessage(c[0]);\`;
      const url = URL.createObjectURL(new Blob([code], { type: "application/typescript" }));
      const before = threads();
      for (let i = 0; i < 4; i++) {
        const worker = new Worker(url, { type: "module" });
        await new Promise((resolve) => worker.onmessage = resolve);
        worker.terminate();
      }
      const most = threads();
      for (let i = 0; i < 250 && threads() > before; i++) await new Promise((go) => setTimeout(go, 100));
      console.log(most >= before + 4, threads() <= before);
    `;
    const args = ["run", "--no-prompt", "--allow-all", "--ext=ts", "-"];
    const { stdout, stderr } = await deno(args, script, { NNDL_THREADS: "4" });
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(text, "true true\n");
  },
});

Deno.test("a program ends though helpers were started", async () => {
  const script = `
    import { kernels } from "${new URL("kernels/mod.ts", root)}";
    const [a, b, c] = [0, 0, 0].map(() => new Float32Array(1024 * 1024).fill(1));
    for (let i = 0; i < 3; i++) kernels.gemm(false, false, 1024, 1024, 1024, a, b, 0, c);
    console.log(c[0], c[c.length - 1]);
  `;
  const { code, stdout } = await deno(["run", "--no-prompt", "--ext=ts", "-"], script);
  assert.equal(new TextDecoder().decode(stdout), "1024 1024\n");
  assert.equal(code, 0);
});

Deno.test("NNDL_THREADS counts from 1 to 1024, and anything else is a line and the default", async () => {
  const script = `
    import { activeBackend, useBackend } from "${new URL("kernels/mod.ts", root)}";
    console.log(JSON.stringify(useBackend("wasm")));
  `;
  const args = ["run", "--no-prompt", "--allow-env", "--ext=ts", "-"];
  const run = async (NNDL_THREADS: string) => {
    const { stdout } = await deno(args, script, { NNDL_THREADS });
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  const { threads: cores } = await run("");
  for (const [text, threads] of Object.entries({ 1: 1, 3: 3, 1024: 16 })) {
    assert.deepEqual([(await run(text)).threads, (await run(text)).reason], [
      threads,
      "WebAssembly with SIMD",
    ]);
  }
  for (const text of ["0", "-1", "9999", "abc"]) {
    const { threads, reason } = await run(text);
    assert.equal(threads, cores);
    assert.match(
      reason,
      new RegExp(`NNDL_THREADS must be .* from 1 to 1024, got ${text}; not used`),
    );
  }
});

Deno.test("float64 is left to the reference, bit for bit", () => {
  const draw = new Draw("float64", 1);
  const [a, b] = [draw.normal(40 * 50), draw.normal(50 * 60)];
  const [got, want] = [new Float64Array(40 * 60), new Float64Array(40 * 60)];
  kernels.gemm(false, false, 40, 60, 50, a, b, 0, got);
  reference.gemm(false, false, 40, 60, 50, a, b, 0, want);
  assert.deepEqual(got, want);
});

Deno.test("arrays that are not of one float type are refused, whatever their length", () => {
  for (const length of [4, 4000]) {
    const [x, wide] = [new Float32Array(length), new Float64Array(length)];
    for (const Type of [Uint8Array, Uint8ClampedArray, Int16Array, Float16Array, Int32Array]) {
      const other = new Type(length) as unknown as Float32Array;
      const message = `reluForward: out must be a Float32Array or a Float64Array, got ${Type.name}`;
      assert.throws(() => kernels.reluForward(x, other), (error: Error) => {
        return error instanceof TypeError && error.message.startsWith(message);
      });
      assert.throws(() => kernels.sumSquares(other), TypeError);
    }
    assert.throws(() => kernels.reluForward(wide, x), { name: "RangeError" });
    assert.throws(() => kernels.reluForward(x, wide), {
      name: "TypeError",
      message: "reluForward: the float arrays of a call must have one type, got a Float32Array " +
        "for x and a Float64Array for out; convert one with astype()",
    });
  }
});

Deno.test("what a call left behind does not change the next", () => {
  const [x, w, b] = [floats(37 * 61, 1), floats(61 * 45, 2), floats(45, 3)];
  const run = () => {
    const out = new Float32Array(37 * 45);
    kernels.affine(37, 61, 45, x, w, b, true, out);
    return out;
  };
  const before = run();
  const poison = new Float32Array(300 * 300).fill(NaN);
  kernels.gemm(false, false, 300, 300, 300, poison, poison, 1, new Float32Array(300 * 300));
  assert.deepEqual(run(), before);
});

for (const [transA, transB] of [[false, false], [false, true], [true, false], [true, true]]) {
  Deno.test(`gemm() of large matrices, ${transA ? "Aᵀ" : "A"}·${transB ? "Bᵀ" : "B"}`, () => {
    for (const [m, n, k] of [[3000, 5, 1500], [5, 3000, 1500], [7, 3, 700_000]]) {
      const [a, b, c] = [floats(m * k, 1), floats(k * n, 2), floats(m * n, 3)];
      for (const beta of [0, 1] as const) {
        compare(`${m}×${n}×${k}`, (table) => {
          const out = c.slice();
          table.gemm(transA, transB, m, n, k, a, b, beta, out);
          return [out];
        });
      }
    }
  });
}

Deno.test("affine() of a large batch", () => {
  const [n, d, m] = [3000, 1500, 5];
  const [x, w, b] = [floats(n * d, 1), floats(d * m, 2), floats(m, 3)];
  compare("affine", (table) => {
    const out = new Float32Array(n * m);
    table.affine(n, d, m, x, w, b, true, out);
    return [out];
  });
});

Deno.test("sumRows() of a large matrix", () => {
  const x = floats(9001 * 7, 1);
  compare("sumRows", (table) => {
    const out = new Float32Array(7);
    table.sumRows(9001, 7, x, out);
    return [out];
  });
});

Deno.test("batch normalisation of large arrays", () => {
  for (const [n, c, s] of [[701, 101, 1], [5000, 6, 1], [37, 5, 333], [2, 3, 20_000]]) {
    const size = n * c * s;
    const [x, dout, gamma, beta] = [floats(size, 1), floats(size, 2), floats(c, 3), floats(c, 4)];
    compare(`n ${n}, c ${c}, s ${s}`, (table) => {
      const [out, mean, variance] = [size, c, c].map((length) => new Float32Array(length));
      const [again, dx, dgamma, dbeta] = [size, size, c, c].map((l) => new Float32Array(l));
      const eps = 1e-5;
      table.batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance);
      table.batchnormApply(n, c, s, x, gamma, beta, mean, variance, eps, again);
      const statistics = [gamma, mean, variance] as const;
      table.batchnormBackward(n, c, s, dout, x, ...statistics, eps, true, dx, dgamma, dbeta);
      return [out, mean, variance, again, dx, dgamma, dbeta];
    });
  }
});

Deno.test("group normalisation of large arrays", () => {
  for (const [n, g, cg, s] of [[701, 1, 101, 1], [37, 2, 3, 333], [2, 3, 1, 20_000]]) {
    const [size, c] = [n * g * cg * s, g * cg];
    const [x, dout, gamma, beta] = [floats(size, 1), floats(size, 2), floats(c, 3), floats(c, 4)];
    compare(`n ${n}, g ${g}, cg ${cg}, s ${s}`, (table) => {
      const [out, mean, variance] = [size, n * g, n * g].map((length) => new Float32Array(length));
      const [dx, dgamma, dbeta] = [size, c, c].map((length) => new Float32Array(length));
      const eps = 1e-5;
      table.groupnormForward(n, g, cg, s, x, gamma, beta, eps, out, mean, variance);
      const statistics = [gamma, mean, variance] as const;
      table.groupnormBackward(n, g, cg, s, dout, x, ...statistics, eps, dx, dgamma, dbeta);
      return [out, mean, variance, dx, dgamma, dbeta];
    });
  }
});

Deno.test("convolution with more taps, pixels and filters than fit in a block", () => {
  for (
    const [n, c, h, w, f, k] of [[2, 35, 9, 11, 5, 3], [1, 2, 40, 41, 3, 3], [3, 3, 5, 4, 261, 3]]
  ) {
    const sizes = { n, c, h, w, f, kh: k, kw: k, padH: 1, padW: 1, outH: h, outW: w };
    const g = { ...sizes, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, groups: 1 };
    const [x, dout] = [floats(n * c * h * w, 1), floats(n * f * h * w, 2)];
    const [weights, bias] = [floats(f * c * k * k, 3), floats(f, 4)];
    compare(`c ${c}, ${h}×${w}, f ${f}`, (table) => {
      const [out, dx, dw, db] = [dout, x, weights, bias].map((like) => like.slice());
      table.convForward(g, x, weights, bias, true, out);
      table.convBackwardData(g, dout, weights, dx);
      table.convBackwardWeights(g, dout, x, dw, db);
      return [out, dx, dw, db];
    });
  }
});

Deno.test("pooling of more planes than are copied at a time", () => {
  const g = { n: 30, c: 7, h: 20, w: 18, kh: 3, kw: 2, strideH: 2, strideW: 2, outH: 9, outW: 9 };
  const x = floats(g.n * g.c * g.h * g.w, 1);
  compare("pooling", (table) => {
    const size = g.n * g.c * g.outH * g.outW;
    const [most, mean, argmax] = [
      new Float32Array(size),
      new Float32Array(size),
      new Int32Array(size),
    ];
    table.maxPoolForward(g, x, most, argmax);
    table.avgPoolForward(g, x, mean);
    return [most, mean, Float32Array.from(argmax)];
  });
});

// Imports the registry itself, so that no backend is known but those that these tests register.
import assert from "node:assert/strict";
import { reference } from "../../kernels/reference/mod.ts";
import {
  activeBackend,
  type BackendLoader,
  kernels,
  registerBackend,
  useBackend,
} from "../../kernels/registry.ts";

/** Runs a test with loaders that can be swapped, and makes both backends unusable after it. */
function withBackends(
  { wasm = "no wasm here", native = "no library" }: {
    wasm?: string | BackendLoader;
    native?: string | BackendLoader;
  },
  work: () => void,
): void {
  const loader = (given: string | BackendLoader) => typeof given === "string" ? () => given : given;
  try {
    registerBackend("wasm", loader(wasm));
    registerBackend("native", loader(native));
    work();
  } finally {
    registerBackend("wasm", () => "gone");
    registerBackend("native", () => "gone");
    useBackend("auto");
  }
}

/** A backend that has its own `sumSquares`, which returns `mark`. */
function overlay(mark: number, threads = 1): BackendLoader {
  return () => ({
    kernels: { sumSquares: () => mark },
    reason: `overlay ${mark}`,
    threads,
    features: [`feature ${mark}`],
  });
}

const x = Float64Array.of(3, 4);

Deno.test("the table is the reference as long as no backend is registered", () => {
  assert.deepEqual(kernels, reference);
  assert.equal(activeBackend().name, "reference");
  assert.equal(activeBackend().threads, 1);
  const info = useBackend("native");
  assert.equal(info.name, "reference");
  assert.match(info.reason, /native: not part of this program's imports/);
  assert.match(info.reason, /wasm: not part of this program's imports/);
  useBackend("auto");
});

Deno.test("useBackend() throws a RangeError for an unknown name and changes nothing", () => {
  withBackends({ wasm: overlay(1) }, () => {
    assert.throws(
      () => useBackend("gpu"),
      { name: "RangeError", message: /useBackend: name must be .*, got "gpu"/ },
    );
    assert.equal(activeBackend().name, "wasm");
    assert.equal(kernels.sumSquares(x), 1);
  });
});

Deno.test("a registered backend overlays only its own entries", () => {
  withBackends({ wasm: overlay(1) }, () => {
    assert.deepEqual(activeBackend(), {
      name: "wasm",
      reason: "overlay 1; native: no library",
      threads: 1,
      features: ["feature 1"],
    });
    assert.equal(kernels.sumSquares(x), 1);
    assert.equal(kernels.gemm, reference.gemm);
  });
});

Deno.test('useBackend("auto") takes the fastest that works', () => {
  withBackends({ wasm: overlay(1), native: overlay(2, 4) }, () => {
    assert.equal(activeBackend().name, "native");
    assert.equal(activeBackend().threads, 4);
    assert.equal(kernels.sumSquares(x), 2);
    assert.equal(useBackend("wasm").name, "wasm");
    assert.equal(kernels.sumSquares(x), 1);
    assert.equal(useBackend("reference").name, "reference");
    assert.equal(kernels.sumSquares(x), 25);
    assert.equal(useBackend("auto").name, "native");
    assert.equal(kernels.sumSquares(x), 2);
  });
});

Deno.test("a backend that cannot be loaded falls through and says why", () => {
  withBackends({ native: "library is for another machine", wasm: overlay(1) }, () => {
    const info = useBackend("native");
    assert.equal(info.name, "wasm");
    assert.match(info.reason, /native: library is for another machine/);
    assert.equal(kernels.sumSquares(x), 1);
  });
  withBackends({ native: "no library", wasm: "no SIMD" }, () => {
    const info = useBackend("native");
    assert.equal(info.name, "reference");
    assert.equal(info.reason, "plain TypeScript; native: no library; wasm: no SIMD");
    assert.equal(kernels.sumSquares(x), 25);
  });
});

Deno.test("useBackend() with a slower name does not load the faster ones", () => {
  let loads = 0;
  const native = () => {
    loads++;
    return overlay(2)();
  };
  withBackends({ wasm: overlay(1), native }, () => {
    const before = loads;
    useBackend("wasm");
    useBackend("reference");
    assert.equal(loads, before);
  });
});

Deno.test("registerBackend() respects a choice that was made before", () => {
  withBackends({}, () => {
    useBackend("reference");
    registerBackend("wasm", overlay(1));
    assert.equal(activeBackend().name, "reference");
    assert.equal(kernels.sumSquares(x), 25);
    assert.equal(useBackend("auto").name, "wasm");
  });
});

Deno.test("the entries of a backend that is left do not stay in the table", () => {
  withBackends({ wasm: overlay(1) }, () => {
    useBackend("reference");
    assert.deepEqual(kernels, reference);
  });
});

Deno.test("the tables stack: what one lacks is served by the next one below", () => {
  const relu = () => {};
  const wasm = () => ({
    kernels: { sumSquares: () => 1, reluForward: relu, gemm: undefined },
    reason: "wasm",
    threads: 1,
    features: [],
  });
  withBackends({ wasm, native: overlay(2) }, () => {
    assert.equal(activeBackend().name, "native");
    assert.equal(kernels.sumSquares(x), 2);
    assert.equal(kernels.reluForward, relu);
    assert.equal(kernels.gemm, reference.gemm);
  });
});

Deno.test("registerBackend() puts a backend where `after` says", () => {
  withBackends({ wasm: overlay(1), native: overlay(2) }, () => {
    registerBackend("between", overlay(3), { after: "wasm" });
    assert.equal(activeBackend().name, "native");
    assert.equal(useBackend("between").name, "between");
    assert.equal(kernels.sumSquares(x), 3);
    registerBackend("between", overlay(4));
    assert.equal(kernels.sumSquares(x), 4, "a known name keeps its place and its choice");
    useBackend("auto");
    assert.equal(activeBackend().name, "native");
    registerBackend("between", overlay(5), { after: "native" });
    assert.equal(activeBackend().name, "between");
    assert.equal(kernels.sumSquares(x), 5);
    registerBackend("between", () => "gone", { after: "reference" });
    assert.equal(useBackend("between").reason, "plain TypeScript; between: gone");
  });
});

Deno.test("a new backend is preferred to those there are", () => {
  withBackends({ native: overlay(2) }, () => {
    registerBackend("newest", overlay(6));
    assert.equal(activeBackend().name, "newest");
    registerBackend("newest", () => "gone");
    assert.equal(activeBackend().name, "native");
    assert.match(activeBackend().reason, /newest: gone/);
  });
});

Deno.test("a backend that throws or returns nonsense falls through with a line", () => {
  const whole = { kernels: {}, reason: "fine", threads: 1, features: [] };
  const loaders: [load: () => unknown, line: RegExp][] = [
    [() => {
      throw new Error("no GPU");
    }, /native: its loader threw: no GPU/],
    [() => {
      throw "a text";
    }, /native: its loader threw: a text/],
    [() => undefined, /native: its loader must return an overlay or a line of text, got undefined/],
    [() => 7, /must return an overlay or a line of text, got 7/],
    [() => Promise.reject(new Error("late")), /returned a Promise; load first, then register/],
    [() => ({ ...whole, kernels: null }), /its overlay must have kernels, got null/],
    [() => ({ ...whole, kernels: { gem() {} } }), /there is no kernel "gem"/],
    [() => ({ ...whole, kernels: { gemm: 1 } }), /its kernel gemm must be a function, got number/],
    [() => ({ kernels: {} }), /the reason of its overlay must be a text, got undefined/],
    [() => ({ ...whole, threads: 0 }), /must be a whole number from 1, got 0/],
    [() => ({ ...whole, features: "avx" }), /its features must be a list, got avx/],
  ];
  for (const [load, line] of loaders) {
    withBackends({ wasm: overlay(1), native: load as BackendLoader }, () => {
      assert.equal(activeBackend().name, "wasm");
      assert.match(activeBackend().reason, line);
      assert.equal(kernels.sumSquares(x), 1);
      assert.equal(kernels.gemm, reference.gemm);
    });
  }
});

Deno.test("registerBackend() refuses names and loaders that cannot be", () => {
  for (const name of ["", "auto", "reference"]) {
    assert.throws(() => registerBackend(name, () => "no"), {
      name: "RangeError",
      message: `registerBackend: "${name}" cannot be the name of a backend`,
    });
  }
  assert.throws(() => registerBackend(1 as unknown as string, () => "no"), TypeError);
  assert.throws(() => registerBackend("mine", {} as unknown as BackendLoader), {
    name: "TypeError",
    message: /the loader of "mine" must be a function/,
  });
  for (const after of ["gpu", "mine"]) {
    assert.throws(() => registerBackend("mine", () => "no", { after }), {
      name: "RangeError",
      message: /"mine" must come after one of "reference", .*, got "/,
    });
  }
});

Deno.test("activeBackend() returns what useBackend() returned", () => {
  withBackends({ wasm: overlay(1) }, () => {
    assert.equal(useBackend("wasm"), activeBackend());
  });
});

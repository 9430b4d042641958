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
      // @ts-expect-error: not a name of a backend
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

Deno.test("activeBackend() returns what useBackend() returned", () => {
  withBackends({ wasm: overlay(1) }, () => {
    assert.equal(useBackend("wasm"), activeBackend());
  });
});

/**
 * nndl as a peer, on the table that the first argument names: `relaxed` is wasm with relaxed
 * products, `empty` makes kernels do nothing.
 */
import { activeBackend, kernels, useBackend, Workspace } from "../../kernels/mod.ts";
import { FullyConnectedNet, type Model, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import { adam, type OptimConfig, sgd } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { type PeerProgram, serve } from "./_serve.ts";
import { CannotDo } from "./peer_process.ts";
import type { NetSpec } from "./works.ts";

const table = Deno.args[0] as "native" | "wasm" | "relaxed" | "reference" | "empty";
const backends = {
  native: "native",
  wasm: "wasm",
  relaxed: "wasm",
  reference: "reference",
  empty: "reference",
} as const;

async function choose(): Promise<void> {
  if (table === "native") await import("../../native_plugin/mod.ts");
  if (table === "relaxed") await import("../../kernels/wasm/relaxed.ts");
  const { name, reason, features } = useBackend(backends[table]);
  if (name !== backends[table]) throw new CannotDo(reason);
  if (table === "relaxed" && !features.includes("relaxed-simd")) {
    throw new CannotDo("this runtime has no relaxed SIMD");
  }
  if (table !== "empty") return;
  const entries = kernels as unknown as Record<string, () => number>;
  for (const name of Object.keys(entries)) entries[name] = () => 0;
}

function makeNet({ net, hiddenDims, batchnorm, keep }: NetSpec): Model {
  const rng = new RandomState(0);
  const [hiddenDim] = hiddenDims;
  if (net === "two-layer") return new TwoLayerNet({ hiddenDim, rng });
  if (net === "conv") return new ThreeLayerConvNet({ hiddenDim, rng });
  const normalization = batchnorm ? "batchnorm" : null;
  return new FullyConnectedNet(hiddenDims, { normalization, dropoutKeepRatio: keep, rng });
}

const program: PeerProgram = {
  async describe() {
    await choose();
    const { reason, threads, features } = activeBackend();
    // The folder is this machine's own business.
    const detail = [reason.replaceAll(/\S*[/\\]/g, ""), ...features].join(", ");
    return { version: `deno ${Deno.version.deno}`, threads, detail };
  },
  gemm({ transA, transB, m, n, k }, a, b) {
    const [x, y] = [a.data as Float32Array, b.data as Float32Array];
    const out = new Float32Array(m * n);
    return {
      step: () => kernels.gemm(transA, transB, m, n, k, x, y, 0, out),
      result: () => out,
    };
  },
  axpy(_, x, y) {
    return { step: () => kernels.addScaled(1e-9, x, y), result: () => y };
  },
  net(spec, arrays) {
    const net = makeNet(spec);
    for (const name of Object.keys(net.params)) net.params[name] = arrays[name].copy();
    const update = spec.rule === "adam" ? adam : sgd;
    const workspace = new Workspace();
    const configs: Record<string, OptimConfig> = {};
    for (const name of Object.keys(net.params)) configs[name] = { learningRate: spec.rate };
    return () => {
      const [loss, grads] = net.loss(arrays.X, arrays.y, workspace);
      for (const [name, w] of Object.entries(net.params)) {
        [, configs[name]] = update(w, grads[name], configs[name], w);
      }
      return loss;
    };
  },
};

await serve(program);

/**
 * nndl as a peer, on the table that the first argument names: `relaxed` is wasm with relaxed
 * products, `empty` makes kernels do nothing.
 */
import { crossEntropy } from "../../autograd/mod.ts";
import { activeBackend, kernels, useBackend } from "../../kernels/mod.ts";
import {
  ConvNet,
  FullyConnectedNet,
  type Model,
  ThreeLayerConvNet,
  TwoLayerNet,
} from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { type PeerProgram, serve } from "./_serve.ts";
import { moduleStep, paramsStep, sequentialOf, trainedModel } from "./nndl_models.ts";
import { CannotDo } from "./peer_process.ts";
import { type NetSpec, STAGES } from "./works.ts";

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
  if (net === "conv-net") {
    const conv = STAGES.map((filters) => ({ filters, pool: true }));
    return new ConvNet({ conv, normalization, rng });
  }
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
    const { X, y } = arrays;
    if (spec.modules) {
      const net = sequentialOf(spec, arrays);
      return moduleStep(net, () => crossEntropy(net.forward(X), y), spec.rule, spec.rate);
    }
    const net = makeNet(spec);
    for (const name of Object.keys(net.params)) net.params[name] = arrays[name].copy();
    return paramsStep(net.params, spec.rule, spec.rate, (space) => net.loss(X, y, space));
  },
  model(spec, arrays) {
    const { state, step } = trainedModel(spec);
    for (const [name, to] of Object.entries(state)) to.data.set(arrays[name].data);
    const batch = Object.entries(arrays).filter(([name]) => name.startsWith("batch."));
    return step(Object.fromEntries(batch.map(([name, array]) => [name.slice(6), array])));
  },
};

await serve(program);

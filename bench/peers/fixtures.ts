/** The arrays that all peers start from, as `.npy` files. */
import { writeNpy } from "../../io/npy.ts";
import { ConvNet, FullyConnectedNet, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { trainedModel } from "./nndl_models.ts";
import { type GemmSpec, type ModelSpec, type NetSpec, STAGES, type WorkSpec } from "./works.ts";

/** Writes the inputs of a work into a folder, which it makes. */
export async function writeFixtures(folder: string, spec: WorkSpec): Promise<void> {
  await Deno.mkdir(folder);
  const arrays = arraysOf(spec);
  for (const [name, array] of Object.entries(arrays)) {
    await writeNpy(`${folder}/${name}.npy`, array);
  }
}

function arraysOf(spec: WorkSpec): Record<string, NDArray> {
  switch (spec.kind) {
    case "gemm":
      return matrices(spec);
    case "net":
      return network(spec);
    case "model":
      return modules(spec);
    case "axpy":
      return {};
  }
}

/** Weights by their names, the batch under `batch.`. */
function modules(spec: ModelSpec): Record<string, NDArray> {
  const { state, batch } = trainedModel(spec);
  const inputs = Object.entries(batch()).map(([name, array]) => [`batch.${name}`, array]);
  return { ...state, ...Object.fromEntries(inputs) };
}

function matrices({ m, n, k, transA, transB }: GemmSpec): Record<string, NDArray> {
  const rng = new RandomState(0);
  const draw = (rows: number, columns: number) =>
    rng.uniform(-1, 1, [rows, columns]).astype("float32");
  return { a: transA ? draw(k, m) : draw(m, k), b: transB ? draw(n, k) : draw(k, n) };
}

function network({ net, batch, hiddenDims, batchnorm }: NetSpec): Record<string, NDArray> {
  const rng = new RandomState(0);
  const weightScale = 1e-2;
  const [hiddenDim] = hiddenDims;
  const { params } = net === "two-layer"
    ? new TwoLayerNet({ hiddenDim, weightScale, rng })
    : net === "conv"
    ? new ThreeLayerConvNet({ hiddenDim, weightScale, rng })
    : net === "conv-net"
    ? new ConvNet({
      conv: STAGES.map((filters) => ({ filters, pool: true })),
      normalization: batchnorm ? "batchnorm" : null,
      rng,
    })
    : new FullyConnectedNet(hiddenDims, {
      normalization: batchnorm ? "batchnorm" : null,
      weightScale,
      rng,
    });
  const shape = net.startsWith("conv") ? [batch, 3, 32, 32] : [batch, 3072];
  const X = rng.randn(...shape).astype("float32");
  const y = asNDArray(new Int32Array(batch).map((_, i) => i % 10), [batch]);
  return { ...params, X, y };
}

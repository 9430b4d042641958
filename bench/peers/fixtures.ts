/** The arrays that all peers start from, as `.npy` files. */
import { writeNpy } from "../../io/npy.ts";
import { FullyConnectedNet, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { GemmSpec, NetSpec, WorkSpec } from "./works.ts";

/** Writes the inputs of a work into a folder, which it makes. */
export async function writeFixtures(folder: string, spec: WorkSpec): Promise<void> {
  await Deno.mkdir(folder);
  const arrays = spec.kind === "gemm" ? matrices(spec) : spec.kind === "net" ? network(spec) : {};
  for (const [name, array] of Object.entries(arrays)) {
    await writeNpy(`${folder}/${name}.npy`, array);
  }
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
    : new FullyConnectedNet(hiddenDims, {
      normalization: batchnorm ? "batchnorm" : null,
      weightScale,
      rng,
    });
  const shape = net === "conv" ? [batch, 3, 32, 32] : [batch, 3072];
  const X = rng.randn(...shape).astype("float32");
  const y = asNDArray(new Int32Array(batch).map((_, i) => i % 10), [batch]);
  return { ...params, X, y };
}

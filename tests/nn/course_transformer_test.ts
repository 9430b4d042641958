import assert from "node:assert/strict";
import { Tensor } from "../../autograd/mod.ts";
import { linspace, NDArray } from "../../ndarray/mod.ts";
import {
  type Module,
  MultiHeadAttention,
  PatchEmbedding,
  PositionalEncoding,
  TransformerDecoderLayer,
  VisionTransformer,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertRelative, courseTest } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

/** A generator whose masks are recorded ones. */
class RecordedMasks extends RandomState {
  readonly #masks: NDArray[];
  constructor(...masks: NDArray[]) {
    super(0);
    this.#masks = masks;
  }
  override keepMask(p: number, size: number, out?: Uint8Array): Uint8Array {
    const mask = this.#masks.shift()!;
    assert.equal(mask.size, size);
    const kept = out ?? new Uint8Array(size);
    kept.set(mask.data);
    assert.ok(p > 0);
    return kept;
  }
}

const double = (x: NDArray) => x.astype("float64");

/** The 2021/22 records: train mode, with the masks of the stored run. */
const recorded = [
  "a3/transformer/mha_self_attention",
  "a3/transformer/mha_masked_self_attention",
  "a3/transformer/mha_two_inputs",
];
for (const id of recorded) {
  courseTest(id, "MultiHeadAttention has the printed output", (c) => {
    const rng = new RecordedMasks(c.array("dropout_keep_mask"));
    const attention = new MultiHeadAttention(8, c.number("num_heads"), {
      dropout: c.number("dropout"),
      dtype: "float64",
      rng,
    });
    attention.loadStateDict(Object.fromEntries(
      ["key", "query", "value", "proj"].flatMap((name) =>
        ["weight", "bias"].map((kind) => [`${name}.${kind}`, c.array(`${name}_${kind}`)])
      ),
    ));
    const named = (name: string): NDArray => {
      const given = c.inputs[name];
      return typeof given === "string" ? named(given) : double(c.array(name));
    };
    const [query, key, value] = ["query", "key", "value"].map(named);
    const mask = c.inputs.attn_mask instanceof NDArray ? c.array("attn_mask") : null;
    const out = attention.forward(query, key, value, mask).value;
    assertRelative(out, c.expectedArray("output"), c.relative);
    assertRelative(out, c.expectedArray("output_full_precision"), 1e-6);
  });
}

courseTest(
  "a3/transformer/positional_encoding",
  "PositionalEncoding has the printed output",
  (c) => {
    const rng = new RecordedMasks(c.array("dropout_keep_mask"));
    const dropout = c.number("dropout");
    const encoding = new PositionalEncoding(c.number("embed_dim"), { dropout, rng });
    const out = encoding.forward(double(c.array("x"))).value;
    assertRelative(out, c.expectedArray("output"), c.relative);
    assertRelative(out, c.expectedArray("output_full_precision"), 1e-6);
  },
);

/** Loads the parameters of a record of 2026, computes, and compares output and gradients. */
function compare(
  c: Check,
  module: Module,
  inputs: Record<string, Tensor>,
  run: () => Tensor,
): void {
  const params = c.inputs.params as Record<string, NDArray>;
  module.eval().loadStateDict(params);
  const out = run();
  assertRelative(out.value, c.expectedArray("output"), c.relative);
  assertRelative(out.value, c.expectedArray("output_full_precision"), 1e-9);
  const expected = c.expected.gradients as Record<string, NDArray>;
  const parameters = module.stateDict();
  out.backward(linspace(-1, 1, out.size).reshape(out.shape));
  const own = Object.values(module.parameters());
  let compared = 0;
  for (const [name, gradient] of Object.entries(expected)) {
    const path = name.replace(/^params\./, "");
    const tensor = name === path
      ? inputs[name]
      : own.find(({ value }) => value === parameters[path])!;
    const scale = Math.max(gradient.max(), -gradient.min(), 1e-3);
    const error = Math.max(...tensor.grad!.subtract(gradient).abs().data) / scale;
    assert.ok(error < 1e-7, `${name}: ${error}`);
    compared++;
  }
  assert.equal(compared, Object.keys(params).length + Object.keys(inputs).length);
}

const recorded2026 = [
  "a3_2026/transformer/mha_self_attention",
  "a3_2026/transformer/mha_masked_self_attention",
];
for (const id of recorded2026) {
  courseTest(id, "MultiHeadAttention has output and gradients", (c) => {
    const attention = new MultiHeadAttention(8, 2, { dtype: "float64" });
    const query = new Tensor(double(c.array("query")));
    const mask = c.inputs.attn_mask instanceof NDArray ? c.array("attn_mask") : null;
    compare(c, attention, { query }, () => attention.forward(query, query, query, mask));
  });
}

courseTest("a3_2026/transformer/positional_encoding", "PositionalEncoding adds the table", (c) => {
  const out = new PositionalEncoding(6).eval().forward(double(c.array("x"))).value;
  assertRelative(out, c.expectedArray("output"), c.relative);
  assertRelative(out, c.expectedArray("output_full_precision"), 1e-6);
});

courseTest(
  "a3_2026/transformer/decoder_layer",
  "TransformerDecoderLayer has output and gradients",
  (c) => {
    const params = c.inputs.params as Record<string, NDArray>;
    const layer = new TransformerDecoderLayer(12, c.number("num_heads"), {
      dimFeedforward: params["ffn.fc1.weight"].shape[0],
      dtype: "float64",
    });
    const [tgt, memory] = ["tgt", "memory"].map((name) => new Tensor(double(c.array(name))));
    compare(c, layer, { tgt, memory }, () => layer.forward(tgt, memory, c.array("tgt_mask")));
  },
);

courseTest(
  "a3_2026/transformer/patch_embedding",
  "PatchEmbedding has output and gradients",
  (c) => {
    const params = c.inputs.params as Record<string, NDArray>;
    const embedDim = params["proj.weight"].shape[0];
    const patches = new PatchEmbedding(16, c.number("patch_size"), { embedDim, dtype: "float64" });
    const x = new Tensor(double(c.array("x")));
    compare(c, patches, { x }, () => patches.forward(x));
  },
);

Deno.test("a vision Transformer of the course's default sizes has 820,874 parameters", () => {
  const counts = Object.values(new VisionTransformer().parameters()).map(({ size }) => size);
  assert.equal(counts.reduce((a, b) => a + b), 820_874);
});

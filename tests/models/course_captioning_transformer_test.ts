import { decodeSafetensors } from "../../io/mod.ts";
import { CaptioningTransformer } from "../../models/mod.ts";
import { assertRelative, courseTest } from "../fixtures/course.ts";

courseTest("a3_2026/transformer/captioning_scores", "CaptioningTransformer has the scores", (c) => {
  const features = c.array("features");
  const model = new CaptioningTransformer({
    wordToIdx: { "<NULL>": c.number("null_index"), cat: 2, dog: 3 },
    inputDim: features.shape[1],
    wordvecDim: 30,
    numHeads: c.number("num_heads"),
    numLayers: c.number("num_layers"),
    maxLength: c.number("max_length"),
    dtype: "float64",
  });
  const file = new URL("../fixtures/captioning_2026.safetensors", import.meta.url);
  const { tensors } = decodeSafetensors(Deno.readFileSync(file));
  model.eval().loadStateDict(Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => [name.replace(/^tr\./, "transformer."), x]),
  ));
  const scores = model.forward(features, c.array("captions")).value;
  assertRelative(scores, c.expectedArray("output"), c.relative);
  assertRelative(scores, c.expectedArray("output_full_precision"), 1e-6);
});

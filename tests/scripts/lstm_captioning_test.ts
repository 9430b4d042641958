import { programTests } from "./_program.ts";

programTests({
  file: "lstm_captioning.ts",
  parts: ["layers", "overfit", "scenes"],
  cheap: ["layers", "overfit"],
  prints: [
    /^LSTM layers: largest relative error \d\.\de-[6-9]$/m,
    /^50 captions by heart: loss \d+\.\d{4} \(goal below 0\.1\), \d+ right word for word/m,
  ],
});

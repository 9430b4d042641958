import { programTests } from "./_program.ts";

programTests({
  file: "rnn_captioning.ts",
  parts: ["layers", "overfit", "scenes"],
  cheap: ["layers", "overfit", "scenes"],
  prints: [
    /^Recurrent layers: largest relative error \d\.\de-[7-9]$/m,
    /^\d+ of 50 captions are right word for word$/m,
    /^RNN that sees no image +0\.\d{3}( +0\.\d{3}){3} +\d+\.\d$/m,
  ],
});

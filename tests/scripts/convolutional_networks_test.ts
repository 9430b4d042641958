import { programTests } from "./_program.ts";

programTests({
  file: "convolutional_networks.ts",
  parts: [
    "convolution",
    "image",
    "pooling",
    "timing",
    "sandwich",
    "net",
    "overfit",
    "epoch",
    "batchnorm",
    "groupnorm",
  ],
  cheap: ["convolution", "image", "pooling", "timing", "sandwich", "batchnorm", "groupnorm"],
  prints: [
    /^Convolution: output within 2\.2e-8 of the course's, gradients within [1-9]\.\de-[89] /m,
    /^Max pooling: output within 4\.2e-8 of the course's, gradients within [1-9]\.\de-12 /m,
    /^Fast over naive: convolution forward \d+×, .*, max pooling backward \d+×$/m,
    /^Spatial batch norm, eight decimals: largest difference from the course's digits 4\.9e-9$/m,
    /^Spatial group norm, eight decimals: largest difference from the course's digits 4\.\de-9$/m,
  ],
});

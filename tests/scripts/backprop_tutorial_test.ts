import { programTests } from "./_program.ts";

const parts = ["sum", "neuron", "staged", "gates", "differences"];

programTests({
  file: "backprop_tutorial.ts",
  usesImages: false,
  parts,
  cheap: parts,
  prints: [
    /^df\/dx +-4\.0{8} +-4\.0{8} /m,
    /^df\/dz +3\.0{8} +3\.0{8} /m,
    /^df\/dw0 +-0\.19661193 /m,
    /^df\/dx +2\.05956980 /m,
    /^df\/dy +1\.59223275 /m,
    /^Gates: largest relative error \d\.\de-1\d$/m,
    /^Best step: one-sided 1e-[78] .*, centred 1e-[56] /m,
  ],
});

import { upsampleBackward, upsampleForward } from "../../layers/mod.ts";
import { gradientSuite } from "./_suite.ts";

for (const mode of ["nearest", "bilinear"] as const) {
  for (const scale of [1, 2, [3, 1] as const, [2, 5] as const]) {
    gradientSuite(`${mode} upsampling by ${scale}`, {
      cases: [{ x: [2, 2, 3, 4] }, { x: [1, 1, 1, 1] }],
      forward: ({ x }) => upsampleForward(x, { scale, mode }),
      backward: upsampleBackward,
      tolerance: 1e-8,
    });
  }
}

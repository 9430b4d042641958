/**
 * Times the making of the synthetic set: `deno bench bench/synthetic_cifar10_bench.ts`.
 */
import { syntheticCifar10 } from "../data/mod.ts";

Deno.bench("syntheticCifar10(): 11,000 images", { n: 5, warmup: 1 }, () => {
  syntheticCifar10();
});

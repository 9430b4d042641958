import { trainSimclr } from "../../scripts/simclr/training.ts";
import { SimclrNet } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { resumeTests } from "./_resumed.ts";

const images = new RandomState(0).randint(0, 256, [20, 3, 8, 8]).astype("uint8");

// Three steps an epoch, each of which shows by what it draws.
resumeTests("SimCLR", async (told, stepped) => {
  const rng = new RandomState(1);
  const net = new SimclrNet({ widths: [4, 6], hiddenDim: 6, featureDim: 4, rng });
  const forward = net.forward.bind(net);
  net.forward = (x) => {
    stepped();
    return forward(x);
  };
  const { seconds: _, ...run } = await trainSimclr(told, net, images, {
    numEpochs: 3,
    batchSize: 6,
    rng,
  });
  const weights = Object.values(net.stateDict()).map((x) => [...x.data]);
  return { ...run, weights, next: rng.rand() };
}, { interruptAt: 9, killAt: 10 });

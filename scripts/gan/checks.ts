/**
 * What needs no training: losses and nets beside the notebook's digits, and two players on a saddle.
 *
 * @module
 */
import { dcDiscriminator, dcGenerator, ganDiscriminator, ganGenerator } from "../../models/mod.ts";
import {
  discriminatorLoss,
  generatorLoss,
  lsDiscriminatorLoss,
  lsGeneratorLoss,
  type Module,
} from "../../nn/mod.ts";
import { compared, printed } from "../_checks.ts";
import type { PartResult } from "../_part.ts";
import { printComparison, printTable } from "../_tables.ts";

/** Logits of the notebook's check, of real images and of others. */
const logitsReal = printed(
  `0.9348731096217853 -1.0169891625223137 -0.5730476939393363 -0.8816270356958762
   -1.4012938925983567 -1.4539569266944938 -1.542397547964014 -0.5727332515501994
   0.9858442941304029 0.13312152437312422`,
  [10, 1],
);
const logitsFake = printed(
  `-1.8086586792257076 0.09030055369905954 -0.44289020393777767 -0.0787936751879477
   -0.3765504411101933 0.3208474241671663 -0.28590836517263224 1.013762805378476
   0.9924143914567469 0.3939434608511722`,
  [10, 1],
);

/** Losses of given logits, and how many parameters the nets have. */
export function lossPart(): PartResult {
  const losses = [
    {
      name: "discriminator",
      ours: discriminatorLoss(logitsReal, logitsFake).item(),
      course: 1.8423983904443109,
    },
    { name: "generator", ours: generatorLoss(logitsFake).item(), course: 0.771286196423346 },
    {
      name: "least-squares discriminator",
      ours: lsDiscriminatorLoss(logitsReal, logitsFake).item(),
      course: 1.8770293614440594,
    },
    {
      name: "least-squares generator",
      ours: lsGeneratorLoss(logitsFake).item(),
      course: 0.816954786997558,
    },
  ];
  printComparison(losses, true);
  const nets = [
    { name: "discriminator", ours: parametersOf(ganDiscriminator()), course: 267_009 },
    { name: "generator of 4 numbers", ours: parametersOf(ganGenerator(4)), course: 1_858_320 },
    {
      name: "convolutional discriminator",
      ours: parametersOf(dcDiscriminator()),
      course: 1_102_721,
    },
    {
      name: "convolutional generator of 4 numbers",
      ours: parametersOf(dcGenerator(4)),
      course: 6_580_801,
    },
  ];
  console.log("\nParameters:\n");
  printComparison(nets, true);
  return {
    results: { losses, nets },
    summary: [
      compared("GAN losses", losses, true),
      compared("Parameters of the nets", nets, true),
    ],
  };
}

function parametersOf(net: Module): number {
  return Object.values(net.parameters()).reduce((sum, { size }) => sum + size, 0);
}

/** A player up and a player down `f(x, y) = x·y`: steps of size 1 come back after six. */
export function minmaxPart(): PartResult {
  let [x, y] = [1, 1];
  const rows: [number, number, number][] = [[0, x, y]];
  for (let step = 1; step <= 6; step++) {
    y += x;
    x -= y;
    rows.push([step, x, y]);
  }
  printTable(["step", "x", "y"], rows);
  console.log(
    "\nOne makes x·y small with x, the other large with y, in turns: they go round and never settle\n" +
      "at (0, 0). A generator and a discriminator can do so, too.",
  );
  return {
    results: { rows },
    summary: [`f(x, y) = x·y: back at (${x}, ${y}) after six steps`],
  };
}

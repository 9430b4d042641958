/** What the cost model says of more ranks than there are here. */
import { textTable } from "../internal/text_table.ts";
import { type Network, type Reduction, stepSeconds } from "./_distributed_model.ts";

/** A net on ranks of some speed. */
interface Case {
  readonly title: string;
  /** Seconds of a step of one rank's rows; a third is the forward pass. */
  readonly compute: number;
  readonly bytes: number;
  readonly last: number;
}

/** GFLOP/s of the course's convolutional step on the machine of `bench/README.md`. */
const SPEED = 101;
/** GFLOP of an image of 224×224 in ResNet-50: 3.8e9 multiply-adds forward, twice that back. */
const RESNET = 2 * 3 * 3.8;

const cases: readonly Case[] = [
  { title: "ThreeLayerConvNet, 50 rows", compute: 0.012, bytes: 3.3e6, last: 2e4 },
  ...[1, 100].map((times): Case => ({
    title: `ResNet-50, 32 rows, ${times === 1 ? "the same machines" : `${times} times as fast`}`,
    compute: 32 * RESNET / SPEED / times,
    bytes: 102e6,
    last: 1e6,
  })),
];

const networks: Readonly<Record<string, Network>> = {
  "1 Gbit/s": { latency: 50e-6, bandwidth: 125e6 },
  "10 Gbit/s": { latency: 30e-6, bandwidth: 1.25e9 },
  "100 Gbit/s": { latency: 5e-6, bandwidth: 12.5e9 },
};

/** A table for each net: milliseconds of a step, and the part of ideal scaling. */
export function extrapolation(): string[] {
  return cases.flatMap(({ title, compute, bytes, last }) => {
    const work = { forward: compute / 3, backward: 2 * compute / 3, bytes, last };
    const rows = Object.entries(networks).flatMap(([link, network]) =>
      [8, 64, 512].map((ranks) => {
        const cell = (kind: Reduction, overlap: boolean) => {
          const seconds = stepSeconds(work, ranks, network, kind, overlap);
          return `${milliseconds(seconds)} (${(100 * compute / seconds).toFixed(0)} %)`;
        };
        return [
          link,
          String(ranks),
          cell("ring", false),
          cell("ring", true),
          cell("tree", false),
          cell("tree", true),
        ];
      })
    );
    const head = ["link", "ranks", "ring, after", "ring, overlap", "tree, after", "tree, overlap"];
    return [
      `${title}, ${milliseconds(compute)} ms alone`,
      ...textTable([head, ...rows]),
      "",
    ];
  });
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return value < 1000 ? value.toPrecision(3) : value.toFixed(0);
}

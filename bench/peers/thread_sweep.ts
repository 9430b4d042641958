/** The same run with several numbers of threads, as a table and a figure. */
import { textTable } from "../../internal/text_table.ts";
import { type Chart, linePlot } from "../../plot/mod.ts";
import { medianOf, type Report } from "./results.ts";

/** A run with so many threads. */
export interface ThreadRun {
  readonly threads: number;
  readonly report: Report;
}

/** Times of one work in one peer, one for each run, null where there is none. */
interface Line {
  readonly work: string;
  readonly peer: string;
  readonly times: readonly (number | null)[];
}

function linesOf(runs: readonly ThreadRun[]): Line[] {
  const { works, peers } = runs[0].report;
  return works.flatMap((work, i) =>
    peers.map(({ name, title }): Line => ({
      work: work.title,
      peer: title,
      times: runs.map(({ report }) => medianOf(report.works[i].results, name)),
    }))
  ).filter(({ times }) => times.some((time) => time !== null));
}

/**
 * A table of medians, each with its part of the ideal in brackets: the time of the fewest threads,
 * divided by how many times as many there are.
 */
export function sweepTable(runs: readonly ThreadRun[]): string[] {
  const [{ threads: fewest }] = runs;
  const rows = linesOf(runs).map(({ work, peer, times }) => [
    work,
    peer,
    ...times.map((time, i) => {
      if (time === null) return "";
      const [first] = times;
      const text = time.toPrecision(3);
      if (i === 0 || first === null) return text;
      const ideal = first * fewest / runs[i].threads;
      return `${text} (${(100 * ideal / time).toFixed(0)} %)`;
    }),
  ]);
  const head = ["work", "peer", ...runs.map(({ threads }) => `${threads}, ms`)];
  return textTable([head, ...rows].map((cells) => ["", ...cells, ""]), {
    isLeft: (column) => column <= 2,
    rule: ([, first, second, ...others]) => [
      "",
      "-".repeat(first),
      "-".repeat(second),
      ...others.slice(0, -1).map((width) => "-".repeat(Math.max(1, width - 1)) + ":"),
      "",
    ],
    gap: " | ",
  }).map((line) => line.trim());
}

/** Times against threads, both on logarithmic axes, with the ideal of each line dashed. */
export function sweepChart(runs: readonly ThreadRun[]): Chart {
  const x = runs.map(({ threads }) => threads);
  const series = linesOf(runs).flatMap(({ work, peer, times }) => {
    const name = `${work}, ${peer}`;
    const y = times.map((time) => time ?? NaN);
    const ideal = x.map((threads) => y[0] * x[0] / threads);
    return [{ name, x, y }, { name: `${name}, ideal`, x, y: ideal, dashed: true }];
  });
  return linePlot({
    title: "Time against threads",
    xLabel: "threads",
    yLabel: "median, ms",
    xScale: "log",
    yScale: "log",
    series,
  });
}

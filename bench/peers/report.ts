/** Prints a run: tables in Markdown, whose columns are aligned. */
import { textTable } from "../../internal/text_table.ts";
import { medianOf, type Report, type WorkResult } from "./results.ts";

/** Prints everything. */
export function printReport(report: Report): void {
  const { machine, peers, works } = report;
  const memory = `${machine.memoryGB} GB`;
  console.log(`${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.os}; ${report.date}`);
  console.log(`load before the run ${machine.loadBefore}, at its end ${machine.loadAfter}`);
  if (report.quick) console.log("A quick run: the figures are rough.");
  console.log("");
  for (const { title, here, version, threads, detail, reason } of peers) {
    const count = threads ? `, ${threads} thread${threads === 1 ? "" : "s"}` : "";
    console.log(`${title}: ${here ? `${version}${count}, ${detail}` : `not here: ${reason}`}`);
  }
  printMedians(report);
  printGemmPeak(report);
  printTargets(works);
  printRoofline(report);
  printSkipped(report);
}

function printMedians({ peers, works }: Report): void {
  const ratios = [
    ["nndl-native", "numpy", "native / NumPy"],
    ["nndl-native", "torch", "native / PyTorch"],
    ["nndl-wasm", "numpy", "wasm / NumPy"],
    ["nndl-relaxed", "numpy", "relaxed / NumPy"],
  ].filter(([a, b]) =>
    [a, b].every((name) => peers.some((peer) => peer.name === name && peer.here))
  );
  const columns = peers.filter(({ here, name }) =>
    here && works.some(({ results }) => medianOf(results, name) !== null)
  );
  console.log("\nMedians, milliseconds (memory: MB), and their ratios\n");
  printTable(
    ["work", ...columns.map(({ title }) => title), ...ratios.map(([, , title]) => title)],
    works.map(({ title, results }) => [
      title,
      ...columns.map(({ name }) => short(medianOf(results, name))),
      ...ratios.map(([a, b]) => quotient(medianOf(results, a), medianOf(results, b))),
    ]),
  );
}

/** The best rate of any peer's product, which stands for what the machine can do. */
function printGemmPeak({ peers, works }: Report): void {
  const rates = works.filter(({ name }) => name.startsWith("gemm")).flatMap((work) =>
    Object.entries(work.results).flatMap(([peer, result]) =>
      "min" in result ? [{ peer, work: work.title, rate: work.flops! / result.min / 1e6 }] : []
    )
  );
  if (rates.length === 0) return;
  const best = rates.reduce((a, b) => a.rate >= b.rate ? a : b);
  const { title } = peers.find(({ name }) => name === best.peer)!;
  console.log(`\nPeak of products: ${short(best.rate)} GFLOP/s (${title}, ${best.work})`);
}

function printTargets(works: readonly WorkResult[]): void {
  const rows = works.flatMap(({ title, targets }) =>
    targets.map(({ target, value, met }) => [
      title,
      target,
      short(value),
      met === null ? "not measured" : met ? "met" : "MISSED",
    ])
  );
  if (rows.length === 0) return;
  console.log("\nTargets\n");
  printTable(["work", "target", "measured", ""], rows);
}

/**
 * The least time a work can take on this machine: its arithmetic at the best rate that the native
 * table's products reached in this run, or its traffic at the best rate of `y += a·x`, whichever
 * takes longer.
 */
function printRoofline({ works }: Report): void {
  const native = (work: WorkResult) => medianOf(work.results, "nndl-native");
  const best = (names: string, amount: (work: WorkResult) => number) =>
    Math.max(
      0,
      ...works.filter(({ name }) => name.startsWith(names)).map((work) => {
        const result = work.results["nndl-native"];
        return result && "min" in result ? amount(work) / result.min / 1e6 : 0;
      }),
    );
  const peak = best("gemm", ({ flops }) => flops!);
  const cache = best("axpy-cache", ({ bytes }) => bytes!);
  const memory = best("axpy-memory", ({ bytes }) => bytes!);
  if (peak === 0 || cache === 0) return;
  console.log(
    `\nRoofline of the native table: ${short(peak)} GFLOP/s in products, ` +
      `${short(cache)} GB/s in the shared cache${
        memory ? `, ${short(memory)} GB/s from memory` : ""
      }\n`,
  );
  const rows = works.filter((work) => work.flops && !work.name.startsWith("axpy") && native(work))
    .map((work) => {
      const [flops, bytes] = [work.flops! / peak / 1e6, work.bytes! / cache / 1e6];
      return [
        work.title,
        short(work.flops! / 1e6),
        short(work.bytes! / 1e6),
        short(flops),
        short(bytes),
        short(native(work)),
        short(work.flops! / native(work)! / 1e6),
        `${(100 * Math.max(flops, bytes) / native(work)!).toFixed(0)} %`,
      ];
    });
  const head = [
    "MFLOP",
    "MB",
    "arithmetic, ms",
    "traffic, ms",
    "measured, ms",
    "GFLOP/s",
    "of limit",
  ];
  printTable(["work", ...head], rows);
}

function printSkipped({ works }: Report): void {
  const lines = works.flatMap(({ title, results }) =>
    Object.entries(results).flatMap(([peer, result]) =>
      "skipped" in result && !result.skipped.startsWith("not here")
        ? [`${title}, ${peer}: ${result.skipped}`]
        : []
    )
  );
  if (lines.length > 0) console.log(["\nNot measured\n", ...lines].join("\n"));
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const bordered = [head, ...rows].map((cells) => ["", ...cells, ""]);
  const lines = textTable(bordered, {
    isLeft: (column) => column <= 1,
    rule: ([, first, ...others]) => [
      "",
      "-".repeat(first),
      ...others.slice(0, -1).map((width) => "-".repeat(Math.max(1, width - 1)) + ":"),
      "",
    ],
    gap: " | ",
  });
  for (const line of lines) console.log(line.trim());
}

function quotient(a: number | null, b: number | null): string {
  return short(a !== null && b !== null ? a / b : null);
}

/** Three digits. */
function short(value: number | null): string {
  if (value === null) return "";
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(3).replace(/e-\d+$/, (e) => e);
}

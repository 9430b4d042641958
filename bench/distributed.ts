/**
 * Times training by several ranks, on one machine and over links that are slowed down, beside what the
 * cost model of `docs/distributed_training.md` expects: `deno run -A bench/distributed.ts`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { textTable } from "../internal/text_table.ts";
import { Hosts, noHosts } from "../tests/distributed/_hosts.ts";
import { mpi, type Outcome, runJob } from "../tests/distributed/_mpi.ts";
import { extrapolation } from "./_distributed_extrapolation.ts";
import { reductionSeconds } from "./_distributed_model.ts";
import type { NetFigures, NetName, RankFigures, StepFigures } from "./distributed_rank.ts";

const help = `Times training by several ranks.

Usage: deno run -A bench/distributed.ts [flags]

  --ranks LIST  numbers of ranks on this machine (1,2,4)
  --hosts LIST  numbers of hosts in network namespaces, for root on Linux (2,4)
  --rates LIST  what their links carry (1gbit,200mbit)
  --nets LIST   paced, fc, conv, deep (paced,fc,conv,deep)
  --batch N     rows of a batch, of all ranks together (100)
  --steps N     steps of each measurement (10)
  --json FILE   writes the figures too
  --extrapolate only what the cost model says of 8, 64 and 512 ranks
  -h, --help    this text

Every rank has one thread. "alone" is a rank's own rows with nothing summed, "after" sums gradients
behind the backward pass, "overlap" while it goes on; in brackets the share of the time spent waiting
for sums. "model" is what the cost model expects of "after". Needs mpiexec on PATH or NNDL_MPIRUN.`;

/** A network to measure on. */
interface Place {
  readonly title: string;
  readonly ranks: number;
  /** Bytes a second that a link carries; null where ranks share memory. */
  readonly bandwidth: number | null;
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome>;
}

const PROGRAM = "../../bench/distributed_rank.ts";

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ranks: { type: "string", default: "1,2,4" },
      hosts: { type: "string", default: "2,4" },
      rates: { type: "string", default: "1gbit,200mbit" },
      nets: { type: "string", default: "paced,fc,conv,deep" },
      batch: { type: "string", default: "100" },
      steps: { type: "string", default: "10" },
      json: { type: "string" },
      extrapolate: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return console.log(help);
  if (values.extrapolate) return console.log(extrapolation().join("\n"));
  if (typeof mpi === "string") throw new Error(mpi);
  const job = JSON.stringify({
    nets: listOf(values.nets) as NetName[],
    batchSize: Number(values.batch),
    steps: Number(values.steps),
  });
  const measured: { title: string; figures: RankFigures }[] = [];
  console.log(`load ${Deno.loadavg()[0].toFixed(1)}, ${navigator.hardwareConcurrency} cores`);
  for await (const place of places(values)) {
    const { code, stdout, stderr } = await place.run([job], { NNDL_THREADS: "1" });
    if (code !== 0) throw new Error(`${place.title}: ${stderr}`);
    const figures: RankFigures = JSON.parse(stdout);
    measured.push({ title: place.title, figures });
    console.log(["", ...report(place, figures)].join("\n"));
  }
  if (values.json) await Deno.writeTextFile(values.json, JSON.stringify(measured, null, 1));
}

async function* places(
  { ranks, hosts, rates }: { ranks: string; hosts: string; rates: string },
): AsyncGenerator<Place> {
  for (const count of listOf(ranks).map(Number)) {
    yield {
      title: `${count} rank(s) on one machine`,
      ranks: count,
      bandwidth: null,
      run: (args, env) => runJob(PROGRAM, args, { ranks: count, env }),
    };
  }
  const reason = noHosts();
  if (reason) return console.log(`\nno hosts: ${reason}`);
  for (const rate of listOf(rates)) {
    for (const count of listOf(hosts).map(Number)) {
      await using some = await Hosts.make(count, rate);
      yield {
        title: `${count} hosts, links of ${rate}`,
        ranks: count,
        bandwidth: bytesPerSecond(rate),
        run: (args, env) => some.run(PROGRAM, args, { env }),
      };
    }
  }
}

function report(place: Place, { latency, bandwidth, backend, nets }: RankFigures): string[] {
  const head = `${place.title} (${backend}): a sum of one number takes ${latency.toFixed(3)} ms, ` +
    `4 MiB go at ${(bandwidth / 1e6).toFixed(0)} MB/s`;
  const network = { latency: latency / 1000, bandwidth: place.bandwidth ?? bandwidth };
  const rows = nets.map(({ net, bytes, alone, after, overlap }: NetFigures) => {
    const sums = reductionSeconds("ring", bytes, place.ranks, network);
    return [
      net,
      (bytes / 1e6).toFixed(1),
      alone.toFixed(1),
      withShare(after),
      withShare(overlap),
      (alone + 1000 * sums).toFixed(1),
    ];
  });
  const columns = ["net", "MB", "alone, ms", "after", "overlap", "model"];
  return [head, ...textTable([columns, ...rows])];
}

function withShare({ total, waiting }: StepFigures): string {
  return `${total.toFixed(1)} (${(100 * waiting / total).toFixed(0)} %)`;
}

function listOf(text: string): string[] {
  return text.split(",").filter((item) => item !== "");
}

/** `"200mbit"` as tc understands it. */
function bytesPerSecond(rate: string): number {
  const [, number, unit] = rate.match(/^(\d+)([mg])bit$/) ?? [];
  if (!unit) throw new RangeError(`--rates must be such as 200mbit or 1gbit, got ${rate}`);
  return Number(number) * (unit === "g" ? 1e9 : 1e6) / 8;
}

if (import.meta.main) await main(Deno.args);

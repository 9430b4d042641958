/** Using the npm package that `deno pack` makes, as someone would who installed it. */
import { run } from "./_run.ts";

/** The packages behind charts, in the versions of `deno.json`. */
const packages = ["vega", "vega-lite", "@resvg/resvg-wasm", "pdfmake"];

const trial = `export const trial = ({ a }) => a * 2;\n`;

/** Trains with the package; in Deno also draws a chart and searches with workers. */
const program = `
  import { gridSearch, linePlot } from "@nndl/nndl";
  import * as kernels from "@nndl/nndl/kernels";
  import * as layers from "@nndl/nndl/layers";
  import * as models from "@nndl/nndl/models";
  import * as ndarray from "@nndl/nndl/ndarray";
  import * as optim from "@nndl/nndl/optim";
  import * as random from "@nndl/nndl/random";
  import * as solver from "@nndl/nndl/solver";
  import { train } from "./train.mjs";

  const figures = await train({ kernels, layers, models, ndarray, optim, random, solver });
  const chart = linePlot({ series: [{ name: "loss", y: figures.losses }] });
  const [svg, png] = [await chart.toSvg(), await chart.toPng()];
  if (!svg.startsWith("<svg") || png.length < 1000) throw new Error("the chart is not there");
  if ("Deno" in globalThis) {
    const trial = new URL("./trial.mjs", import.meta.url);
    const { best } = await gridSearch({ a: [1, 3, 2] }, { trial, workers: 2 });
    if (best.score !== 6) throw new Error("the search found " + best.score);
  }
  console.log(JSON.stringify(figures));
`;

const root = new URL("../../", import.meta.url);

/**
 * Packs this toolkit and installs it in a folder of its own, with npm.
 *
 * @param folder A folder that is there
 * @param train The bundle of `program.ts`
 * @returns The program to run there
 */
export async function installPackage(folder: string, train: string): Promise<string> {
  const tarball = `${folder}/nndl.tgz`;
  const config = new URL("deno.json", root).pathname;
  await run(
    Deno.execPath(),
    "pack",
    "--quiet",
    "--allow-dirty",
    `--config=${config}`,
    "-o",
    tarball,
  );
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const versions = packages.map((name) => imports[name].replace(/^npm:/, ""));
  await Deno.writeTextFile(`${folder}/package.json`, "{}");
  await run("npm", "install", "--silent", `--prefix=${folder}`, tarball, ...versions);
  await Deno.copyFile(train, `${folder}/train.mjs`);
  await Deno.writeTextFile(`${folder}/trial.mjs`, trial);
  await Deno.writeTextFile(`${folder}/main.mjs`, program);
  return `${folder}/main.mjs`;
}

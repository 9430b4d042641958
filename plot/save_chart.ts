/**
 * Charts as files.
 *
 * @module
 */
import { writeFileAtomic } from "../io/mod.ts";
import type { Chart, PngOptions } from "./chart.ts";

/**
 * Writes a chart, whole or not at all, in the format that the name ends in.
 *
 * @param path The file, which ends in `.svg`, `.png` or `.html`; an existing one is replaced
 * @param chart The chart
 * @param options How large a PNG is
 * @throws {RangeError} If the name ends in something else
 * @throws {Error} If the file cannot be written (it needs `--allow-read` and `--allow-write` for
 * its folder), or a package that draws cannot be loaded
 *
 * @example
 * ```ts
 * import { linePlot, saveChart } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const chart = linePlot({ yLabel: "loss", series: [{ y: [2.3, 1.9, 1.7] }] });
 * await saveChart(`${folder}/loss.svg`, chart);
 * assert.match(await Deno.readTextFile(`${folder}/loss.svg`), /^<svg/);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Plots
 */
export async function saveChart(
  path: string | URL,
  chart: Chart,
  options: PngOptions = {},
): Promise<void> {
  await writeFileAtomic(path, await encode(path, chart, options));
}

async function encode(path: string | URL, chart: Chart, options: PngOptions): Promise<Uint8Array> {
  const name = path instanceof URL ? path.href : path;
  switch (/\.(svg|png|html)$/i.exec(name)?.[1].toLowerCase()) {
    case "svg":
      return new TextEncoder().encode(`${await chart.toSvg()}\n`);
    case "html":
      return new TextEncoder().encode(await chart.toHtml());
    case "png":
      return await chart.toPng(options);
    default:
      throw new RangeError(`saveChart: path must end in .svg, .png or .html, got ${name}`);
  }
}

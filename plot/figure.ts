/**
 * Several charts as one.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { addAttributes, renameIds } from "./_svg.ts";
import { SvgChart } from "./_svg_chart.ts";
import { escapeText, fontFamily, textWidth } from "./_text.ts";
import { ink, titleSize } from "./_theme.ts";
import type { Chart } from "./chart.ts";

/**
 * Options of {@linkcode figure}.
 *
 * @category Plots
 */
export interface FigureOptions {
  /** Heading over all charts. Default: none. */
  readonly title?: string;
  /** Pixels between charts. Default 12. */
  readonly gap?: number;
}

const headingSize = titleSize + 3;
const margin = 10;

/**
 * Puts charts and image grids side by side and below each other. Each column is as wide as its
 * widest chart, each row as high as its highest.
 *
 * @param rows The charts, row by row; rows may have different lengths
 * @param options Heading and gap
 * @returns The figure, a chart itself
 * @throws {RangeError} If there are no charts, or the gap is not a whole number from 0 up
 *
 * @example
 * ```ts
 * import { figure, histogram, linePlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const loss = linePlot({ title: "Loss", series: [{ y: [2.3, 1.9, 1.7] }] });
 * const weights = histogram({ title: "Weights", values: [0.1, -0.2, 0, 0.05] });
 * const both = figure([[loss, weights]], { gap: 20 });
 * assert.deepEqual([both.width, both.height], [640 + 20 + 640, 400]);
 * ```
 *
 * @category Plots
 */
export function figure(
  rows: readonly (readonly Chart[])[],
  { title = "", gap = 12 }: FigureOptions = {},
): Chart {
  if (!rows.length || rows.some((row) => row.length === 0)) {
    throw new RangeError("figure: rows must hold at least one chart each");
  }
  checkWhole("figure", "gap", gap, 0);
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, c) => Math.max(...rows.map((row) => row[c]?.width ?? 0)),
  );
  const heights = rows.map((row) => Math.max(...row.map(({ height }) => height)));
  const lefts = starts(widths, 0, gap);
  const tops = starts(heights, title ? headingSize + 2 * margin : 0, gap);
  const heading = Math.ceil(textWidth(title, headingSize)) + (title ? 2 * margin : 0);
  const width = Math.max(heading, lefts.at(-1)! + widths.at(-1)!);
  const height = tops.at(-1)! + heights.at(-1)!;
  const draw = async () => {
    const parts: string[] = [];
    for (const [r, row] of rows.entries()) {
      for (const [c, chart] of row.entries()) {
        // Names of one chart must not meet those of another.
        const svg = renameIds(await chart.toSvg(), (i) => `c${r}-${c}-${i}`);
        parts.push(addAttributes(svg, `x="${lefts[c]}" y="${tops[r]}"`));
      }
    }
    const text = title &&
      `<text x="${margin}" y="${margin + headingSize}" font-family="${fontFamily}" ` +
        `font-size="${headingSize}" font-weight="500" fill="${ink}">${escapeText(title)}</text>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ` +
      `xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="white"/>` +
      `${text}${parts.join("")}</svg>`;
  };
  return new SvgChart({ title, width, height, draw });
}

function starts(lengths: readonly number[], first: number, gap: number): number[] {
  let next = first;
  return lengths.map((length) => {
    const start = next;
    next += length + gap;
    return start;
  });
}

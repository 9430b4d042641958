/** A chart that knows how to draw itself as SVG; the other formats follow from that. */
import { checkPositive } from "../internal/numbers.ts";
import { onDemand } from "../internal/packages.ts";
import { addAttributes } from "./_svg.ts";
import { escapeText } from "./_text.ts";
import type { Chart, PngOptions } from "./chart.ts";

/** What a chart is made of. */
export interface Drawing {
  readonly title?: string;
  readonly width: number;
  readonly height: number;
  /** Draws the SVG element. */
  readonly draw: () => string | Promise<string>;
  /** Draws the PNG at scale 1, if there is a better way than through the SVG. */
  readonly drawPng?: () => Promise<Uint8Array>;
  /** Pixels of a PNG for each pixel of the chart, unless the caller says otherwise. */
  readonly pngScale?: number;
}

/** The most pixels of a PNG: 256 MB while it is drawn. */
const pixelLimit = 2 ** 26;

/** Makes a chart of a drawing. */
export class SvgChart implements Chart {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly #drawing: Drawing;

  constructor(drawing: Drawing) {
    this.title = drawing.title ?? "";
    this.width = drawing.width;
    this.height = drawing.height;
    this.#drawing = drawing;
  }

  async toSvg(): Promise<string> {
    const label = this.title && ` aria-label="${escapeText(this.title)}"`;
    return addAttributes(await this.#drawing.draw(), `role="img"${label}`);
  }

  async toPng({ scale = this.#drawing.pngScale ?? 2 }: PngOptions = {}): Promise<Uint8Array> {
    checkPositive("toPng", "scale", scale);
    const [width, height] = [this.width * scale, this.height * scale];
    if (width * height > pixelLimit) {
      throw new RangeError(
        `toPng: ${Math.round(width)} × ${Math.round(height)} pixels are too many; ` +
          `lower the scale or the size of the chart`,
      );
    }
    if (scale === 1 && this.#drawing.drawPng) return await this.#drawing.drawPng();
    const svg = await this.toSvg();
    const { renderPng } = await onDemand("toPng", "resvg", () => import("./_resvg.ts"));
    return renderPng(svg, scale);
  }

  /** What a Jupyter notebook shows of a cell that ends in a chart. */
  async [Symbol.for("Jupyter.display")](): Promise<Record<string, string>> {
    return { "image/svg+xml": await this.toSvg(), "text/plain": this.title || "chart" };
  }

  async toHtml(): Promise<string> {
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeText(this.title || "Chart")}</title>
<style>
body { margin: 2rem; background: white; }
svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
${await this.toSvg()}
</body>
</html>
`;
  }
}

/**
 * Charts by Vega-Lite. Import this file on demand: it loads the packages.
 */
import { importPackage } from "../internal/packages.ts";
import { renameIds } from "./_svg.ts";
import { textWidth } from "./_text.ts";
import { config } from "./_theme.ts";

interface Vega {
  readonly View: new (runtime: unknown, options: object) => {
    toSVG(): Promise<string>;
    finalize(): void;
  };
  readonly parse: (spec: unknown) => unknown;
  readonly scheme: (name: string) => (fraction: number) => string;
  readonly Error: number;
  readonly textMetrics: {
    width: (item: { fontSize?: number }, text: string) => number;
    readonly estimateWidth: unknown;
  };
}

interface VegaLite {
  readonly compile: (spec: object, options: object) => { readonly spec: unknown };
}

const [vega, vegaLite] = await Promise.all([
  importPackage<Vega>("npm:vega@^6.4.0"),
  importPackage<VegaLite>("npm:vega-lite@^6.5.0"),
]);

// Without a canvas Vega guesses the width of text at 0.8 of its height a character, which leaves
// gaps beside every label.
if (vega.textMetrics.width === vega.textMetrics.estimateWidth) {
  vega.textMetrics.width = ({ fontSize = 11 }, text) => textWidth(String(text), fontSize);
}

/** Draws a Vega-Lite specification as an SVG element. */
export async function renderSpec(spec: object): Promise<string> {
  const compiled = vegaLite.compile(spec, { config });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: "none",
    logLevel: vega.Error,
  });
  try {
    // Vega counts on from chart to chart.
    return renameIds(await view.toSVG(), (i) => `id${i}`);
  } finally {
    view.finalize();
  }
}

/** Red, green and blue of 256 colours of a scheme, from its low to its high end. */
export function schemeColors(name: string): [r: number, g: number, b: number][] {
  const at = vega.scheme(name);
  return Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = at(i / 255).match(/\d+/g)!.map(Number);
    return [r, g, b];
  });
}

/**
 * SVG to PNG by resvg, compiled to wasm. Import this file on demand: it loads the packages.
 *
 * The text of a PNG needs a font. To read one from the disk would take a permission, so it is
 * taken from a package that carries one as a module: pdfmake's Roboto.
 */
import { fromBase64 } from "../internal/base64.ts";
import { importPackage, importWasm } from "../internal/packages.ts";

interface Resvg {
  readonly initWasm: (wasm: WebAssembly.Module) => Promise<void>;
  readonly Resvg: new (svg: string, options: object) => {
    render(): { asPng(): Uint8Array; free(): void };
    free(): void;
  };
}

interface FontModule {
  readonly default: { readonly vfs: Readonly<Record<string, { readonly data: string }>> };
}

const resvg = await importPackage<Resvg>("npm:@resvg/resvg-wasm@^2.6.2");
await resvg.initWasm(await importWasm("npm:@resvg/resvg-wasm@^2.6.2/index_bg.wasm"));
const { vfs } = (await importPackage<FontModule>("npm:pdfmake@^0.3.11/build/fonts/Roboto.js"))
  .default;
const fontBuffers = ["Roboto-Regular.ttf", "Roboto-Medium.ttf"]
  .map((name) => fromBase64(vfs[name].data));

/** Draws an SVG with `scale` pixels for each of its own. */
export function renderPng(svg: string, scale: number): Uint8Array {
  const drawing = new resvg.Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: "Roboto", sansSerifFamily: "Roboto" },
    fitTo: { mode: "zoom", value: scale },
    background: "white",
    // Images are drawn pixel by pixel unless they say otherwise.
    imageRendering: 1,
  });
  const image = drawing.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    drawing.free();
  }
}

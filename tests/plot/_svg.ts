/** Looking into drawings. */
import assert from "node:assert/strict";
import { decodeImage } from "../../io/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import type { Chart } from "../../plot/mod.ts";

/** The elements of a kind inside the groups of a kind of mark, as text. */
export function marks(svg: string, mark: string, element = "path"): string[] {
  const groups = svg.matchAll(new RegExp(`<g class="${mark} role-mark[^>]*>(.*?)</g>`, "gs"));
  return [...groups].flatMap(([, inner]) =>
    [...inner.matchAll(new RegExp(`<${element} [^>]*>`, "g"))].map(([tag]) => tag)
  );
}

/** All text in a drawing, in its order. */
export function texts(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}

/** An attribute of a tag. */
export function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
}

/** The numbers in a text. */
export function numbers(text: string | undefined): number[] {
  return (text ?? "").match(/-?\d+(\.\d+)?(e-?\d+)?/g)?.map(Number) ?? [];
}

/** The pixels of a chart's PNG. */
export async function pixels(chart: Chart, scale?: number): Promise<NDArray> {
  return await decodeImage(await chart.toPng({ scale }));
}

/** Red, green and blue at a place. */
export function colorAt(image: NDArray, y: number, x: number): number[] {
  return [0, 1, 2].map((c) => image.at(y, x, c));
}

/** Asserts that every name that a drawing refers to is defined, once. */
export function assertNames(svg: string): void {
  const defined = [...svg.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(defined).size, defined.length, "a name is defined twice");
  for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) {
    assert.ok(defined.includes(id), `${id} is not defined`);
  }
}

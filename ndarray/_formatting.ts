/**
 * Arrays as text, character for character as NumPy 2.3 and later print them. (Earlier ones write
 * float32 without an exponent up to 1e8, where later ones stop at 1e6.)
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { positional, scientific, scientificFixed, showExponent, showScalar } from "./_decimal.ts";
import { type Dense, sizeOf, stridesOf } from "./_dense.ts";
import { isFloat } from "./dtypes.ts";

/**
 * How to print an array. The defaults are NumPy's.
 *
 * @category Arrays
 */
export interface FormatOptions {
  /** Most digits behind the point; 8 if left out. */
  readonly precision?: number;
  /** Arrays of more elements are summarised; 1000 if left out. */
  readonly threshold?: number;
  /** Elements shown at each end of a summarised axis; 3 if left out. */
  readonly edgeitems?: number;
  /** Characters a line may have; 75 if left out. */
  readonly lineWidth?: number;
  /** Print small values as zeros rather than all with an exponent; `false` if left out. */
  readonly suppressSmall?: boolean;
  /** What stands between elements; a space if left out. */
  readonly separator?: string;
}

/** The options of one run, complete, and the indent of every line but the first. */
type Settings = Required<FormatOptions> & { readonly indent: string };

const defaults: Settings = {
  precision: 8,
  threshold: 1000,
  edgeitems: 3,
  lineWidth: 75,
  suppressSmall: false,
  separator: " ",
  indent: " ",
};

type Formatter = (x: number) => string;

/** The text of an array, as `str` in NumPy. */
export function formatPlain(x: Dense, options: FormatOptions = {}): string {
  if (x.shape.length === 0) {
    if (isFloat(x.dtype)) return showScalar(x.data[0], x.dtype === "float32");
    return x.dtype === "bool" ? (x.data[0] ? "True" : "False") : String(x.data[0]);
  }
  return format(x, { ...defaults, ...options });
}

/** The text of an array as an expression, as `repr` in NumPy. */
export function formatRepr(x: Dense): string {
  const prefix = "array(";
  const { lineWidth, threshold } = defaults;
  const text = prefix + format(x, {
    ...defaults,
    lineWidth: lineWidth - 1,
    separator: ", ",
    indent: " ".repeat(prefix.length + 1),
  });
  const size = x.data.length;
  const extras: string[] = [];
  if ((size === 0 && x.shape.length !== 1) || size > threshold) {
    extras.push(`shape=${showShape(x.shape)}`);
  }
  const isImplied = x.dtype === "float64" || x.dtype === "bool";
  if (!isImplied || size === 0) extras.push(`dtype=${x.dtype}`);
  if (extras.length === 0) return `${text})`;
  const extra = `${extras.join(", ")})`;
  const last = text.length + 1 - (text.lastIndexOf("\n") + 1);
  const space = last + extra.length + 1 > lineWidth ? `\n${" ".repeat(prefix.length)}` : " ";
  return `${text},${space}${extra}`;
}

function format(x: Dense, settings: Settings): string {
  if (x.data.length === 0) return "[]";
  const summarise = x.data.length > settings.threshold;
  const shown = summarise ? corners(x, settings.edgeitems) : Float64Array.from(x.data);
  const formatter = formatterOf(x, shown, settings);
  const strides = stridesOf(x.shape);

  const layOut = (axis: number, place: number, indent: string, width: number): string => {
    if (axis === x.shape.length) return formatter(x.data[place]);
    const items = itemsOf(x.shape[axis], summarise ? settings.edgeitems : Infinity);
    const inside = items.map((item) =>
      item < 0 ? "..." : layOut(axis + 1, place + item * strides[axis], `${indent} `, width - 1)
    );
    if (axis === x.shape.length - 1) {
      return `[${wrapLines(inside, indent, width - 1, settings.separator)}]`;
    }
    const newlines = "\n".repeat(x.shape.length - axis - 1);
    return `[${inside.join(settings.separator.trimEnd() + newlines + indent)}]`;
  };
  return layOut(0, 0, settings.indent, settings.lineWidth);
}

/** The positions of an axis that are shown, with -1 for those left out between them. */
function itemsOf(length: number, edge: number): number[] {
  if (length <= 2 * edge) return Array.from({ length }, (_, i) => i);
  const head = Array.from({ length: edge }, (_, i) => i);
  return [...head, -1, ...head.map((i) => length - edge + i)];
}

/** The elements that a summary shows: they alone decide on the format. */
function corners(x: Dense, edge: number): Float64Array {
  const kept = x.shape.map((length) => itemsOf(length, edge).filter((item) => item >= 0));
  const strides = stridesOf(x.shape);
  const out = new Float64Array(sizeOf(kept.map((items) => items.length)));
  let to = 0;
  const walk = (axis: number, place: number) => {
    if (axis === kept.length) out[to++] = x.data[place];
    else for (const item of kept[axis]) walk(axis + 1, place + item * strides[axis]);
  };
  walk(0, 0);
  return out;
}

/** Joins the words of a row, breaking lines where they would grow too long. */
function wrapLines(words: string[], indent: string, width: number, separator: string): string {
  const lines: string[] = [];
  let line = indent;
  words.forEach((word, i) => {
    if (line.length + word.length > width && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += word + (i < words.length - 1 ? separator : "");
  });
  lines.push(line);
  return lines.join("\n").slice(indent.length);
}

function formatterOf(x: Dense, shown: Float64Array, settings: Settings): Formatter {
  if (isFloat(x.dtype)) return floatFormatter(shown, x.dtype === "float32", settings);
  if (x.dtype === "bool") {
    const yes = x.shape.length === 0 ? "True" : " True";
    return (value) => value ? yes : "False";
  }
  const width = shown.reduce((most, value) => Math.max(most, String(value).length), 0);
  return (value) => String(value).padStart(width);
}

/** A format for all elements: one width, and an exponent for all of them or for none. */
function floatFormatter(shown: Float64Array, single: boolean, settings: Settings): Formatter {
  const finite = shown.filter(Number.isFinite);
  const useExponent = needsExponent(finite, single, settings.suppressSmall);
  const { precision } = settings;
  let left = 0;
  let right = 0;
  let show: Formatter;
  if (useExponent) {
    const parts = Array.from(finite, (value) => scientific(value, precision, single));
    const places = longest(parts.map(([, fraction]) => fraction));
    const digits = Math.max(2, longest(parts.map(([, , exponent]) => `${Math.abs(exponent)}`)));
    left = longest(parts.map(([whole]) => whole));
    right = digits + 2 + places;
    show = (value) => {
      const [whole, fraction, exponent] = scientificFixed(value, places);
      return `${whole.padStart(left)}.${fraction}${showExponent(exponent, digits)}`;
    };
  } else {
    const parts = Array.from(finite, (value) => positional(value, precision, single));
    left = longest(parts.map(([whole]) => whole));
    right = longest(parts.map(([, fraction]) => fraction));
    show = (value) => {
      const [whole, fraction] = positional(value, precision, single);
      return `${whole.padStart(left)}.${fraction.padEnd(right)}`;
    };
  }
  if (finite.length < shown.length) {
    const widest = shown.includes(-Infinity) ? "-inf".length : "inf".length;
    left = Math.max(left, widest - (right + 1));
  }
  const width = left + right + 1;
  return (value) =>
    Number.isFinite(value) ? show(value) : showScalar(value, single).padStart(width);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}

/** NumPy's rule: very large, very small, or of very different sizes. */
function needsExponent(finite: Float64Array, single: boolean, suppressSmall: boolean): boolean {
  let largest = 0;
  let smallest = Infinity;
  for (const value of finite) {
    if (value === 0) continue;
    largest = Math.max(largest, Math.abs(value));
    smallest = Math.min(smallest, Math.abs(value));
  }
  if (largest === 0) return false;
  if (largest >= (single ? 1e6 : 1e8)) return true;
  if (suppressSmall) return false;
  const fit = single ? Math.fround : Number;
  return smallest < fit(0.0001) || fit(largest / smallest) > 1000;
}

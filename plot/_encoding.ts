/** The parts of Vega-Lite specifications that charts share. */
import { textWidth } from "./_text.ts";
import { labelSize, palette } from "./_theme.ts";
import type { AxesOptions } from "./options.ts";

/** Smallest and largest of some numbers. */
export function extent(values: Iterable<number>): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Lengths of an axis beyond its ends at which values are as good as infinitely far away. */
const FAR = 1000;

/**
 * The value to draw on an axis with given ends: one that is very far outside is brought nearer,
 * which nobody sees, because renderers give up on coordinates of millions of pixels.
 */
export function withinReach(axis: "x" | "y", options: AxesOptions, value: number): number {
  const range = options[`${axis}Range`];
  if (!range || options[`${axis}Scale`] === "log") return value;
  const margin = FAR * (range[1] - range[0]);
  return Math.max(range[0] - margin, Math.min(range[1] + margin, value));
}

/** The place along an axis that shows field `x` or `y` of the data, whose values are given. */
export function position(
  axis: "x" | "y",
  options: AxesOptions,
  values: Iterable<number>,
  nice = true,
): Record<string, unknown> {
  const type = options[`${axis}Scale`] ?? "linear";
  const range = options[`${axis}Range`];
  const list = [...values];
  const [low, high] = range ?? extent(list);
  const log = type === "log";
  const decades = log && high > 30 * low;
  return {
    field: axis,
    type: "quantitative",
    title: options[`${axis}Label`] ?? null,
    scale: {
      type,
      ...(log ? {} : { zero: false }),
      // A log scale is rounded to powers of ten, which only a long one can bear.
      nice: nice && !range && log === decades,
      ...(range ? { domain: range } : {}),
    },
    axis: {
      ...(log ? { labelExpr: logLabel } : list.every(Number.isInteger) ? { tickMinStep: 1 } : {}),
      ...(decades ? { values: powersOfTen(low, high) } : {}),
    },
  };
}

/** Labels of a log axis, as 0.01, 100 or 1e-7. */
const logLabel = "replace(format(datum.value, datum.value < 1e-3 || datum.value >= 1e5 ? " +
  "'~e' : '~r'), '+', '')";

/** Some powers of ten from `low` to `high`, at most ten. */
function powersOfTen(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const step = Math.ceil((last - first + 1) / 10);
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i * step}`));
}

/** The colour of each series. */
export function seriesColor(names: readonly string[]): Record<string, unknown> {
  return {
    field: "series",
    type: "nominal",
    scale: { domain: names, range: names.map((_, i) => palette[i % palette.length]) },
  };
}

/** A legend above the chart if there is more than one series, in as many columns as fit. */
export function seriesLegend(
  names: readonly string[],
  width: number,
  look: Record<string, unknown> = {},
): Record<string, unknown> | null {
  if (names.length < 2) return null;
  const column = Math.max(...names.map((name) => textWidth(name, labelSize))) + 48;
  const columns = Math.max(1, Math.floor((width - 40) / column));
  return {
    orient: "top",
    title: null,
    columns: Math.min(columns, names.length),
    labelLimit: width - 80,
    ...look,
  };
}

/** The checks of what charts are given. */
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { AxesOptions, AxisScale, ChartOptions, PlotValues } from "./options.ts";

/** Checks that values are numbers along one axis, at least one, and returns them as a list. */
export function checkValues(caller: string, name: string, values: PlotValues): ArrayLike<number> {
  const list: unknown = values instanceof NDArray ? values.data : values;
  if (values instanceof NDArray && values.ndim !== 1) {
    throw new RangeError(
      `${caller}: ${name} must have one axis, got shape ${showShape(values.shape)}; ` +
        `pick a row with slice or use ravel()`,
    );
  }
  if (!Array.isArray(list) && !(ArrayBuffer.isView(list) && !(list instanceof DataView))) {
    throw new TypeError(
      `${caller}: ${name} must be a list of numbers, a typed array or an NDArray, ` +
        `got ${list === null ? "null" : typeof list}`,
    );
  }
  const numbers = list as ArrayLike<unknown>;
  if (numbers.length === 0) {
    throw new RangeError(`${caller}: ${name} is empty; there is nothing to draw`);
  }
  if (Array.isArray(list)) {
    const bad = list.findIndex((value) => typeof value !== "number");
    if (bad >= 0) {
      throw new TypeError(
        `${caller}: ${name} must hold numbers, got ${typeof list[
          bad
        ]} at ${bad}; use NaN for a gap`,
      );
    }
  }
  return numbers as ArrayLike<number>;
}

/** Checks that two lists are equally long. */
export function checkSameLength(
  caller: string,
  name: string,
  first: readonly [name: string, list: ArrayLike<unknown>],
  second: readonly [name: string, list: ArrayLike<unknown>],
): void {
  if (first[1].length === second[1].length) return;
  throw new RangeError(
    `${caller}: ${name} must have as many ${first[0]} as ${second[0]}, ` +
      `got ${first[1].length} and ${second[1].length}`,
  );
}

/** Checks that there are series, and names those that have no name; names must differ. */
export function seriesNames(
  caller: string,
  series: readonly { readonly name?: string }[],
): string[] {
  if (!Array.isArray(series) || series.length === 0) {
    throw new RangeError(`${caller}: series must hold at least one series`);
  }
  const names = series.map(({ name }, i) => name ?? `series ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new RangeError(`${caller}: two series are called "${twice}"; give each its own name`);
  }
  return names;
}

/** What is drawn of bare values, by the chart. */
const examples: Readonly<Record<string, string>> = {
  linePlot: "{ series: [{ y: values }] }",
  scatterPlot: "{ series: [{ x: values, y: values }] }",
  barPlot: "{ labels: names, series: [{ y: values }] }",
  histogram: "{ values }",
  heatmap: "{ values }",
};

/** Checks that options are an object, and the size of a chart in them, or fills in the usual one. */
export function checkSize(
  caller: string,
  options: ChartOptions,
): { width: number; height: number } {
  if (
    typeof options !== "object" || options === null || Array.isArray(options) ||
    options instanceof NDArray || ArrayBuffer.isView(options)
  ) {
    const got = Array.isArray(options)
      ? "a list"
      : options instanceof NDArray
      ? "an NDArray"
      : options === null
      ? "null"
      : typeof options;
    throw new TypeError(
      `${caller}: options must be an object, got ${got}; write ${caller}(${examples[caller]})`,
    );
  }
  const { width = 640, height = 400 } = options;
  for (const [name, value] of [["width", width], ["height", height]] as const) {
    if (!Number.isInteger(value) || value < 100 || value > 10000) {
      throw new RangeError(
        `${caller}: ${name} must be a whole number of pixels from 100 to 10000, got ${value}`,
      );
    }
  }
  return { width, height };
}

/** Checks the scale and the ends of both axes. */
export function checkAxes(caller: string, options: AxesOptions): void {
  for (const axis of ["x", "y"] as const) {
    const scale = options[`${axis}Scale`];
    if (scale !== undefined && scale !== "linear" && scale !== "log") {
      throw new RangeError(`${caller}: ${axis}Scale must be "linear" or "log", got "${scale}"`);
    }
    const range = options[`${axis}Range`];
    if (range && !(range.every((end) => canDraw(end, scale)) && range[0] < range[1])) {
      throw new RangeError(
        `${caller}: ${axis}Range must be two ${scale === "log" ? "positive" : "finite"} numbers, ` +
          `the smaller first, got [${range.join(", ")}]`,
      );
    }
  }
}

/** Whether a value has a place on a scale: no NaN, no infinity, and on a log scale no zero. */
export function canDraw(value: number, scale: AxisScale = "linear"): boolean {
  return Number.isFinite(value) && (scale === "linear" || value > 0);
}

/** The error of a chart in which nothing has a place. */
export function nothingToDraw(caller: string, { xScale, yScale }: AxesOptions): RangeError {
  const log = xScale === "log" || yScale === "log";
  return new RangeError(
    `${caller}: no value can be drawn; all are NaN${
      log ? ", infinite, or not positive on a log scale" : " or infinite"
    }`,
  );
}

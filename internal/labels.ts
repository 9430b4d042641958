/** The check of class numbers. */
import { showShape } from "./shapes.ts";
import { showValue } from "./show.ts";

/** What is looked at of an array. */
interface Labels {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** What the class numbers must fit to. */
export interface LabelsOf {
  /** How many there must be. */
  readonly rows?: number;
  /** What they belong to, such as `"one label for each row of X"`. */
  readonly each?: string;
  /** The array that `each` ends with, whose shape follows. */
  readonly of?: { readonly shape: readonly number[] };
  /** How many classes there are, if that is known. */
  readonly classes?: number;
  /** Where the classes come from, such as `"the columns of x"`. */
  readonly from?: string;
}

/**
 * Checks class numbers: one axis, whole numbers from 0 up.
 *
 * @throws {TypeError} If `y` is not an array, or holds bools
 * @throws {RangeError} If its shape does not fit, or a label is fractional or not one of the classes
 */
export function checkLabels(
  caller: string,
  name: string,
  y: Labels,
  { rows, each, of, classes = Infinity, from }: LabelsOf = {},
): void {
  if (!Array.isArray(y?.shape)) {
    throw new TypeError(`${caller}: ${name} must be an NDArray of labels, got ${showValue(y)}`);
  }
  const { data, shape, dtype } = y;
  if (shape.length !== 1 || (rows !== undefined && data.length !== rows)) {
    const shown = of ? ` ${showShape(of.shape)}` : "";
    throw new RangeError(
      `${caller}: ${name} must have shape (${rows ?? "N"},)${
        each ? `, ${each}${shown}` : ""
      }, got ` +
        showShape(shape) + shapeFix(shape, rows ?? shape[0]),
    );
  }
  if (dtype === "bool") {
    throw new TypeError(
      `${caller}: ${name} must hold class numbers, got bools; use ${name}.astype("int32")`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    const label = data[i];
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const range = classes === Infinity ? "from 0 up" : `from 0 to ${classes - 1}`;
    throw new RangeError(
      `${caller}: ${name} must hold whole numbers ${range}${from ? `, ${from}` : ""}, got ` +
        `${label} at position ${i}` + (label === classes ? "; do the labels count from 1?" : ""),
    );
  }
}

/** What to do about labels that are not on one axis. */
function shapeFix(shape: readonly number[], rows: number): string {
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.length !== 1 && size === rows) return `; reshape it to (${rows},)`;
  return shape.length === 2 ? "; one-hot or scores? take the argmax of each row" : "";
}

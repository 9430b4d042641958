/** The state of modules, put out for a file and taken in. */
import { sameShape, showShape } from "../internal/shapes.ts";
import { touch } from "../autograd/tensor.ts";
import { isFloat } from "../ndarray/dtypes.ts";
import { array, NDArray } from "../ndarray/mod.ts";
import { fileName } from "../internal/file_names.ts";
import type { Module } from "./module.ts";

const COUNTER = "num_batches_tracked";

/** The arrays of a module by the names of files. */
export function stateOf(module: Module, numBatchesTracked: boolean): Record<string, NDArray> {
  const state: Record<string, NDArray> = {};
  for (const [path, value] of arraysOf(module)) state[fileName(path)] = value;
  if (!numBatchesTracked) return state;
  for (const [path, part] of Object.entries(module.modules())) {
    if (!("numBatchesTracked" in part)) continue;
    const name = path === "" ? COUNTER : `${fileName(path)}.${COUNTER}`;
    state[name] = array(part.numBatchesTracked as number, "int32");
  }
  return state;
}

function arraysOf(module: Module): [path: string, value: NDArray][] {
  return [
    ...Object.entries(module.parameters()).map(([path, { value }]): [string, NDArray] => [
      path,
      value,
    ]),
    ...Object.entries(module.buffers()),
  ];
}

/** Copies arrays into a module, or none if one does not fit. */
export function loadState(
  module: Module,
  state: Readonly<Record<string, NDArray>>,
  strict: boolean,
): void {
  const names = new Set(Object.keys(state).filter((name) => !isCounter(name)));
  const missing: string[] = [];
  const misfits: string[] = [];
  const copies: [to: NDArray, from: NDArray][] = [];
  for (const [path, to] of arraysOf(module)) {
    const name = [fileName(path), path].find((name) => names.has(name));
    if (name === undefined) {
      missing.push(fileName(path));
      continue;
    }
    names.delete(name);
    const from = state[name];
    if (!(from instanceof NDArray) || !isFloat(from.dtype)) {
      misfits.push(`${name} (a float array is needed, not ${from?.dtype ?? typeof from})`);
    } else if (!sameShape(from.shape, to.shape)) {
      misfits.push(`${name} (${showShape(to.shape)} is needed, not ${showShape(from.shape)})`);
    } else {
      copies.push([to, from]);
    }
  }
  const problems = [
    ...(strict && missing.length ? [`missing: ${missing.join(", ")}`] : []),
    ...(strict && names.size ? [`too many: ${[...names].join(", ")}`] : []),
    ...(misfits.length ? [`of another form: ${misfits.join(", ")}`] : []),
  ];
  if (problems.length > 0) {
    throw new RangeError(
      `loadStateDict: the arrays do not fit this ${module.constructor.name}; ` +
        problems.join("; "),
    );
  }
  for (const [to, from] of copies) to.data.set(from.data);
  Object.values(module.parameters()).forEach(touch);
}

function isCounter(name: string): boolean {
  return name === COUNTER || name.endsWith(`.${COUNTER}`);
}

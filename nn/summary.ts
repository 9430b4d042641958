/**
 * What a module is made of, as a table.
 *
 * @module
 */
import { noGrad, Tensor } from "../autograd/mod.ts";
import { showValue } from "../internal/show.ts";
import { zeros } from "../ndarray/mod.ts";
import { type LayerDescription, ModelSummary } from "./model_summary.ts";
import { checkIsModule } from "./_options.ts";
import { Module } from "./module.ts";
import { type Layer, Sequential } from "./sequential.ts";

/**
 * Options of {@linkcode summary}.
 *
 * @category Modules
 */
export interface SummaryOptions {
  /** Type of the input; `"int32"` for numbers of words. That of the parameters if not given. */
  readonly dtype?: "float32" | "float64" | "int32";
}

/**
 * Describes the parts of a module that learn or are parts of a `Sequential`, in the order in which
 * they are used: their shapes for one example, and how many numbers they learn. To see the shapes,
 * a single example of zeros is sent through the module in eval mode.
 *
 * @param module The module
 * @param inputShape The shape of one example, without the batch
 * @param options The type of the input
 * @returns The table; prints as one
 * @throws {TypeError} If it is no module
 * @throws {RangeError} If `inputShape` is no list of lengths, or the module does not take it
 *
 * @example
 * ```ts
 * import { Conv2d, Linear, Sequential, summary } from "@nndl/nndl/nn";
 * import { flatten, relu } from "@nndl/nndl/autograd";
 * import assert from "node:assert/strict";
 *
 * const net = new Sequential(new Conv2d(1, 2, 3), relu, flatten, new Linear(8, 3));
 * assert.equal(
 *   `${summary(net, [1, 4, 4])}`,
 *   [
 *     "layer  settings  output shape  parameters",
 *     "-----  --------  ------------  ----------",
 *     "input            (N, 1, 4, 4)           0",
 *     "0      Conv2d    (N, 2, 2, 2)          20",
 *     "1      relu      (N, 2, 2, 2)           0",
 *     "2      flatten   (N, 8)                 0",
 *     "3      Linear    (N, 3)                27",
 *     "total                                  47",
 *   ].join("\n"),
 * );
 * ```
 *
 * @category Modules
 */
export function summary(
  module: Module,
  inputShape: readonly number[],
  options: SummaryOptions = {},
): ModelSummary {
  checkIsModule("summary", module);
  if (!Array.isArray(inputShape) || !inputShape.every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new RangeError(
      "summary: inputShape must be a list of lengths, such as [3, 32, 32], got " +
        showValue(inputShape),
    );
  }
  const parameters = module.parameters();
  const modules = module.modules();
  const { dtype = Object.values(parameters)[0]?.dtype ?? "float32" } = options;
  const layers: LayerDescription[] = [
    { name: "input", description: "", outputShape: [...inputShape] },
  ];
  const left = Map.groupBy(Object.keys(parameters), (name) => ownerOf(name, modules));
  const seen = (path: string, description: string, result: unknown, isPart: boolean) => {
    const params = left.get(path) ?? [];
    const tensor = [result].flat().find((part) => part instanceof Tensor);
    if (!(tensor instanceof Tensor) || (params.length === 0 && !isPart)) return;
    left.delete(path);
    const name = path || module.constructor.name;
    layers.push({ name, description, outputShape: tensor.shape.slice(1), params });
  };
  const modes = Object.values(modules).map((part) => [part, part.training] as const);
  const undo = Object.entries(modules).flatMap(([path, part]) => watch(path, part, seen));
  try {
    noGrad(() => module.eval().forward(zeros([1, ...inputShape], dtype)));
  } finally {
    for (const restore of undo) restore();
    for (const [part, training] of modes) part.training = training;
  }
  const unused = [...left.values()].flat();
  if (unused.length > 0) {
    layers.push({ name: "not used", description: "", outputShape: [], params: unused });
  }
  return new ModelSummary(
    layers,
    Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
  );
}

/** The path of the module that a parameter is a field of. */
function ownerOf(parameter: string, modules: Readonly<Record<string, Module>>): string {
  let path = parameter;
  do path = path.slice(0, Math.max(0, path.lastIndexOf("."))); while (!(path in modules));
  return path;
}

/** Reports what a module, and each function of a `Sequential`, returns, until it is undone. */
function watch(
  path: string,
  part: Module,
  seen: (path: string, description: string, result: unknown, isPart: boolean) => void,
): (() => void)[] {
  const own = Object.getOwnPropertyDescriptor(part, "forward");
  const forward = part.forward;
  const isLeaf = path !== "" && Object.keys(part.modules()).length === 1;
  part.forward = (...inputs: unknown[]) => {
    const result = forward.apply(part, inputs);
    seen(path, part.constructor.name, result, isLeaf);
    return result;
  };
  const undo = () => {
    delete (part as Partial<Module>).forward;
    if (own) Object.defineProperty(part, "forward", own);
  };
  if (!(part instanceof Sequential)) return [undo];
  const { layers } = part;
  const watched = layers.map((layer, i): Layer => {
    if (layer instanceof Module) return layer;
    return (x) => {
      const result = layer(x);
      seen(path === "" ? String(i) : `${path}.${i}`, layer.name || "function", result, true);
      return result;
    };
  });
  Object.assign(part, { layers: watched });
  return [undo, () => Object.assign(part, { layers })];
}

/**
 * The tensor: an array, and the operations that made it, so that gradients can go back over them.
 *
 * How the room hangs together: `_tape.ts` holds what is remembered, `_walk_back.ts` goes back over
 * it; the class wraps both; operations are layers' pairs lifted by `lift.ts`, or a rule on arrays of
 * `_rules.ts`, applied by {@linkcode apply}.
 *
 * @module
 */
import { checkOptionNames } from "../internal/options.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { type DType, isFloat } from "../ndarray/dtypes.ts";
import { type Axes, full, type Indices, NDArray, type SliceSpec } from "../ndarray/mod.ts";
import type { MatmulOptions, ReduceOptions } from "../ndarray/mod.ts";
import { checkArray, checkDifferentiable, kindOf } from "./_checks.ts";
import { isRecording } from "./recording.ts";
import * as rules from "./_rules.ts";
import type { Outcome, Value } from "./_rules.ts";
import {
  currentStamp,
  isOver,
  makeStep,
  overError,
  type Pullback,
  type Stamp,
  stampOf,
  Track,
} from "./_tape.ts";
import { walkBack } from "./_walk_back.ts";

/**
 * What operations take: a tensor, an array without a gradient, or a number.
 *
 * @category Autograd
 */
export type TensorOperand = Tensor | NDArray | number;

/**
 * A tensor, or an array, which has no gradient.
 *
 * @category Autograd
 */
export type TensorLike = Tensor | NDArray;

/**
 * Options of {@linkcode Tensor}.
 *
 * @category Autograd
 */
export interface TensorOptions {
  /** Whether gradients are wanted; by default they are if the array is of a float type. */
  readonly requiresGrad?: boolean;
}

/**
 * Options of {@linkcode Tensor.backward}.
 *
 * @category Autograd
 */
export interface BackwardPassOptions {
  /** Only these tensors, leaves or not, get their gradient. Default: all leaves. */
  readonly inputs?: Iterable<Tensor>;
}

/** No options, which need no look at their names. */
const none = {};

let connect: (value: NDArray, track: Track, stamp: Stamp | null) => Tensor;
let trackOf: (tensor: Tensor) => Track;

/**
 * An array with a gradient. What is computed from it by the operations of this room remembers how,
 * and {@linkcode Tensor.backward} follows that back.
 *
 * Its value is an ordinary array. One that is made with `new` is a leaf; operations make the others.
 * Inside a workspace's run, values and gradients are valid until the next run of that workspace; to
 * use them afterwards is an error.
 *
 * @example
 * ```ts
 * import { sum, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(array([1, 2, 3]));
 * const y = sum(x.multiply(x).add(x));
 * y.backward();
 * assert.equal(y.item(), 20);
 * assert.deepEqual(x.grad!.toArray(), [3, 5, 7]);
 * ```
 *
 * @category Autograd
 */
export class Tensor {
  #value: NDArray;
  #stamp: Stamp | null;
  #track: Track;

  static {
    connect = (value, track, stamp) => {
      const tensor = new Tensor(value, track as TensorOptions);
      tensor.#stamp = stamp;
      return tensor;
    };
    trackOf = (tensor) => tensor.#track;
  }

  /**
   * Makes a leaf.
   *
   * @param value Its array, which is not copied
   * @param options Whether gradients are wanted, alone or as an option
   * @throws {TypeError} If `value` is not an array, gradients are wanted of integers or bools, or there
   * is no option of a given name
   */
  constructor(value: NDArray, options?: TensorOptions | boolean);
  constructor(value: NDArray, options: TensorOptions | boolean | Track = none) {
    if (options instanceof Track) {
      this.#value = value;
      this.#stamp = null;
      this.#track = options;
      return;
    }
    checkArray("Tensor: value", value);
    if (options !== none && typeof options !== "boolean") {
      checkOptionNames("Tensor", options, ["requiresGrad"]);
    }
    const { requiresGrad = isFloat(value.dtype) } = typeof options === "boolean"
      ? { requiresGrad: options }
      : options;
    checkDifferentiable("Tensor", requiresGrad, value.dtype);
    this.#value = value;
    this.#stamp = stampOf(value);
    this.#track = new Track(value, requiresGrad);
  }

  /**
   * The array. That of a leaf can be replaced by another of its shape and type, as an update rule
   * returns it; what was computed before still has the gradient that belonged to the old one.
   */
  get value(): NDArray {
    if (isOver(this.#stamp)) throw overError("Tensor.value", this.#describe());
    return this.#value;
  }

  set value(value: NDArray) {
    checkArray("Tensor.value", value);
    if (this.#track.step) {
      throw new Error(
        `Tensor.value: ${this.#describe()} is the result of ${this.#track.step.name} and cannot ` +
          `be replaced; only tensors made with new Tensor can`,
      );
    }
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype) {
      throw new RangeError(
        `Tensor.value: the new value must be ${this.dtype} of shape ${
          showShape(this.shape)
        }, got ` +
          `${value.dtype} of shape ${showShape(value.shape)}`,
      );
    }
    this.#value = value;
    this.#stamp = stampOf(value);
  }

  /** The gradient that `backward` calls have added up, or null. Set it to null to begin anew. */
  get grad(): NDArray | null {
    const { grad, gradStamp } = this.#track;
    if (isOver(gradStamp)) throw overError("Tensor.grad", `the gradient of ${this.#describe()}`);
    return grad;
  }

  set grad(grad: NDArray | null) {
    if (grad !== null) {
      checkArray("Tensor.grad", grad);
      if (!sameShape(grad.shape, this.shape)) {
        throw new RangeError(
          `Tensor.grad: the gradient must have the shape of the value, ${showShape(this.shape)}, ` +
            `got ${showShape(grad.shape)}`,
        );
      }
    }
    this.#track.grad = grad;
    this.#track.gradStamp = grad && stampOf(grad);
  }

  /** Whether gradients go back to this tensor. Can be set on a leaf, to freeze it and to thaw it. */
  get requiresGrad(): boolean {
    return this.#track.wanted;
  }

  set requiresGrad(wanted: boolean) {
    if (this.#track.step && !wanted) {
      throw new Error(
        `Tensor.requiresGrad: ${this.#describe()} is the result of ${this.#track.step.name}; use ` +
          `detach() for a tensor of the same value that gradients do not go through`,
      );
    }
    checkDifferentiable("Tensor.requiresGrad", wanted, this.dtype);
    this.#track.wanted = wanted;
  }

  /** Whether it was not made by a recorded operation. */
  get isLeaf(): boolean {
    return this.#track.step === null;
  }

  /** The length of each axis. */
  get shape(): readonly number[] {
    return this.#value.shape;
  }

  /** The element type. */
  get dtype(): DType {
    return this.#value.dtype;
  }

  /** The number of elements. */
  get size(): number {
    return this.#value.size;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.#value.ndim;
  }

  /** The transpose: the axes in reverse order. */
  get T(): Tensor {
    return this.transpose();
  }

  /**
   * Reads the element of a tensor that has only one, such as a loss.
   *
   * @returns The element
   * @throws {RangeError} If there is not exactly one
   */
  item(): number {
    return this.value.item();
  }

  /**
   * Computes the gradient of this tensor with respect to every leaf that it was computed from, and
   * adds it to their `grad`. It can be called again.
   *
   * @param dout Upstream gradient, of this tensor's shape; 1 if it has one element
   * @param options `inputs`: only these tensors, leaves or not, get their gradient, and nothing is
   * computed that does not lead to one of them
   * @throws {Error} If no gradient goes back from this tensor, or memory that is needed was reused
   * @throws {RangeError} If `dout` is missing or of another shape
   *
   * @example
   * ```ts
   * import { Tensor } from "@nndl/nndl/autograd";
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = new Tensor(array([1, 2]));
   * x.multiply(10).backward(array([1, 0.5]));
   * assert.deepEqual(x.grad!.toArray(), [10, 5]);
   * ```
   */
  backward(dout?: NDArray | number, options: BackwardPassOptions = none): void {
    if (options !== none) checkOptionNames("backward", options, ["inputs"]);
    const { inputs } = options;
    const targets = inputs ? new Set(targetsOf("backward", inputs)) : null;
    const found = walkBack("backward", this.#track, this.#upstream("backward", dout), targets);
    const stamp = currentStamp();
    for (const [track, gradient] of found) {
      if (track.grad) {
        if (isOver(track.gradStamp)) throw overError("backward", "a gradient to add to");
        track.grad = track.grad.add(gradient);
      } else {
        track.grad = gradient;
      }
      track.gradStamp = stamp;
    }
  }

  /**
   * Computes the gradient of this tensor with respect to others, and stores nothing. Nothing is
   * computed that does not lead to one of them.
   *
   * @param inputs Tensors, leaves or not
   * @param dout Upstream gradient, of this tensor's shape; 1 if it has one element
   * @param onFinal Told of the gradient of `inputs[index]` as soon as nothing is added to it any more,
   * while the walk back goes on; it may change the array, which is the one that is returned
   * @returns For each of them its gradient, null if this tensor does not depend on it
   * @throws {TypeError} If one of them is not a tensor that requires a gradient
   * @throws {Error} If no gradient goes back from this tensor, or memory that is needed was reused
   * @throws {RangeError} If `dout` is missing or of another shape
   *
   * @example
   * ```ts
   * import { exp, Tensor } from "@nndl/nndl/autograd";
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const [x, other] = [new Tensor(array(0)), new Tensor(array(1))];
   * const [dx, dother] = exp(x.multiply(3)).gradients([x, other]);
   * assert.equal(dx!.item(), 3);
   * assert.equal(dother, null);
   * ```
   */
  gradients(
    inputs: readonly Tensor[],
    dout?: NDArray | number,
    onFinal?: (index: number, gradient: NDArray) => void,
  ): (NDArray | null)[] {
    const targets = targetsOf("gradients", inputs);
    const upstream = this.#upstream("gradients", dout);
    const found = walkBack(
      "gradients",
      this.#track,
      upstream,
      new Set(targets),
      onFinal && ((track, gradient) => onFinal(targets.indexOf(track), gradient)),
    );
    return targets.map((track) => found.get(track) ?? null);
  }

  /** A tensor of the same value, shared, that no gradient goes back from. */
  detach(): Tensor {
    const tensor = new Tensor(this.value, false);
    tensor.#stamp = this.#stamp;
    return tensor;
  }

  /** Adds, element by element; the shapes broadcast. */
  add(other: TensorOperand): Tensor {
    return combine("add", [this, other], rules.add);
  }

  /** Subtracts, element by element; the shapes broadcast. */
  subtract(other: TensorOperand): Tensor {
    return combine("subtract", [this, other], rules.subtract);
  }

  /** Multiplies, element by element; the shapes broadcast. */
  multiply(other: TensorOperand): Tensor {
    return combine("multiply", [this, other], rules.multiply);
  }

  /** Divides, element by element; the shapes broadcast. */
  divide(other: TensorOperand): Tensor {
    return combine("divide", [this, other], rules.divide);
  }

  /** Raises to a power that is a plain number. */
  power(exponent: number): Tensor {
    return apply("power", [this], (x) => rules.power(x, exponent));
  }

  /** The elements with the opposite sign. */
  negative(): Tensor {
    return apply("negative", [this], rules.negative);
  }

  /** The absolute values; their gradient at 0 is 0. */
  abs(): Tensor {
    return apply("abs", [this], rules.abs);
  }

  /** Multiplies matrices, as NDArray's `matmul`. */
  matmul(other: Tensor | NDArray, options?: MatmulOptions): Tensor {
    return apply("matmul", [this, other], (a, b) => rules.matmul(a, b, options));
  }

  /** Sums over one axis, several, or all; the sum over all has no axes and is float64. */
  sum(axis?: Axes, { keepdims = false }: ReduceOptions = {}): Tensor {
    return apply("sum", [this], (x) => rules.sum(x, axis, keepdims));
  }

  /** Averages over one axis, several, or all; the mean over all has no axes and is float64. */
  mean(axis?: Axes, { keepdims = false }: ReduceOptions = {}): Tensor {
    return apply("mean", [this], (x) => rules.mean(x, axis, keepdims));
  }

  /** Gives the tensor another shape; one length may be -1. */
  reshape(shape: number | readonly number[]): Tensor {
    return apply("reshape", [this], (x) => rules.reshape(x, shape));
  }

  /** Reorders the axes; reverses them without an argument. */
  transpose(axes?: readonly number[]): Tensor {
    return apply("transpose", [this], (x) => rules.transpose(x, axes));
  }

  /** Takes a part, as NDArray's `slice`. */
  slice(...specs: SliceSpec[]): Tensor {
    return apply("slice", [this], (x) => rules.slice(x, specs));
  }

  /** Picks positions along an axis, or in the flattened tensor with `null`. */
  take(indices: Indices, axis: number | null = null): Tensor {
    return apply("take", [this], (x) => rules.take(x, indices, axis));
  }

  /** Converts to another float type. */
  astype(dtype: "float32" | "float64"): Tensor {
    return apply("astype", [this], (x) => rules.astype(x, dtype));
  }

  /** The value as nested lists. */
  toArray(): ReturnType<NDArray["toArray"]> {
    return this.value.toArray();
  }

  /** The value as NumPy prints it, and whether a gradient goes back to it. */
  toString(): string {
    return `Tensor(${this.value}${this.requiresGrad ? ", requiresGrad" : ""})`;
  }

  /**
   * The text in templates and sums of texts; for operators on numbers, which would give NaN or false,
   * an error.
   *
   * @param hint What the language asks for: `"number"` for `x * 2` and `x > 0`
   * @returns The same as {@linkcode Tensor.toString}
   * @throws {TypeError} If a number is asked for
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint !== "number") return this.toString();
    throw new TypeError(
      "Tensor: operators such as * and > do not work on tensors; write multiply(x, 2), and x.item() " +
        "for the number of a tensor with one element",
    );
  }

  /** What `console.log` shows in Deno: the same as {@linkcode Tensor.toString}. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  #describe(): string {
    return `the tensor of shape ${showShape(this.shape)}`;
  }

  /** The upstream gradient, checked. */
  #upstream(caller: string, dout: NDArray | number | undefined): NDArray {
    const { shape, dtype, size } = this.value;
    if (!this.requiresGrad) {
      throw new Error(
        `${caller}: no gradient goes back from ${this.#describe()}; it was computed under noGrad, ` +
          `detached, or from arrays alone, or what it was computed from has requiresGrad: false`,
      );
    }
    if (dout === undefined) {
      if (size === 1) return full(shape, 1, dtype);
      throw new RangeError(
        `${caller}: the result must be one number, got shape ${showShape(shape)}; reduce it with ` +
          `sum or mean, or pass an upstream gradient dout of that shape`,
      );
    }
    if (typeof dout === "number" && size === 1) return full(shape, dout, dtype);
    checkArray(`${caller}: dout`, dout);
    if (!sameShape(dout.shape, shape)) {
      throw new RangeError(
        `${caller}: dout must have the shape of the result, ${showShape(shape)}, got ` +
          showShape(dout.shape),
      );
    }
    return dout.dtype === dtype ? dout : dout.astype(dtype);
  }
}

/** The tracks of what gradients are asked of. */
function targetsOf(caller: string, inputs: Iterable<Tensor>): Track[] {
  if (typeof inputs === "object" && inputs !== null && Symbol.iterator in inputs) {
    return Array.from(inputs, (input, i) => target(caller, input, i));
  }
  throw new TypeError(
    `${caller}: inputs must be a list of tensors, got ${kindOf(inputs)}` +
      ((inputs as unknown) instanceof Tensor ? "; wrap it in a list" : ""),
  );
}

/** The track of something a gradient is asked of. */
function target(caller: string, input: unknown, i: number): Track {
  if (!(input instanceof Tensor)) {
    throw new TypeError(
      `${caller}: inputs must be tensors, got ${kindOf(input)} at position ${i}` +
        (input instanceof NDArray ? "; compute with new Tensor(x) instead of the array" : ""),
    );
  }
  if (input.requiresGrad) return trackOf(input);
  throw new TypeError(
    `${caller}: input ${i} of shape ${
      showShape(input.shape)
    } does not require a gradient; make it ` +
      `with { requiresGrad: true } before it is used`,
  );
}

/** Notes that the value of a leaf was overwritten in place. */
export function touch(tensor: Tensor): void {
  trackOf(tensor).version++;
}

function wantedTrackOf(tensor: Tensor | null): Track | null {
  const track = tensor && trackOf(tensor);
  return track?.wanted ? track : null;
}

/**
 * Wraps results of an operation in tensors that remember it.
 *
 * @param inputs What it was computed from; null for what has no gradient
 */
export function record(
  name: string,
  inputs: readonly (Tensor | null)[],
  results: readonly NDArray[],
  pullback: Pullback,
): Tensor[] {
  const tracks = isRecording() ? inputs.map(wantedTrackOf) : [];
  const stamp = currentStamp();
  const step = tracks.some((track) => track !== null)
    ? makeStep(name, tracks, stamp, pullback)
    : null;
  return results.map((result) => connect(result, new Track(result, step !== null, step), stamp));
}

/** Applies a rule to tensors and arrays. */
export function apply(
  name: string,
  operands: readonly (Tensor | NDArray)[],
  rule: (...values: NDArray[]) => Outcome,
): Tensor {
  const dtype = floatTypeOf(name, operands);
  return applied(name, operands, rule(...operands.map((x, i) => valueOf(name, x, i, dtype))));
}

/**
 * Applies a rule of arithmetic to tensors, arrays and numbers. An operand without axes counts as a
 * number where it meets one with axes, and so takes its type.
 */
export function combine(
  name: string,
  operands: readonly TensorOperand[],
  rule: (...values: Value[]) => Outcome,
): Tensor {
  const dtype = floatTypeOf(name, operands);
  const hasAxes = operands.some((operand) => typeof operand !== "number" && operand?.ndim > 0);
  const values = operands.map((operand, i) => {
    if (typeof operand === "number") return operand;
    const value = valueOf(name, operand, i, dtype);
    return hasAxes && value.ndim === 0 ? value.item() : value;
  });
  return applied(name, operands, rule(...values));
}

function applied(
  name: string,
  operands: readonly TensorOperand[],
  [out, ...back]: Outcome,
): Tensor {
  const inputs = operands.map((operand) => operand instanceof Tensor ? operand : null);
  return record(
    name,
    inputs,
    [out],
    ([dout], needs) => needs.map((needed, i) => needed ? back[i](dout) : null),
  )[0];
}

/** The array of an operand, in the float type of the tensors that it meets. */
function valueOf(name: string, operand: unknown, i: number, dtype: DType | undefined): NDArray {
  const value = operand instanceof Tensor ? operand.value : operand;
  if (!(value instanceof NDArray)) {
    throw new TypeError(
      `${name}: operand ${i} must be a tensor or an array, got ${kindOf(operand)}` +
        (Array.isArray(operand) ? "; wrap it in array(...)" : ""),
    );
  }
  return dtype && value.dtype !== dtype && value.ndim > 0 ? value.astype(dtype) : value;
}

/**
 * The float type of the tensors with a gradient that meet in an operation, undefined if there are
 * none with axes. What has no gradient is converted to it.
 *
 * @throws {TypeError} If there are two
 */
export function floatTypeOf(name: string, operands: readonly unknown[]): DType | undefined {
  let met: Tensor | undefined;
  for (const operand of operands) {
    if (!(operand instanceof Tensor) || !operand.requiresGrad || operand.ndim === 0) continue;
    if (met && met.dtype !== operand.dtype) {
      throw new TypeError(
        `${name}: tensors must have one float type, got ${met.dtype} of shape ` +
          `${showShape(met.shape)} and ${operand.dtype} of shape ${showShape(operand.shape)}; ` +
          `convert one with astype`,
      );
    }
    met = operand;
  }
  return met?.dtype;
}

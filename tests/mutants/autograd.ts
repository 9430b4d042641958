/**
 * Faults in the operations on tensors and in the walk back over them.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const gradients = "tests/gradients/autograd_test.ts";
const tape = ["tests/autograd/tensor_test.ts", "tests/autograd/workspace_test.ts"];

export const autograd: readonly Mutant[] = [
  ...mutantsOf("autograd/_rules.ts", [gradients], [
    ["subtract: the second gradient has the wrong sign", "fit(dout.negative(), b)", "fit(dout, b)"],
    ["multiply: the factors change places", "fit(dout.multiply(b), a)", "fit(dout.multiply(a), a)"],
    ["divide: the divisor is not squared", "dout.multiply(out).divide(b)", "dout.multiply(out)"],
    [
      "maximum: the smaller gets the gradient",
      "nd.greaterEqual(a, b)",
      "nd.lessEqual(a, b).add(0)",
    ],
    ["minimum: both get the gradient", "nd.greater(a, b)", "nd.greaterEqual(b, b)"],
    ["power: the exponent stays", "x.power(exponent - 1)", "x.power(exponent)"],
    ["abs: the sign is forgotten", "dout.multiply(nd.sign(x))", "dout"],
    ["square: the factor 2 is forgotten", "dout.multiply(x).multiply(2)", "dout.multiply(x)"],
    ["sqrt: the factor 1/2 is forgotten", "dout.divide(out).multiply(0.5)", "dout.divide(out)"],
    ["exp: the argument instead of the result", "dout.multiply(out)];", "dout.multiply(x)];"],
    ["log: the divisor is forgotten", "dout.divide(x)];", "dout];"],
    ["clip: the gradient passes below", "x.greaterEqual(low ?? -Infinity)", "x.equal(x)"],
    ["clip: the gradient passes above", "x.lessEqual(high ?? Infinity)", "x.equal(x)"],
    ["where: both get the gradient", "nd.where(chosen, 0, dout)", "nd.where(chosen, dout, dout)"],
    ["mean: the divisor is forgotten", "dout.multiply(out.size / x.size)", "dout"],
    ["transpose: the axes are not turned back", "order.indexOf(axis)", "order[axis]"],
    ["slice: the gradient is in another place", "dx.setSlice(dout, ...specs)", "dx.setSlice(dout)"],
    ["concatenate: parts overlap", "const start = end;", "const start = 0;"],
    [
      "stack: all get the gradient of the first",
      "dout.slice(...leading, i)",
      "dout.slice(...leading, 0)",
    ],
    [
      "matmul: the first factor's transpose is forgotten",
      "transposeA: tB, transposeB: true",
      "transposeB: true",
    ],
    ["matmul: the second factor is transposed", "transposeB: !tB", "transposeB: tB"],
  ]),
  ...mutantsOf("autograd/_shapes.ts", [gradients], [
    [
      "broadcast axes of length 1 are not summed",
      "shape[axis - leading] === 1 && length !== 1",
      "false",
    ],
    ["leading broadcast axes are not summed", "axis < leading ||", "axis < leading - 1 ||"],
    ["what is picked twice gets one gradient", "dx[to + k] += from", "dx[to + k] = from"],
  ]),
  ...mutantsOf("autograd/_walk_back.ts", tape, [
    ["steps are undone in another order", "a.depth - b.depth", "b.depth - a.depth"],
    [
      "sums forget what came first",
      "const fresh = sum.add(gradient)",
      "const fresh = gradient.copy()",
    ],
    ["sums are added in place to memory of others", "this.#own.has(sum.data)", "sum.data"],
    ["what was told of early is used on", "const inUse = early &&", "const inUse = false &&"],
    [
      "gradients share memory",
      "this.#takenData.has(sum.data) ? sum.copy() : sum",
      "inUse ? sum.copy() : sum",
    ],
    [
      "everything is computed",
      "targets === null || targets.has(input)",
      "true || targets.has(input)",
    ],
    ["a gradient goes through what is frozen", "input !== null &&", "input === null ||"],
    ["reused memory is not noticed", "if (isOver(stamp)) throw", "if (isOver(null)) throw"],
  ]),
  ...mutantsOf("autograd/layers.ts", ["tests/nn/layers_test.ts"], [
    ["the padding row gets a gradient", "dW.setSlice(0, paddingIdx)", "dW.setSlice(0, 0)"],
  ]),
  ...mutantsOf("autograd/lift.ts", ["tests/autograd/lift_test.ts"], [
    ["the loss forgets the upstream gradient", "gradient.multiply(dout.item())", "gradient"],
    [
      "integer arrays have gradients",
      "x instanceof NDArray && isFloat(x.dtype)",
      "x instanceof NDArray",
    ],
    ["what is wanted is turned round", "[names[i], needs[place]]", "[names[i], !needs[place]]"],
  ]),
];

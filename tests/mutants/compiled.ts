/**
 * Faults in what is compiled: the wasm kernels and the native crate.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

/** Faults in the sources of the wasm kernels, which the conformance suite must notice. */
function wasm(
  file: string,
  kernels: string,
  faults: readonly (readonly [fault: string, find: string, replace: string])[],
): Mutant[] {
  const mutants = mutantsOf(`kernels/wasm/assembly/${file}.ts`, [
    "tests/kernels/conformance_test.ts",
  ], faults);
  return mutants.map((mutant) => ({ ...mutant, filter: `/^(${kernels}) of the wasm table/` }));
}

/** Faults in the crate, which its own tests must notice. */
function rust(
  file: string,
  test: string,
  filter: string,
  faults: readonly (readonly [fault: string, find: string, replace: string])[],
): Mutant[] {
  const mutants = mutantsOf(`native_plugin/src/${file}.rs`, [test], faults);
  return mutants.map((mutant) => ({ ...mutant, filter }));
}

export const compiled: readonly Mutant[] = [
  ...wasm("elementwise", "reluForward|reluBackward|maskScale|addScaled|sumSquares", [
    ["ReLU drops NaN", "f32x4.pmax(v128.load(x), zero)", "f32x4.pmax(zero, v128.load(x))"],
    [
      "reluBackward passes at exactly 0",
      "f32x4.gt(v128.load(x), zero)",
      "f32x4.ge(v128.load(x), zero)",
    ],
    [
      "maskScale keeps what is not 0",
      "i8x16.eq(v128.load32_zero(mask), one)",
      "i8x16.ne(v128.load32_zero(mask), one)",
    ],
    ["addScaled subtracts", "f32x4.add(v128.load(y),", "f32x4.sub(v128.load(y),"],
    ["sumSquares forgets the upper half", "f64x2.add(low, high)", "low"],
    ["sumSquares forgets the rest", "sum += value * value", "sum += 0"],
  ]),
  ...wasm("batchnorm", "batchnormForward|batchnormBackward", [
    [
      "dbeta is averaged",
      "store<f32>(dbeta + at, <f32> sum)",
      "store<f32>(dbeta + at, <f32> (sum / count))",
    ],
    ["the mean counts as constant", "train ? <f32> (sum / count) : 0", "0"],
    [
      "the term of the variance is not normalised",
      "(product * inverse / count)",
      "(product / count)",
    ],
    [
      "eps is forgotten",
      "1 / sqrt(<f64> load<f32>(variance + at) + eps);\n    const sum",
      "1 / sqrt(<f64> load<f32>(variance + at));\n    const sum",
    ],
  ]),
  ...wasm("groupnorm", "groupnormBackward", [
    ["the mean counts as constant", "<f32> (groupSum / <f64> size)", "<f32> (0.0)"],
    ["gamma is missing from the sums", "f32x4.mul(upstream, weight)", "upstream"],
  ]),
  ...wasm("pooling", "maxPoolForward", [
    [
      "the last of several maxima is taken",
      "v128.or(f32x4.gt(pixels, largest), nan)",
      "v128.or(f32x4.ge(pixels, largest), nan)",
    ],
    ["NaN is no maximum", "v128.or(f32x4.gt(pixels, largest), nan)", "f32x4.gt(pixels, largest)"],
  ]),
  ...wasm("gemm", "gemm|gemmBatched|affine", [
    ["the second block of the inner dimension replaces the first", "add || p > 0", "add"],
    ["all planes are those of the first A", "a + i * aPlane", "a"],
    [
      "the rest of a tile is not added",
      "store<f32>(at, add ? load<f32>(at) + sum : sum)",
      "store<f32>(at, sum)",
    ],
  ]),
  ...wasm("mersenne_twister", "keepMask", [
    [
      "only the upper word decides",
      "drawn < high || (drawn == high && rest < low)",
      "drawn < high",
    ],
    [
      "the last word is mixed with another",
      "twist(key + last * 4, key, -split * 4)",
      "twist(key + last * 4, key + 4, -split * 4)",
    ],
  ]),
  ...rust("elementwise", "rows", "elementwise", [
    [
      "reluBackward passes at exactly 0",
      "*dx = if *x > T::ZERO { *dout } else",
      "*dx = if *x >= T::ZERO { *dout } else",
    ],
    [
      "maskScale does not scale",
      "{ *x * scale } else { T::ZERO };\n        }\n    }\n\n    fn masked_here",
      "{ *x } else { T::ZERO };\n        }\n    }\n\n    fn masked_here",
    ],
    ["addScaled subtracts", "*y += alpha * *x", "*y -= alpha * *x"],
  ]),
  ...rust("loss", "rows", "softmax_loss", [
    [
      "the gradient of the label is missing",
      "T::from_f64(-wrong / sum * share)",
      "T::from_f64(right / sum * share)",
    ],
    [
      "the loss is not averaged",
      "    loss * share\n}\n\n/// Multiclass",
      "    loss\n}\n\n/// Multiclass",
    ],
  ]),
  ...rust("optim", "rows", "elementwise", [
    [
      "momentum climbs",
      "*v = momentum * *v - rate * *dw;\n            *w += *v",
      "*v = momentum * *v + rate * *dw;\n            *w += *v",
    ],
  ]),
  ...rust("pooling", "images", "pooling", [
    [
      "overlapping windows do not add",
      "dx[*place as usize] += *dout",
      "dx[*place as usize] = *dout",
    ],
  ]),
  ...rust("conv/scatter", "images", "gradients_that_windows", [
    ["taps meet what the first tap gives", "(v * stride + column) as isize", "column as isize"],
    [
      "rows of windows replace what was there",
      "S::add(S::load_first(to, count), S::load_first(from, count))",
      "S::load_first(from, count)",
    ],
    ["images get the first one's gradient", "product[i * count..", "product[i * 0.."],
  ]),
  ...rust("gemm/batched", "products", "many_planes", [
    ["all planes are those of the first A", "&a[i % planes_a * m * k..]", "&a[0..]"],
    ["B does not begin again", "i % planes_b * k * n", "i.min(planes_b - 1) * k * n"],
  ]),
  ...rust("activations", "sequences", "activations", [
    ["the slope of tanh lacks its square", "T::ONE - *out * *out", "T::ONE - *out"],
    ["the density of GELU is forgotten", "*dx *= x.normal() + bend", "*dx *= x.normal()"],
    ["a block reads the first one's input", "&x[at..at + out.len()]", "&x[..out.len()]"],
  ]),
  ...rust("softmax", "sequences", "softmax", [
    ["rows are not normalised", "T::from_f64(1.0 / sum)", "T::from_f64(sum / sum)"],
  ]),
  ...rust("lstm", "sequences", "lstm", [
    ["the forget gate is the input gate", "f[j] * prev_c[j]", "i[j] * prev_c[j]"],
    ["every step begins with the first state", "match i {", "match i * 0 {"],
  ]),
  ...rust("embedding", "sequences", "", [
    ["the last place of a word alone counts", "*to += *x", "*to = *x"],
    ["indices are not checked", "index >= v)", "index > v)"],
  ]),
];

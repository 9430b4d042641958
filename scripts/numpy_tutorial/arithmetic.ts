/**
 * Types of elements, arithmetic, products, sums, broadcasting and outer products.
 *
 * @module
 */
import { arange, array, exp, matmul, maximum, ones, outer, sqrt, tile } from "../../ndarray/mod.ts";
import type { Section } from "./example.ts";

const pair = {
  x: ["np.array([[1., 2.], [3., 4.]])", () => array([[1, 2], [3, 4]])],
  y: ["np.array([[5., 6.], [7., 8.]])", () => array([[5, 6], [7, 8]])],
} as const;

/** Types of elements. */
export const dtypes: Section = {
  name: "dtypes",
  title: "Types of elements",
  examples: [
    {
      python: "np.array([1.5, 2.5]).dtype",
      ours: () => array([1.5, 2.5]).dtype,
      prints: "float64",
    },
    {
      python: "np.array([1, 2]).dtype",
      ours: () => array([1, 2]).dtype,
      prints: "int64",
      differs: "numbers are float64 unless a type is given; there are no 64-bit integers",
    },
    {
      python: "np.array([1, 2], dtype=np.int32).dtype",
      ours: () => array([1, 2], "int32").dtype,
      prints: "int32",
    },
    {
      python: "np.array([True, False]).dtype",
      ours: () => array([true, false]).dtype,
      prints: "bool",
    },
    {
      python: "np.array([1.9, -1.9]).astype(np.int32)",
      ours: () => array([1.9, -1.9]).astype("int32"),
      prints: "[ 1 -1]",
    },
    {
      python: "(np.ones(2, np.int32) / 2).dtype",
      ours: () => ones(2, "int32").divide(2).dtype,
      prints: "float64",
    },
    {
      python: "(np.ones(2, np.float32) + np.ones(2)).dtype",
      ours: () => ones(2, "float32").add(ones(2)).dtype,
      prints: "float64",
    },
    {
      python: "np.array([250], np.uint8) + np.array([10], np.uint8)",
      ours: () => array([250], "uint8").add(array([10], "uint8")),
      prints: "[4]",
    },
  ],
};

/** Arithmetic, products and sums. */
export const arithmetic: Section = {
  name: "math",
  title: "Arithmetic, products and sums",
  given: pair,
  examples: [
    { python: "x + y", ours: ({ x, y }) => x.add(y), prints: "[[ 6.  8.]\n [10. 12.]]" },
    { python: "x - y", ours: ({ x, y }) => x.subtract(y), prints: "[[-4. -4.]\n [-4. -4.]]" },
    { python: "x * y", ours: ({ x, y }) => x.multiply(y), prints: "[[ 5. 12.]\n [21. 32.]]" },
    {
      python: "x / y",
      ours: ({ x, y }) => x.divide(y),
      prints: "[[0.2        0.33333333]\n [0.42857143 0.5       ]]",
    },
    {
      python: "np.sqrt(x)",
      ours: ({ x }) => sqrt(x),
      prints: "[[1.         1.41421356]\n [1.73205081 2.        ]]",
    },
    {
      python: "np.exp(-x)",
      ours: ({ x }) => exp(x.negative()),
      prints: "[[0.36787944 0.13533528]\n [0.04978707 0.01831564]]",
    },
    { python: "x @ y", ours: ({ x, y }) => matmul(x, y), prints: "[[19. 22.]\n [43. 50.]]" },
    {
      python: "x @ np.array([9., 10.])",
      ours: ({ x }) => matmul(x, array([9, 10])),
      prints: "[29. 67.]",
    },
    { python: "x.T", ours: ({ x }) => x.T, prints: "[[1. 3.]\n [2. 4.]]" },
    { python: "np.array([1., 2.]).T", ours: () => array([1, 2]).T, prints: "[1. 2.]" },
    { python: "int(x.sum())", ours: ({ x }) => x.sum(), prints: "10" },
    { python: "x.sum(axis=0)", ours: ({ x }) => x.sum(0), prints: "[4. 6.]" },
    {
      python: "x.mean(axis=1, keepdims=True)",
      ours: ({ x }) => x.mean(1, { keepdims: true }),
      prints: "[[1.5]\n [3.5]]",
    },
    { python: "y.argmax(axis=1)", ours: ({ y }) => y.argmax(1), prints: "[1 1]" },
    {
      python: "np.maximum(x, 2.5)",
      ours: ({ x }) => maximum(x, 2.5),
      prints: "[[2.5 2.5]\n [3.  4. ]]",
    },
  ],
};

/** Broadcasting and outer products. */
export const broadcasting: Section = {
  name: "broadcasting",
  title: "Broadcasting and outer products",
  given: {
    m: ["np.arange(1., 13).reshape(4, 3)", () => arange(1, 13).reshape([4, 3])],
    v: ["np.array([1., 0., 1.])", () => array([1, 0, 1])],
    w: ["np.array([4., 5.])", () => array([4, 5])],
  },
  examples: [
    {
      python: "m + v",
      ours: ({ m, v }) => m.add(v),
      prints: "[[ 2.  2.  4.]\n [ 5.  5.  7.]\n [ 8.  8. 10.]\n [11. 11. 13.]]",
    },
    {
      python: "np.tile(v, (4, 1))",
      ours: ({ v }) => tile(v, [4, 1]),
      prints: "[[1. 0. 1.]\n [1. 0. 1.]\n [1. 0. 1.]\n [1. 0. 1.]]",
    },
    {
      python: "m + np.tile(v, (4, 1))",
      ours: ({ m, v }) => m.add(tile(v, [4, 1])),
      prints: "[[ 2.  2.  4.]\n [ 5.  5.  7.]\n [ 8.  8. 10.]\n [11. 11. 13.]]",
    },
    {
      python: "v.reshape(3, 1) * w",
      ours: ({ v, w }) => v.reshape([3, 1]).multiply(w),
      prints: "[[4. 5.]\n [0. 0.]\n [4. 5.]]",
    },
    {
      python: "np.outer(v, w)",
      ours: ({ v, w }) => outer(v, w),
      prints: "[[4. 5.]\n [0. 0.]\n [4. 5.]]",
    },
    {
      python: "(m[:2].T + w).T",
      ours: ({ m, w }) => m.slice(":2").T.add(w).T,
      prints: "[[ 5.  6.  7.]\n [ 9. 10. 11.]]",
    },
    {
      python: "m[:2] + w[:, None]",
      ours: ({ m, w }) => m.slice(":2").add(w.slice(":", null)),
      prints: "[[ 5.  6.  7.]\n [ 9. 10. 11.]]",
    },
    {
      python: "m * 2",
      ours: ({ m }) => m.multiply(2),
      prints: "[[ 2.  4.  6.]\n [ 8. 10. 12.]\n [14. 16. 18.]\n [20. 22. 24.]]",
    },
    {
      python: "m - m.mean(axis=0)",
      ours: ({ m }) => m.subtract(m.mean(0)),
      prints: "[[-4.5 -4.5 -4.5]\n [-1.5 -1.5 -1.5]\n [ 1.5  1.5  1.5]\n [ 4.5  4.5  4.5]]",
    },
  ],
};

/**
 * Making arrays, slices, and indexing by whole numbers and by truth values.
 *
 * @module
 */
import { arange, array, eye, full, linspace, ones, zeros } from "../../ndarray/mod.ts";
import type { Section } from "./example.ts";

const table = [
  "np.arange(10, 22).reshape(3, 4)",
  () => arange(10, 22).reshape([3, 4]).astype("int32"),
] as const;

/** Making arrays. */
export const creation: Section = {
  name: "creation",
  title: "Making arrays",
  examples: [
    { python: "np.array([4, 7, 9])", ours: () => array([4, 7, 9], "int32"), prints: "[4 7 9]" },
    { python: "np.array([4, 7, 9]).shape[0]", ours: () => array([4, 7, 9]).shape[0], prints: "3" },
    {
      python: "np.array([[1, 2, 3], [4, 5, 6]])[1, 0]",
      ours: () => array([[1, 2, 3], [4, 5, 6]]).at(1, 0),
      prints: "4",
    },
    { python: "np.zeros((2, 3))", ours: () => zeros([2, 3]), prints: "[[0. 0. 0.]\n [0. 0. 0.]]" },
    { python: "np.ones((1, 4))", ours: () => ones([1, 4]), prints: "[[1. 1. 1. 1.]]" },
    {
      python: "np.full((2, 2), 3.5)",
      ours: () => full([2, 2], 3.5),
      prints: "[[3.5 3.5]\n [3.5 3.5]]",
    },
    { python: "np.eye(3)", ours: () => eye(3), prints: "[[1. 0. 0.]\n [0. 1. 0.]\n [0. 0. 1.]]" },
    {
      python: "np.arange(0, 1, 0.25)",
      ours: () => arange(0, 1, 0.25),
      prints: "[0.   0.25 0.5  0.75]",
    },
    {
      python: "np.linspace(0, 1, 5)",
      ours: () => linspace(0, 1, 5),
      prints: "[0.   0.25 0.5  0.75 1.  ]",
    },
  ],
};

/** Slices. */
export const slicing: Section = {
  name: "slicing",
  title: "Slices",
  given: { a: table },
  examples: [
    { python: "a", ours: ({ a }) => a, prints: "[[10 11 12 13]\n [14 15 16 17]\n [18 19 20 21]]" },
    { python: "a[:2, 1:3]", ours: ({ a }) => a.slice(":2", "1:3"), prints: "[[11 12]\n [15 16]]" },
    { python: "a[1, :]", ours: ({ a }) => a.slice(1, ":"), prints: "[14 15 16 17]" },
    { python: "a[1:2, :]", ours: ({ a }) => a.slice("1:2", ":"), prints: "[[14 15 16 17]]" },
    { python: "a[:, -1]", ours: ({ a }) => a.slice(":", -1), prints: "[13 17 21]" },
    {
      python: "a[::-1, ::2]",
      ours: ({ a }) => a.slice("::-1", "::2"),
      prints: "[[18 20]\n [14 16]\n [10 12]]",
    },
    {
      python: "a[..., np.newaxis].shape[2]",
      ours: ({ a }) => a.slice("...", null).shape[2],
      prints: "1",
    },
    {
      python: "a[0, :2] = -1; a",
      ours: ({ a }) => {
        a.setSlice(-1, 0, ":2");
        return a;
      },
      prints: "[[-1 -1 12 13]\n [14 15 16 17]\n [18 19 20 21]]",
    },
    {
      python: "b = a[:2]; b[0, 0] = 99; a[0, 0]",
      ours: ({ a }) => {
        a.slice(":2").set(99, 0, 0);
        return a.at(0, 0);
      },
      prints: "99",
      differs:
        "a slice is a copy here, and a view of the same memory in NumPy; use setSlice to write",
    },
  ],
};

/** Indexing by whole numbers. */
export const integerIndexing: Section = {
  name: "integers",
  title: "Indexing by whole numbers",
  given: { a: table },
  examples: [
    {
      python: "a[[0, 1, 2], [3, 0, 1]]",
      ours: ({ a }) => a.pick([0, 1, 2], [3, 0, 1]),
      prints: "[13 14 19]",
    },
    {
      python: "a[[2, 0, 2]]",
      ours: ({ a }) => a.take([2, 0, 2], 0),
      prints: "[[18 19 20 21]\n [10 11 12 13]\n [18 19 20 21]]",
    },
    {
      python: "a[:, [1, 1]]",
      ours: ({ a }) => a.take([1, 1], 1),
      prints: "[[11 11]\n [15 15]\n [19 19]]",
    },
    {
      python: "a[np.arange(3), [0, 2, 1]]",
      ours: ({ a }) => a.pick(arange(3), [0, 2, 1]),
      prints: "[10 16 19]",
    },
    {
      python: "a[np.arange(3), [0, 2, 1]] += 100; a",
      ours: ({ a }) => {
        a.setPick(a.pick(arange(3), [0, 2, 1]).add(100), arange(3), [0, 2, 1]);
        return a;
      },
      prints: "[[110  11  12  13]\n [ 14  15 116  17]\n [ 18 119  20  21]]",
    },
  ],
};

/** Indexing by truth values. */
export const booleanIndexing: Section = {
  name: "booleans",
  title: "Indexing by truth values",
  given: { a: table },
  examples: [
    {
      python: "a > 14",
      ours: ({ a }) => a.greater(14),
      prints: "[[False False False False]\n [False  True  True  True]\n [ True  True  True  True]]",
    },
    {
      python: "a[a > 14]",
      ours: ({ a }) => a.mask(a.greater(14)),
      prints: "[15 16 17 18 19 20 21]",
    },
    {
      python: "a[(a % 2 == 0) & (a < 18)]",
      ours: ({ a }) => a.mask(a.mod(2).equal(0).logicalAnd(a.less(18))),
      prints: "[10 12 14 16]",
    },
    { python: "(a > 14).sum()", ours: ({ a }) => a.greater(14).sum(), prints: "7" },
    {
      python: "a[a > 14] = 0; a",
      ours: ({ a }) => {
        a.putMask(a.greater(14), 0);
        return a;
      },
      prints: "[[10 11 12 13]\n [14  0  0  0]\n [ 0  0  0  0]]",
    },
  ],
};

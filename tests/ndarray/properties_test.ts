import assert from "node:assert/strict";
import fc from "fast-check";
import {
  argsort,
  array,
  arrayEqual,
  arraySplit,
  bincount,
  broadcastTo,
  concatenate,
  type DType,
  full,
  matmul,
  moveaxis,
  type NDArray,
  sort,
  unique,
  uniqueAll,
  where,
} from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const shapes = (most = 4) => fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: most });
const dtypes = fc.constantFrom<DType>("float64", "float32", "int32", "uint8", "bool");

/** An array of a shape whose elements are 0, 1, 2 … in the type. */
function counted(shape: readonly number[], dtype: DType = "float64"): NDArray {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: size }, (_, i) => dtype === "bool" ? i % 2 : i % 251);
  return array(values, dtype).reshape(shape);
}

/** All index lists of a shape, in row-major order. */
function* indicesOf(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) return yield [];
  for (let i = 0; i < shape[0]; i++) {
    for (const rest of indicesOf(shape.slice(1))) yield [i, ...rest];
  }
}

/** The positions that Python's `range(length)[start:stop:step]` has. */
function naiveRange(
  length: number,
  start: number | undefined,
  stop: number | undefined,
  step: number,
): number[] {
  const positions: number[] = [];
  const wrap = (value: number) => value < 0 ? value + length : value;
  let from = start === undefined ? (step > 0 ? 0 : length - 1) : wrap(start);
  const to = stop === undefined ? (step > 0 ? length : -1) : Math.max(wrap(stop), -1);
  from = step > 0 ? Math.max(from, 0) : Math.min(from, length - 1);
  for (let i = from; step > 0 ? i < to && i < length : i > to && i >= 0; i += step) {
    positions.push(i);
  }
  return positions;
}

const bound = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });
const ranges = fc.record({
  start: bound,
  stop: bound,
  step: fc.integer({ min: -3, max: 3 }).filter((step) => step !== 0),
});

Deno.test("slice() picks what a naive walk picks", () => {
  fc.assert(
    fc.property(
      shapes(3),
      fc.array(fc.oneof(ranges, fc.integer({ min: -4, max: 3 })), { maxLength: 3 }),
      dtypes,
      (shape, chosen, dtype) => {
        const specs = chosen.slice(0, shape.length);
        fc.pre(
          specs.every((spec, axis) =>
            typeof spec !== "number" || (spec >= -shape[axis] && spec < shape[axis])
          ),
        );
        const x = counted(shape, dtype);
        const positions = shape.map((length, axis) => {
          const spec = specs[axis];
          if (spec === undefined) return naiveRange(length, undefined, undefined, 1);
          if (typeof spec === "number") return [spec < 0 ? spec + length : spec];
          return naiveRange(length, spec.start, spec.stop, spec.step);
        });
        const sliced = x.slice(
          ...specs.map((spec) =>
            typeof spec === "number" ? spec : `${spec.start ?? ""}:${spec.stop ?? ""}:${spec.step}`
          ),
        );
        const kept = positions.filter((_, axis) => typeof specs[axis] !== "number");
        assert.deepEqual(sliced.shape, kept.map((list) => list.length));
        const wanted = [...indicesOf(positions.map((list) => list.length))]
          .map((index) => x.at(...index.map((i, axis) => positions[axis][i])));
        assert.deepEqual([...sliced.data], wanted);
        assert.equal(sliced.dtype, dtype);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("setSlice() writes just what slice() reads", () => {
  fc.assert(
    fc.property(shapes(3), fc.array(ranges, { maxLength: 3 }), (shape, chosen) => {
      const specs = chosen.slice(0, shape.length).map(({ start, stop, step }) =>
        `${start ?? ""}:${stop ?? ""}:${step}`
      );
      const x = counted(shape).add(1);
      const part = x.slice(...specs);
      const changed = x.copy();
      changed.setSlice(part.negative(), ...specs);
      assert.deepEqual(changed.slice(...specs).toArray(), part.negative().toArray());
      assert.deepEqual(changed.abs().toArray(), x.toArray());
      assert.equal(changed.less(0).astype("int32").sum(), part.size);
    }),
  );
});

/** Two shapes that broadcast, and what they broadcast to. */
const broadcastable = shapes(4).chain((shape) => {
  const operand = fc.tuple(
    fc.integer({ min: 0, max: shape.length }),
    fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
  ).map(([dropped, ones]) => shape.map((length, axis) => ones[axis] ? 1 : length).slice(dropped));
  return fc.tuple(operand, operand);
});

Deno.test("arithmetic broadcasts as a naive walk over the common shape does", () => {
  fc.assert(
    fc.property(broadcastable, dtypes, dtypes, ([left, right], leftType, rightType) => {
      const a = counted(left, leftType);
      const b = counted(right, rightType);
      const sum = a.astype("float64").add(b.astype("float64"));
      const ndim = Math.max(left.length, right.length);
      const lengthOf = (shape: readonly number[], axis: number) =>
        shape[axis - (ndim - shape.length)] ?? 1;
      const shape = Array.from({ length: ndim }, (_, axis) => {
        const [m, n] = [lengthOf(left, axis), lengthOf(right, axis)];
        return m === 1 ? n : m;
      });
      const read = (x: NDArray, index: readonly number[]) =>
        x.at(...index.slice(ndim - x.ndim).map((i, axis) => x.shape[axis] === 1 ? 0 : i));
      assert.deepEqual(sum.shape, shape);
      assert.deepEqual(
        [...sum.data],
        [...indicesOf(shape)].map((index) => read(a, index) + read(b, index)),
      );
      assert.deepEqual(
        where(a.less(b), a, b).toArray(),
        where(b.greater(a), a, b).toArray(),
      );
    }),
    { numRuns: 300 },
  );
});

Deno.test("a + b is b + a, and a - b is the negative of b - a", () => {
  fc.assert(
    fc.property(broadcastable, dtypes, ([left, right], dtype) => {
      const a = counted(left, dtype);
      const b = counted(right, "float64");
      assert.deepEqual(a.add(b), b.add(a));
      assert.ok(a.subtract(b).equal(b.subtract(a).negative()).all());
    }),
  );
});

Deno.test("transpose() puts every element where its reordered index says", () => {
  const cases = shapes(4).chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray(shape.map((_, axis) => axis), { minLength: shape.length }),
      dtypes,
    )
  );
  fc.assert(
    fc.property(cases, ([shape, axes, dtype]) => {
      const x = counted(shape, dtype);
      const turned = x.transpose(axes);
      assert.deepEqual(turned.shape, axes.map((axis) => shape[axis]));
      for (const index of indicesOf(shape)) {
        assert.equal(turned.at(...axes.map((axis) => index[axis])), x.at(...index));
      }
      const back = axes.map((_, axis) => axes.indexOf(axis));
      assert.deepEqual(turned.transpose(back), x);
    }),
    { numRuns: 300 },
  );
});

Deno.test("transpose() of large matrices agrees with element by element reading", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 80 }),
      dtypes,
      (rows, columns, dtype) => {
        const x = counted([rows, columns], dtype);
        const { T } = x;
        for (const [i, j] of indicesOf([rows, columns])) assert.equal(T.at(j, i), x.at(i, j));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("reshape() there and back changes nothing and copies nothing", () => {
  fc.assert(
    fc.property(shapes(), dtypes, (shape, dtype) => {
      const x = counted(shape, dtype);
      const flat = x.reshape(-1);
      assert.equal(flat.data, x.data);
      assert.deepEqual(flat.reshape(shape), x);
    }),
  );
});

Deno.test("toArray() and array() undo each other", () => {
  const full = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(full, dtypes, (shape, dtype) => {
      const x = counted(shape, dtype);
      assert.deepEqual(array(x.toArray(), dtype), x);
    }),
  );
});

Deno.test("concatenate() undoes arraySplit()", () => {
  const cases = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 3 }).chain(
    (shape) => fc.tuple(fc.constant(shape), fc.nat({ max: shape.length - 1 })),
  );
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 5 }), ([shape, axis], sections) => {
      const x = counted(shape);
      assert.deepEqual(concatenate(arraySplit(x, sections, axis), axis), x);
    }),
  );
});

Deno.test("a reduction over one axis agrees with sums of slices", () => {
  const cases = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain(
    (shape) => fc.tuple(fc.constant(shape), fc.nat({ max: shape.length - 1 })),
  );
  fc.assert(
    fc.property(cases, dtypes, ([shape, axis], dtype) => {
      const x = counted(shape, dtype);
      const rows = moveaxis(x, axis, 0).astype("float64");
      let total = rows.slice(0);
      for (let i = 1; i < shape[axis]; i++) total = total.add(rows.slice(i));
      assert.ok(x.sum(axis).equal(total).all());
      assert.deepEqual(x.sum(axis, { keepdims: true }).size, total.size);
      assert.equal(x.sum(), total.sum());
    }),
  );
});

const values = fc.array(
  fc.oneof(
    fc.constantFrom(NaN, Infinity, -Infinity),
    fc.integer({ min: -5, max: 5 }),
    fc.double().map((value) => value + 0),
  ),
  { maxLength: 70 },
);

Deno.test("argsort() is a stable order of sort()", () => {
  fc.assert(
    fc.property(values, (list) => {
      const x = array(list);
      const order = [...argsort(x).data];
      const ordered = order.map((i) => list[i]);
      assert.ok(ordered.every((value, k) => value === sort(x).at(k) || Number.isNaN(value)));
      assert.deepEqual([...order].sort((a, b) => a - b), list.map((_, i) => i));
      for (let k = 1; k < order.length; k++) {
        const tied = ordered[k - 1] === ordered[k] ||
          (Number.isNaN(ordered[k - 1]) && Number.isNaN(ordered[k]));
        if (tied) assert.ok(order[k - 1] < order[k]);
        else assert.ok(ordered[k - 1] < ordered[k] || Number.isNaN(ordered[k]));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("unique() has every value once, ascending", () => {
  fc.assert(
    fc.property(values, (list) => {
      const wanted = [...new Set(list)].sort((a, b) =>
        Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b
      );
      assert.deepEqual(unique(array(list)).toArray().toString(), wanted.toString());
    }),
  );
});

Deno.test("uniqueAll() tells where each value is and comes from", () => {
  fc.assert(
    fc.property(values, (list) => {
      const x = array(list);
      const { values: distinct, counts, inverse, indices } = uniqueAll(x);
      assert.deepEqual(distinct, unique(x));
      assert.ok(arrayEqual(distinct.take(inverse), x, { equalNan: true }));
      assert.ok(arrayEqual(x.take(indices), distinct, { equalNan: true }));
      assert.deepEqual(bincount(inverse, { minlength: distinct.size }), counts);
      const same = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));
      distinct.data.forEach((value, i) =>
        assert.equal(indices.at(i), list.findIndex((item) => same(item, value)))
      );
    }),
  );
});

Deno.test("matmul() reads transposed factors as it reads their transposes", () => {
  const length = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(length, length, length, dtypes, (m, k, n, dtype) => {
      const a = counted([m, k], dtype);
      const b = counted([k, n], dtype);
      const product = matmul(a, b);
      assert.deepEqual(matmul(a.T, b, { transposeA: true }), product);
      assert.deepEqual(matmul(a, b.T, { transposeB: true }), product);
      assert.deepEqual(matmul(a.T, b.T, { transposeA: true, transposeB: true }), product);
    }),
  );
});

Deno.test("integer arithmetic wraps to the low bits", () => {
  const int32 = fc.integer({ min: -2147483648, max: 2147483647 });
  fc.assert(
    fc.property(int32, int32, (a, b) => {
      const [x, y] = [array([a], "int32"), array([b], "int32")];
      const wrapped = (exact: bigint) => Number(BigInt.asIntN(32, exact));
      assert.equal(x.add(y).item(), wrapped(BigInt(a) + BigInt(b)));
      assert.equal(x.subtract(y).item(), wrapped(BigInt(a) - BigInt(b)));
      assert.equal(x.multiply(y).item(), wrapped(BigInt(a) * BigInt(b)));
      assert.equal(x.negative().item(), wrapped(-BigInt(a)));
    }),
  );
});

Deno.test("broadcastTo() repeats as adding zeros of the shape does", () => {
  fc.assert(
    fc.property(broadcastable, ([left, right]) => {
      const target = full(left, 0).add(full(right, 0)).shape;
      const x = counted(left);
      assert.deepEqual(broadcastTo(x, target), x.add(full(target, 0)));
    }),
  );
});

Deno.test("matmul() multiplies the planes that broadcasting pairs", () => {
  const rng = new RandomState(7);
  const batches = [
    [[3], [3]],
    [[2, 3], [3]],
    [[3], [2, 3]],
    [[], [2, 3]],
    [[2, 3], []],
    [[1], [4]],
    [[2, 1], [2, 3]],
    [[2, 1, 3], [4, 1]],
    [[2, 1, 3], [2, 4, 1]],
    [[1, 2], [3, 1]],
    [[2, 3, 1], [1, 1, 4]],
    [[0], [1]],
    [[2, 0], []],
  ];
  for (const [ofA, ofB] of batches) {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true]]) {
        const [m, k, n] = [4, 5, 3];
        const draw = (shape: number[]) => {
          return rng.randint(-4, 5, shape).astype(dtype);
        };
        const a = draw([...ofA, ...transposeA ? [k, m] : [m, k]]);
        const b = draw([...ofB, ...transposeB ? [n, k] : [k, n]]);
        const left = transposeA ? a.transpose([...ofA.keys(), a.ndim - 1, a.ndim - 2]) : a;
        const right = transposeB ? b.transpose([...ofB.keys(), b.ndim - 1, b.ndim - 2]) : b;
        // out[…, i, j] = Σ_p left[…, i, p, 1]·right[…, 1, p, j]
        const products = left.reshape([...ofA, m, k, 1]).multiply(right.reshape([...ofB, 1, k, n]));
        const expected = (products.sum(-2) as NDArray).astype(dtype);
        const got = matmul(a, b, { transposeA, transposeB });
        assert.deepEqual(got.shape, expected.shape, `${ofA} · ${ofB}`);
        assert.deepEqual(got.toArray(), expected.toArray(), `${dtype} ${ofA} · ${ofB}`);
      }
    }
  }
});

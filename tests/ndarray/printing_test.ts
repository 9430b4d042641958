import assert from "node:assert/strict";
import { array, array2string, arrayRepr, type DType, type NDArray } from "../../ndarray/mod.ts";
import fixture from "../fixtures/numpy_printing.json" with { type: "json" };

interface Case {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | boolean | string)[];
  readonly str: string;
  readonly repr?: string;
  readonly options?: Readonly<Record<string, number | boolean | string>>;
}

/** NumPy's names of the settings that have others here. */
const names: Readonly<Record<string, string>> = {
  suppress_small: "suppressSmall",
  max_line_width: "lineWidth",
};

const cases = fixture.cases as readonly Case[];

function decode({ data, dtype, shape }: Case): NDArray {
  const numbers = data.map((value) =>
    typeof value === "string" ? Number(value.replace("inf", "Infinity")) : Number(value)
  );
  return array(numbers, dtype as DType).reshape(shape);
}

/** The cases whose text differs, so that one failure shows them all. */
function differences(
  chosen: readonly Case[],
  print: (x: NDArray, given: Case) => string,
  expected: (given: Case) => string | undefined,
): string[] {
  return chosen
    .map((given) => [print(decode(given), given), expected(given), given] as const)
    .filter(([text, wanted]) => text !== wanted)
    .map(([text, wanted, { dtype }]) => `${dtype}: wanted\n${wanted}\ngot\n${text}`);
}

Deno.test("toString() prints what NumPy's str prints", () => {
  const plain = cases.filter((given) => !given.options);
  assert.ok(plain.length > 600);
  assert.deepEqual(differences(plain, String, (given) => given.str), []);
});

Deno.test("arrayRepr() prints what NumPy's repr prints", () => {
  const plain = cases.filter((given) => given.repr !== undefined);
  assert.ok(plain.length > 600);
  assert.deepEqual(differences(plain, arrayRepr, (given) => given.repr), []);
});

Deno.test("array2string() follows its options as NumPy's does", () => {
  const special = cases.filter((given) => given.options);
  assert.ok(special.length > 40);
  const print = (x: NDArray, { options = {} }: Case) =>
    array2string(
      x,
      Object.fromEntries(
        Object.entries(options).map(([name, value]) => [names[name] ?? name, value]),
      ),
    );
  assert.deepEqual(differences(special, print, (given) => given.str), []);
});

Deno.test("array2string() refuses settings that are no counts", () => {
  const x = array([1, 2]);
  assert.throws(() => array2string(x, { precision: -1 }), {
    name: "RangeError",
    message: "array2string: precision must be a whole number from 0 up, got -1",
  });
  assert.throws(() => array2string(x, { edgeitems: 1.5 }), RangeError);
  assert.throws(() => array2string(x, { threshold: NaN }), RangeError);
});

Deno.test("console.log shows an array as it prints", () => {
  assert.equal(Deno.inspect(array([[1, 2], [3, 4.5]])), "[[1.  2. ]\n [3.  4.5]]");
});

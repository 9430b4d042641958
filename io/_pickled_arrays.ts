/**
 * What pickles say of NumPy's arrays: the few functions that they call to make one, played without
 * running anything.
 */
import type { NDArray } from "../ndarray/mod.ts";
import { brief } from "./_brief.ts";
import { elementCount, type ElementKind, readElements } from "./_elements.ts";
import { pickledText } from "./_pickled_text.ts";

/** An array, once its state is known. */
export class PickledArray {
  /** Null until the state has come. */
  array: NDArray | null = null;
  /** Where its state was given to it in the file. */
  builtAt = 0;
  /** Where its elements are in the file; where its state was given if they stand there encoded. */
  offset = 0;
}

/** The type of an array's elements. */
export class PickledDtype {
  bigEndian = false;

  /** @param code NumPy's, such as `"u1"` or `"<i8"` */
  constructor(readonly code: string) {
    this.bigEndian = code.startsWith(">");
  }
}

/** A function or class that is known by name. */
export class PickledGlobal {
  constructor(readonly kind: GlobalKind) {}
}

type GlobalKind =
  | "reconstruct"
  | "ndarray"
  | "dtype"
  | "frombuffer"
  | "scalar"
  | "encode"
  | "bytes";

/** The names that are understood, without the module `numpy` or `numpy._core` they may come from. */
const globals: Readonly<Record<string, GlobalKind>> = {
  "core.multiarray _reconstruct": "reconstruct",
  " ndarray": "ndarray",
  " dtype": "dtype",
  "core.numeric _frombuffer": "frombuffer",
  "core.multiarray scalar": "scalar",
};
const others: Readonly<Record<string, GlobalKind>> = {
  "_codecs encode": "encode",
  "__builtin__ bytes": "bytes",
  "builtins bytes": "bytes",
  "__builtin__ bytearray": "bytes",
  "builtins bytearray": "bytes",
};

/** The global of a name, `module name`, or null if it is none of those. */
export function globalOf(name: string): PickledGlobal | null {
  const plain = /^numpy(?:\._?|(?= ))(.*)$/.exec(name)?.[1];
  const kind = Object.hasOwn(others, name)
    ? others[name]
    : plain !== undefined && Object.hasOwn(globals, plain)
    ? globals[plain]
    : null;
  return kind && new PickledGlobal(kind);
}

/** Makes the error for a pickle that asks for something else. */
type Fail = (problem: string) => Error;

/** A value that an argument may be; everything else is looked at as it comes. */
type Argument = unknown;

/** What a call of a known name gives. */
export function call(
  { kind }: PickledGlobal,
  args: readonly Argument[],
  at: number,
  fail: Fail,
): PickledArray | PickledDtype | Uint8Array | number {
  switch (kind) {
    case "reconstruct":
      return new PickledArray();
    case "dtype":
      if (typeof args[0] !== "string" && !(args[0] instanceof Uint8Array)) {
        throw fail("the name of a dtype expected");
      }
      return new PickledDtype(pickledText(args[0]));
    case "frombuffer": {
      const [bytes, dtype, shape, order] = args;
      const made = new PickledArray();
      build(made, [1, shape, dtype, order !== "C", bytes], at, fail);
      return made;
    }
    case "scalar": {
      const [dtype, bytes] = args;
      const made = new PickledArray();
      build(made, [1, [1], dtype, false, bytes], at, fail);
      return made.array!.item();
    }
    case "encode": {
      const [text, encoding] = args;
      if (typeof text !== "string" || !["latin1", "latin-1"].includes(String(encoding))) {
        throw fail("text encoded as latin1 expected");
      }
      return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    }
    case "bytes":
      if (args.length === 0) return new Uint8Array();
      if (args[0] instanceof Uint8Array) return args[0];
      throw fail("bytes of nothing, or of bytes, expected");
    case "ndarray":
      throw fail("a call of numpy's _reconstruct expected, not of ndarray");
  }
}

/** Gives an array its state: (version, shape, dtype, Fortran order?, bytes). */
export function build(target: PickledArray, state: readonly Argument[], at: number, fail: Fail) {
  const [, shape, dtype, fortranOrder, data] = state;
  if (!(dtype instanceof PickledDtype)) throw fail("the state of an array expected");
  const kind = /^[<>|=]?(b1|[ui][1248]|f[248])$/.exec(dtype.code)?.[1];
  if (kind === undefined || fortranOrder !== false) {
    const order = fortranOrder === false ? "" : " in column-major order";
    throw fail(
      `an array of uint8 in row-major order expected, got one of ${brief(dtype.code)}${order}`,
    );
  }
  const size = elementCount(shape);
  if (typeof size === "string") throw fail(size.split(";")[0]);
  if (!(data instanceof Uint8Array) || data.length !== size * Number(kind[1])) {
    throw fail(`${size} elements expected for an array of shape ${brief(shape)}`);
  }
  target.array = readElements(
    kind as ElementKind,
    data,
    dtype.bigEndian,
    shape as number[],
    (_, problem) => fail(problem),
  );
  target.builtAt = at;
}

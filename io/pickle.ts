/**
 * A reader for the pickles of CIFAR-10's Python version: protocol 2 as Python 2 wrote it, with
 * dictionaries, lists, tuples, small numbers, byte strings, and NumPy arrays of bytes. Nothing in
 * a pickle is run: the only names it may mention are the three that make up an array. Any other
 * opcode or name is an error.
 */
import { brief } from "./_brief.ts";
import { elementCount } from "./_elements.ts";
import { FileFormatError } from "./mod.ts";

/** An array of bytes, as NumPy pickles it. */
export class PickledArray {
  shape: number[] = [];
  data: Uint8Array = new Uint8Array();
  /** Where the elements are in the file. */
  offset = 0;
}

/** The dtype of a pickled array. */
class PickledDtype {
  constructor(readonly code: string) {}
}

/** A Python `str`: a view of the file. */
export type PickledString = Uint8Array;

/** What can come out of a pickle. Dictionary keys are strings. */
export type Pickled =
  | null
  | boolean
  | number
  | PickledString
  | Pickled[]
  | Map<string, Pickled>
  | PickledArray
  | PickledDtype
  | PickledGlobal;

/** The names that are understood. */
type PickledGlobal = "numpy.core.multiarray _reconstruct" | "numpy ndarray" | "numpy dtype";
const globals = new Set(
  ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"] as const,
);

const mark = Symbol("mark");

/** Reads a pickle. `caller` and `path` are for errors. */
export function readPickle(caller: string, path: string, bytes: Uint8Array): Pickled {
  return new PickleReader(caller, path, bytes).read();
}

/** A Python `str` as text. */
export function pickledText(value: PickledString): string {
  let text = "";
  // In parts, since a call takes only so many arguments.
  for (let at = 0; at < value.length; at += 4096) {
    text += String.fromCharCode(...value.subarray(at, at + 4096));
  }
  return text;
}

class PickleReader {
  readonly #view: DataView;
  readonly #stack: (Pickled | typeof mark)[] = [];
  readonly #memo = new Map<number, Pickled>();
  #at = 0;
  #opcodeAt = 0;

  constructor(
    readonly caller: string,
    readonly path: string,
    readonly bytes: Uint8Array,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  read(): Pickled {
    for (;;) {
      this.#opcodeAt = this.#at;
      const opcode = String.fromCharCode(this.#take(1)[0]);
      if (opcode === ".") return this.#pop();
      this.#step(opcode);
    }
  }

  #step(opcode: string): void {
    switch (opcode) {
      case "\x80": // PROTO
        return this.#checkProtocol(this.#take(1)[0]);
      case "(": // MARK
        this.#stack.push(mark);
        return;
      case "N": // NONE
        return this.#push(null);
      case "\x88": // NEWTRUE
        return this.#push(true);
      case "\x89": // NEWFALSE
        return this.#push(false);
      case "K": // BININT1
        return this.#push(this.#take(1)[0]);
      case "M": // BININT2
        return this.#push(this.#view.getUint16(this.#skip(2), true));
      case "J": // BININT
        return this.#push(this.#view.getInt32(this.#skip(4), true));
      case "U": // SHORT_BINSTRING
        return this.#push(this.#take(this.#take(1)[0]));
      case "T": // BINSTRING
        return this.#push(this.#take(this.#view.getUint32(this.#skip(4), true)));
      case "c": // GLOBAL
        return this.#push(this.#global(`${this.#line()} ${this.#line()}`));
      case "}": // EMPTY_DICT
        return this.#push(new Map());
      case "]": // EMPTY_LIST
        return this.#push([]);
      case ")": // EMPTY_TUPLE
        return this.#push([]);
      case "\x85": // TUPLE1
      case "\x86": // TUPLE2
      case "\x87": // TUPLE3
        return this.#push(this.#popMany(opcode.charCodeAt(0) - 0x84));
      case "t": // TUPLE
        return this.#push(this.#popToMark());
      case "a": // APPEND
        return this.#append([this.#pop()]);
      case "e": // APPENDS
        return this.#append(this.#popToMark());
      case "s": // SETITEM
        return this.#setItems(this.#popMany(2));
      case "u": // SETITEMS
        return this.#setItems(this.#popToMark());
      case "q": // BINPUT
        return this.#put(this.#take(1)[0]);
      case "r": // LONG_BINPUT
        return this.#put(this.#view.getUint32(this.#skip(4), true));
      case "h": // BINGET
        return this.#get(this.#take(1)[0]);
      case "j": // LONG_BINGET
        return this.#get(this.#view.getUint32(this.#skip(4), true));
      case "R": // REDUCE
        return this.#reduce();
      case "b": // BUILD
        return this.#build();
    }
    const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
    throw this.#error(`opcode 0x${code} is none that CIFAR-10's files use`);
  }

  #checkProtocol(protocol: number): void {
    if (protocol !== 2) throw this.#error(`pickle protocol 2 expected, got ${protocol}`);
  }

  #global(name: string): PickledGlobal {
    if (globals.has(name as PickledGlobal)) return name as PickledGlobal;
    throw this.#error(`the name "${name}" is none that CIFAR-10's files use`);
  }

  #append(items: Pickled[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#error("a list expected");
    for (const item of items) list.push(item);
  }

  #setItems(items: Pickled[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0) {
      throw this.#error("a dictionary and pairs expected");
    }
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (!(key instanceof Uint8Array)) throw this.#error("a string for a key expected");
      map.set(pickledText(key), items[i + 1]);
    }
  }

  /** Calls one of the known names: an empty array, or a dtype. */
  #reduce(): void {
    const [callee, args] = this.#popMany(2);
    if (callee === "numpy.core.multiarray _reconstruct") return this.#push(new PickledArray());
    const code = Array.isArray(args) ? args[0] : null;
    if (callee !== "numpy dtype" || !(code instanceof Uint8Array)) {
      throw this.#error("a call of numpy's _reconstruct or dtype expected");
    }
    this.#push(new PickledDtype(pickledText(code)));
  }

  /** Gives an array its state: (version, shape, dtype, Fortran order?, bytes). */
  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    // A dtype's state says its byte order, of which bytes have none.
    if (target instanceof PickledDtype) return;
    if (!(target instanceof PickledArray) || !Array.isArray(state)) {
      throw this.#error("the state of an array expected");
    }
    const [, shape, dtype, fortranOrder, data] = state;
    if (!(dtype instanceof PickledDtype) || dtype.code !== "u1" || fortranOrder !== false) {
      throw this.#error("an array of uint8 in row-major order expected");
    }
    const size = elementCount(shape);
    if (typeof size === "string") throw this.#error(size.split(";")[0]);
    if (!(data instanceof Uint8Array) || data.length !== size) {
      throw this.#error(`${size} elements expected for an array of shape ${brief(shape)}`);
    }
    target.shape = shape as number[];
    target.data = data;
    target.offset = data.byteOffset - this.bytes.byteOffset;
  }

  #push(value: Pickled): void {
    this.#stack.push(value);
  }

  #pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw this.#error("a value expected on the stack");
    return value;
  }

  #top(): Pickled {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  #popMany(count: number): Pickled[] {
    const values: Pickled[] = [];
    while (values.length < count) values.unshift(this.#pop());
    return values;
  }

  #popToMark(): Pickled[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#error("a mark expected on the stack");
    const values = this.#stack.splice(at);
    return values.slice(1) as Pickled[];
  }

  #put(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#error(`nothing was stored as number ${index}`);
    this.#push(value);
  }

  /** Moves on by `count` bytes; returns where they begin. */
  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.bytes.length) {
      throw this.#error("the file ends in the middle", this.bytes.length);
    }
    this.#at += count;
    return at;
  }

  #take(count: number): Uint8Array {
    const at = this.#skip(count);
    return this.bytes.subarray(at, at + count);
  }

  #line(): string {
    const end = this.bytes.indexOf(0x0a, this.#at);
    const line = this.#take((end < 0 ? this.bytes.length + 1 : end) - this.#at);
    this.#skip(1);
    return pickledText(line.subarray(0, 200));
  }

  #error(problem: string, offset = this.#opcodeAt): FileFormatError {
    return new FileFormatError(
      this.caller,
      this.path,
      offset,
      `${problem}; the file is damaged or not of CIFAR-10's Python version`,
    );
  }
}

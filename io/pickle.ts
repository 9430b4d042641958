/**
 * A reader for the pickles of data sets such as CIFAR-10's Python version, of any protocol, as Python
 * 2 or 3 wrote them: dictionaries, lists, tuples, numbers, text, byte strings, and NumPy arrays of
 * numbers. Nothing in a pickle is run: the only names it may mention are those that make up arrays
 * and byte strings. Any other opcode or name is an error.
 *
 * Source: `pickletools.py` of Python's library, which describes every opcode.
 */
import { brief } from "./_brief.ts";
import {
  build,
  call,
  globalOf,
  PickledArray,
  PickledDtype,
  PickledGlobal,
} from "./_pickled_arrays.ts";
import {
  floatOf,
  integerOf,
  longOf,
  pickledText,
  unescaped,
  unquoted,
  utf8,
} from "./_pickled_text.ts";
import { FileFormatError } from "./mod.ts";

export { PickledArray, pickledText };

/** What can come out of a pickle. Byte strings, and Python 2's `str`, are bytes. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Pickled[]
  | Map<string, Pickled>
  | PickledArray
  | PickledDtype
  | PickledGlobal;

/** The newest protocol there is. */
const newest = 5;

const mark = Symbol("mark");

/** Reads a pickle. `caller` and `path` are for errors. */
export function readPickle(caller: string, path: string, bytes: Uint8Array): Pickled {
  return new PickleReader(caller, path, bytes).read();
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
      case "\x95": // FRAME
        this.#skip(8);
        return;
      case "(": // MARK
        this.#stack.push(mark);
        return;
      case "0": // POP
        this.#stack.pop();
        return;
      case "1": // POP_MARK
        this.#popToMark();
        return;
      case "2": // DUP
        return this.#push(this.#top());
      case "c": // GLOBAL
        return this.#push(this.#global(`${this.#name()} ${this.#name()}`));
      case "\x93": // STACK_GLOBAL
        return this.#push(this.#global(this.#popMany(2).map((part) => this.#text(part)).join(" ")));
      case "}": // EMPTY_DICT
        return this.#push(new Map());
      case "d": { // DICT
        const items = this.#popToMark();
        this.#push(new Map());
        return this.#setItems(items);
      }
      case "]": // EMPTY_LIST
      case ")": // EMPTY_TUPLE
        return this.#push([]);
      case "l": // LIST
      case "t": // TUPLE
        return this.#push(this.#popToMark());
      case "\x85": // TUPLE1
      case "\x86": // TUPLE2
      case "\x87": // TUPLE3
        return this.#push(this.#popMany(opcode.charCodeAt(0) - 0x84));
      case "a": // APPEND
        return this.#append([this.#pop()]);
      case "e": // APPENDS
        return this.#append(this.#popToMark());
      case "s": // SETITEM
        return this.#setItems(this.#popMany(2));
      case "u": // SETITEMS
        return this.#setItems(this.#popToMark());
      case "p": // PUT
        return this.#put(Number(this.#name()));
      case "q": // BINPUT
        return this.#put(this.#take(1)[0]);
      case "r": // LONG_BINPUT
        return this.#put(this.#view.getUint32(this.#skip(4), true));
      case "\x94": // MEMOIZE
        return this.#put(this.#memo.size);
      case "g": // GET
        return this.#get(Number(this.#name()));
      case "h": // BINGET
        return this.#get(this.#take(1)[0]);
      case "j": // LONG_BINGET
        return this.#get(this.#view.getUint32(this.#skip(4), true));
      case "R": // REDUCE
        return this.#reduce();
      case "b": // BUILD
        return this.#build();
      case "\x98": // READONLY_BUFFER
        return;
    }
    const value = this.#value(opcode);
    if (value !== undefined) return this.#push(value);
    const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
    throw this.#error(`opcode 0x${code} is none that CIFAR-10's files use`);
  }

  /** The value that an opcode stands for; undefined if it is none of those. */
  #value(opcode: string): Pickled | undefined {
    switch (opcode) {
      case "N": // NONE
        return null;
      case "\x88": // NEWTRUE
        return true;
      case "\x89": // NEWFALSE
        return false;
      case "I": // INT
        return this.#parsed(integerOf, "a whole number", this.#line());
      case "L": // LONG
        return this.#parsed(integerOf, "a whole number", this.#line());
      case "F": // FLOAT
        return this.#parsed(floatOf, "a number", this.#line());
      case "K": // BININT1
        return this.#take(1)[0];
      case "M": // BININT2
        return this.#view.getUint16(this.#skip(2), true);
      case "J": // BININT
        return this.#view.getInt32(this.#skip(4), true);
      case "\x8a": // LONG1
        return this.#long(this.#take(this.#take(1)[0]));
      case "G": // BINFLOAT
        return this.#view.getFloat64(this.#skip(8));
      case "S": // STRING
        return this.#parsed(unquoted, "a string in quotes", this.#line());
      case "U": // SHORT_BINSTRING
      case "C": // SHORT_BINBYTES
        return this.#take(this.#take(1)[0]);
      case "T": // BINSTRING
      case "B": // BINBYTES
        return this.#take(this.#view.getUint32(this.#skip(4), true));
      case "\x8e": // BINBYTES8
      case "\x96": // BYTEARRAY8
        return this.#take(this.#length8());
      case "V": // UNICODE
        return unescaped(pickledText(this.#line()));
      case "\x8c": // SHORT_BINUNICODE
        return utf8.decode(this.#take(this.#take(1)[0]));
      case "X": // BINUNICODE
        return utf8.decode(this.#take(this.#view.getUint32(this.#skip(4), true)));
      case "\x8d": // BINUNICODE8
        return utf8.decode(this.#take(this.#length8()));
    }
  }

  #checkProtocol(protocol: number): void {
    if (protocol <= newest) return;
    throw this.#error(`a pickle protocol from 0 to ${newest} expected, got ${protocol}`);
  }

  /** The part of a name that lies on the stack. */
  #text(part: Pickled): string {
    if (typeof part === "string") return part.slice(0, 200);
    throw this.#error("a name expected on the stack");
  }

  #global(name: string): PickledGlobal {
    const known = globalOf(name);
    if (known) return known;
    throw this.#error(`the name "${name}" is none that CIFAR-10's files use`);
  }

  /** A value that was written as text; `read` gives undefined if it is none. */
  #parsed<T>(read: (text: string) => T | undefined, what: string, line: Uint8Array): T {
    const value = read(pickledText(line));
    if (value !== undefined) return value;
    throw this.#error(`${what} expected, got ${brief(pickledText(line.subarray(0, 60)))}`);
  }

  /** A whole number of any length. */
  #long(bytes: Uint8Array): number {
    const whole = longOf(bytes);
    if (Number.isSafeInteger(whole)) return whole;
    throw this.#error(`a whole number of ${bytes.length} bytes has no exact number here`);
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
      if (typeof key !== "string" && !(key instanceof Uint8Array)) {
        throw this.#error("a string for a key expected");
      }
      map.set(pickledText(key), items[i + 1]);
    }
  }

  /** Calls one of the known names. */
  #reduce(): void {
    const [callee, args] = this.#popMany(2);
    if (!(callee instanceof PickledGlobal) || !Array.isArray(args)) {
      throw this.#error("a call of numpy's _reconstruct or dtype expected");
    }
    const made = call(callee, args, this.#opcodeAt, (problem) => this.#error(problem));
    if (made instanceof PickledArray) made.offset = this.#placeOf(args[0]);
    this.#push(made);
  }

  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (target instanceof PickledDtype && Array.isArray(state)) {
      const [, order] = state;
      const text = typeof order === "string" || order instanceof Uint8Array
        ? pickledText(order)
        : "";
      if (text === ">") target.bigEndian = true;
      return;
    }
    if (!(target instanceof PickledArray) || !Array.isArray(state)) {
      throw this.#error("the state of an array expected");
    }
    build(target, state, this.#opcodeAt, (problem) => this.#error(problem));
    target.offset = this.#placeOf(state[4]);
  }

  /** Where bytes are in the file; here if they stand there encoded. */
  #placeOf(value: unknown): number {
    const stands = value instanceof Uint8Array && value.buffer === this.bytes.buffer;
    return stands ? value.byteOffset - this.bytes.byteOffset : this.#opcodeAt;
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

  /** A length of eight bytes; what no file can hold ends the file. */
  #length8(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  #line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.#at);
    const line = this.#take((end < 0 ? this.bytes.length + 1 : end) - this.#at);
    this.#skip(1);
    return line;
  }

  /** A line that is a name or a number: short. */
  #name(): string {
    return pickledText(this.#line().subarray(0, 200));
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

/** The declared state of a run: taken out for a checkpoint, checked, and put back. */
import { FileFormatError } from "../io/errors.ts";
import { messageOf } from "../internal/message_of.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { copyTree, isRecord } from "./_tree.ts";
import type { ArrayBox, ModelLike, ModuleLike, Resumable, State, Stateful } from "./state.ts";

type Arrays = Readonly<Record<string, NDArray>>;
type States = Readonly<Record<string, State>>;

/** Makes the error of a state that does not fit. */
type Misfit = (problem: string) => RangeError;

/** One thing with a state. */
interface Entry {
  /** The thing, by which two names of one are recognised. */
  readonly thing: object;
  /** Whether the best weights are remembered of it. */
  readonly hasWeights: boolean;
  /** Its state, which may share memory with it. */
  read(): unknown;
  /** Throws unless a state fits it. Things that keep a state of their own are not asked. */
  check(state: State, file: string, misfit: Misfit): void;
  /** Puts a state that fits back. */
  write(state: State): void;
}

/** All of the state that a run declares, by name. */
export class RunState {
  readonly #caller: string;
  readonly #entries: Readonly<Record<string, Entry>>;
  readonly #misfit: Misfit = (problem) => new RangeError(`${this.#caller}.resume: ${problem}`);

  constructor(caller: string, declared: Readonly<Record<string, Stateful>>) {
    this.#caller = caller;
    const entries: Record<string, Entry> = {};
    for (const [name, thing] of Object.entries(declared)) {
      entries[name] = entryOf(caller, name, thing);
      const { rng } = thing as { rng?: unknown };
      if (isModel(thing) && isResumable(rng)) entries[`${name}.rng`] = resumableEntry(rng);
    }
    this.#entries = entries;
  }

  /** The states of all, each thing once, and which names are others' second ones. */
  read(): { state: States; shared: Record<string, string> } {
    const state: Record<string, State> = {};
    const shared: Record<string, string> = {};
    const first = new Map<object, string>();
    for (const [name, { thing, read }] of this.#ownNamesFirst()) {
      const other = first.get(thing);
      if (other !== undefined) shared[name] = other;
      else state[name] = read() as State;
      first.set(thing, other ?? name);
    }
    return { state, shared };
  }

  /** Copies of all weights, without optimizers and generators. */
  copyWeights(): States {
    const weights = Object.entries(this.#entries).filter(([, entry]) => entry.hasWeights);
    return copyTree(Object.fromEntries(weights.map(([name, { read }]) => [name, read() as State])));
  }

  /** Puts copies of weights back. */
  writeWeights(weights: States): void {
    for (const [name, state] of Object.entries(copyTree(weights))) this.#entries[name].write(state);
  }

  /** Throws unless weights are what {@linkcode copyWeights} could have returned. */
  checkWeights(file: string, weights: States): void {
    for (const [name, entry] of Object.entries(this.#entries)) {
      if (!entry.hasWeights) continue;
      if (!Object.hasOwn(weights, name)) {
        throw this.#damaged(file, name, "its best state is missing");
      }
      entry.check(weights[name], file, this.#misfit);
    }
  }

  /** Throws unless the states of a checkpoint belong to things like these. */
  check(file: string, state: States, shared: Readonly<Record<string, string>>): void {
    const now = this.read().shared;
    for (const [name, entry] of Object.entries(this.#entries)) {
      const [is, was] = [now[name], Object.hasOwn(shared, name) ? shared[name] : undefined];
      if (is !== was) {
        const [one, other] = [name, is ?? was];
        throw this.#misfit(
          `${one} and ${other} were ${
            was ? "one thing" : "two things"
          } in the run of ${file} and ` +
            `are ${is ? "one" : "two"} now; make them as they were made there`,
        );
      }
      if (was !== undefined) continue;
      if (!Object.hasOwn(state, name)) {
        throw this.#misfit(`${file} holds no state of ${name}; declare what the run declared`);
      }
      entry.check(state[name], file, this.#misfit);
    }
    for (const name of [...Object.keys(state), ...Object.keys(shared)]) {
      if (Object.hasOwn(this.#entries, name)) continue;
      throw this.#misfit(`${file} holds a state of ${name}; declare what the run declared`);
    }
  }

  /** Puts states that were checked back; if one is refused after all, everything is as before. */
  write(file: string, state: States): void {
    const before = copyTree(this.read().state);
    const written: string[] = [];
    for (const [name, value] of Object.entries(state)) {
      written.push(name);
      try {
        this.#entries[name].write(copyTree(value));
      } catch (error) {
        for (const undo of written) this.#entries[undo].write(before[undo]);
        throw this.#damaged(file, name, messageOf(error));
      }
    }
  }

  /** A generator of a model goes by the name that it was declared under, if it was. */
  #ownNamesFirst(): [string, Entry][] {
    const declared = (name: string) => name.endsWith(".rng") ? 1 : 0;
    return Object.entries(this.#entries).sort(([a], [b]) => declared(a) - declared(b));
  }

  #damaged(file: string, name: string, problem: string): FileFormatError {
    return new FileFormatError(
      `${this.#caller}.resume`,
      file,
      8,
      `the state of ${name}: ${problem}`,
    );
  }
}

function entryOf(caller: string, name: string, thing: Stateful): Entry {
  if (thing instanceof NDArray) return arrayEntry(name, thing, () => thing);
  if (isModel(thing)) {
    return weightsEntry(
      name,
      thing,
      () => {
        const { params, buffers = {} } = thing;
        return { params, buffers: typeof buffers === "function" ? buffers.call(thing) : buffers };
      },
    );
  }
  if (isModule(thing)) {
    return weightsEntry(name, thing, () => ({
      params: Object.fromEntries(
        Object.entries(thing.parameters()).map(([name, { value }]) => [name, value]),
      ),
      buffers: thing.buffers(),
    }));
  }
  if (isResumable(thing)) return resumableEntry(thing);
  if (isBox(thing)) return arrayEntry(name, thing, () => thing.value);
  throw new TypeError(
    `${caller}: state.${name} must be a model, a module, an NDArray, a tensor, or have getState() and ` +
      `setState(), got ${thing === null ? "null" : typeof thing}`,
  );
}

function resumableEntry(thing: Resumable): Entry {
  return {
    thing,
    hasWeights: false,
    read: () => thing.getState(),
    check() {},
    write: (state) => thing.setState(state as never),
  };
}

function arrayEntry(name: string, thing: object, live: () => NDArray): Entry {
  return {
    thing,
    hasWeights: true,
    read: live,
    check: (state, file, misfit) =>
      checkSame(name, name, { "": live() }, { "": state }, file, misfit),
    write: (state) => live().data.set((state as NDArray).data),
  };
}

/** Arrays are written in place, so that whoever holds one goes on holding the right one. */
function weightsEntry(
  name: string,
  thing: object,
  live: () => { params: Arrays; buffers: Arrays },
): Entry {
  const kinds = ["params", "buffers"] as const;
  return {
    thing,
    hasWeights: true,
    read: live,
    check(state, file, misfit) {
      const now = live();
      for (const kind of kinds) {
        const stored = isRecord(state) ? state[kind] : undefined;
        if (!isRecord(stored)) throw misfit(`${file} holds no ${name}.${kind}`);
        checkSame(`${name}.${kind}.`, name, now[kind], stored, file, misfit);
      }
    },
    write(state) {
      const now = live();
      for (const kind of kinds) {
        const stored = (state as unknown as Record<string, Arrays>)[kind];
        for (const [key, { data }] of Object.entries(stored)) now[kind][key].data.set(data);
      }
    },
  };
}

function checkSame(
  prefix: string,
  owner: string,
  live: Arrays,
  stored: Readonly<Record<string, unknown>>,
  file: string,
  misfit: Misfit,
): void {
  const remedy = `make the ${owner} with the options it had`;
  for (const key of new Set([...Object.keys(live), ...Object.keys(stored)])) {
    const is = Object.hasOwn(live, key) ? live[key] : undefined;
    const was = Object.hasOwn(stored, key) ? stored[key] : undefined;
    const name = prefix + key;
    if (!is || !(was instanceof NDArray)) {
      const [has, lacks] = is ? [`the ${owner}`, file] : [file, `the ${owner}`];
      throw misfit(`${has} has ${name} and ${lacks} has not; ${remedy}`);
    }
    if (is.dtype === was.dtype && sameShape(is.shape, was.shape)) continue;
    throw misfit(
      `${name} has shape ${showShape(was.shape)}, ${was.dtype}, in ${file}, and ` +
        `${showShape(is.shape)}, ${is.dtype}, in the ${owner}; ${remedy}`,
    );
  }
}

function isModel(thing: unknown): thing is ModelLike {
  return typeof (thing as ModelLike)?.params === "object" && (thing as ModelLike).params !== null;
}

function isModule(thing: unknown): thing is ModuleLike {
  const { parameters, buffers } = Object(thing) as Partial<ModuleLike>;
  return typeof parameters === "function" && typeof buffers === "function";
}

function isBox(thing: unknown): thing is ArrayBox {
  return (thing as Partial<ArrayBox>)?.value instanceof NDArray;
}

function isResumable(thing: unknown): thing is Resumable {
  const { getState, setState } = Object(thing) as Partial<Resumable>;
  return typeof getState === "function" && typeof setState === "function";
}

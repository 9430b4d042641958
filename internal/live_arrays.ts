/** Named arrays of a model whose assignment reaches the model. */
import { sameShape, showShape } from "./shapes.ts";

/** What is looked at of an array. */
interface Live {
  readonly data: { set(values: ArrayLike<number>): void };
  readonly shape: readonly number[];
}

/**
 * A record of arrays: to read one gives the array itself, to set one copies the values into it.
 *
 * @param name What the record is called in errors, such as `"model.buffers"`
 */
export function liveArrays<T extends Live>(
  name: string,
  arrays: Record<string, T>,
): Record<string, T> {
  return new Proxy(arrays, {
    set(target, key, value) {
      const live = Object.hasOwn(target, key) ? target[key as string] : undefined;
      const place = `${name}[${JSON.stringify(String(key))}]`;
      if (!live) {
        throw new RangeError(
          `${place}: there is no such array; there are ${Object.keys(target).join(", ") || "none"}`,
        );
      }
      if (!Array.isArray(value?.shape) || value.constructor !== live.constructor) {
        throw new TypeError(`${place} must be an NDArray, got ${typeof value}`);
      }
      if (!sameShape(value.shape, live.shape)) {
        throw new RangeError(
          `${place} must have shape ${showShape(live.shape)}, got ${showShape(value.shape)}`,
        );
      }
      live.data.set(value.data);
      return true;
    },
    deleteProperty(_, key) {
      throw new TypeError(`${name}: ${String(key)} belongs to the model and cannot be deleted`);
    },
    defineProperty(_, key) {
      throw new TypeError(`${name}: ${String(key)} cannot be defined; assign an array to it`);
    },
  });
}

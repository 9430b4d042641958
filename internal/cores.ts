/** How many processor cores this process may use, without ever asking for a permission. */
import { granted } from "./environment.ts";

const permissions = ["read", "write", "net", "env", "run", "ffi", "sys"] as const;

/**
 * The cores that this process may use, at least 1.
 *
 * A runtime's count of processors leaves out those that the process may not run on, and keeps to a
 * container's limit of processor time. Processors that share a core are counted once where the
 * system's files may be read, which takes `--allow-all`.
 */
export function usableCores(): number {
  const processors = globalThis.navigator?.hardwareConcurrency ?? 1;
  // Without all of them, reading a file of the system might ask.
  if (processors === 1 || !permissions.every((name) => granted({ name }))) return processors;
  return Math.min(processors, allowedCores(readText) ?? processors);
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

/**
 * The cores of the processors that this process may run on, from the texts of Linux's files.
 *
 * @param read Reads a file; null if it cannot be read
 * @returns How many, null if the files do not say
 */
export function allowedCores(read: (path: string) => string | null): number | null {
  const allowed = /^Cpus_allowed_list:(.*)$/m.exec(read("/proc/self/status") ?? "")?.[1];
  const cpus = listOf(allowed ?? "");
  if (cpus === null) return null;
  const cores = cpus.map((cpu) => {
    const text = read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
    return listOf(text ?? "")?.[0] ?? cpu;
  });
  return new Set(cores).size;
}

/** The numbers of a list such as `0-3,8,10-11`, rising; null if it is none. */
function listOf(text: string): number[] | null {
  if (!/^\s*\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*\s*$/.test(text)) return null;
  const numbers = text.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  return numbers.length > 0 ? numbers.sort((a, b) => a - b) : null;
}

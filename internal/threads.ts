/** How many threads the environment asks for. */
import { environment } from "./environment.ts";

/** The most that `NNDL_THREADS` may say; a kernel table takes fewer if it has no room for so many. */
const most = 1024;

/**
 * What `NNDL_THREADS` says if it may be read without asking.
 *
 * @returns The number, null if it says none, and what to tell if it says nonsense, else ""
 */
export function threadsOfEnvironment(): { count: number | null; complaint: string } {
  const text = environment("NNDL_THREADS");
  if (text === undefined || text === "") return { count: null, complaint: "" };
  const count = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return { count, complaint: "" };
  const complaint = `NNDL_THREADS must be a whole number from 1 to ${most}, got ${text}; not used`;
  return { count: null, complaint };
}

/** Several faces of a run as one. */
import type { Progress } from "./progress.ts";

/** A face with all its methods, which shows a run on each of some faces in turn. */
export function combineFaces(progress: Progress | readonly Progress[]): Required<Progress> {
  const faces = [progress].flat() as Progress[];
  return {
    start: (event) => faces.forEach((face) => face.start?.(event)),
    step: (event) => faces.forEach((face) => face.step?.(event)),
    check: (event) => faces.forEach((face) => face.check?.(event)),
    note: (event) => faces.forEach((face) => face.note?.(event)),
    end: (event) => faces.forEach((face) => face.end?.(event)),
  };
}

/** The program with the rooms, for a bundler. */
import { type Figures, train as trainWith } from "./program.ts";
import * as rooms from "./rooms.ts";

/** Trains with the bundled rooms. */
export function train(): Promise<Figures> {
  return trainWith(rooms);
}

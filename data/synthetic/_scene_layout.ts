/**
 * What is in a captioned scene: one to three things on a 3×3 grid.
 *
 * @module
 */
import type { Draws } from "./_draws.ts";

/** The colours of things, as captions name them. */
export const sceneColours: readonly SceneThing["colour"][] = [
  "red",
  "green",
  "blue",
  "yellow",
  "orange",
  "purple",
  "pink",
  "cyan",
];

/** The shapes of things. */
export const sceneShapes: readonly SceneThing["shape"][] = [
  "circle",
  "square",
  "triangle",
  "cross",
  "ring",
];

/** The sizes of things. */
export const sceneSizes: readonly SceneThing["size"][] = ["large", "small"];

/** The backgrounds. */
export const sceneBackgrounds: readonly Scene["background"][] = ["light", "dark"];

/**
 * A thing in a scene.
 *
 * @category Data
 */
export interface SceneThing {
  /** Its colour. */
  readonly colour: "red" | "green" | "blue" | "yellow" | "orange" | "purple" | "pink" | "cyan";
  /** Its shape. */
  readonly shape: "circle" | "square" | "triangle" | "cross" | "ring";
  /** Its size. */
  readonly size: "large" | "small";
  /** Its row in the grid, 0 at the top to 2. */
  readonly row: number;
  /** Its column in the grid, 0 at the left to 2. */
  readonly column: number;
}

/**
 * A scene: what its captions may say.
 *
 * @category Data
 */
export interface Scene {
  /** Whether the background is light or dark. */
  readonly background: "light" | "dark";
  /** One to three things, in reading order of their places. */
  readonly things: readonly SceneThing[];
}

/** Scenes with one, two and three things. */
const numbers = [0.15, 0.65, 0.2];
/** How often all things of a scene look alike, so that they are named together. */
const alike = 0.1;

/** Draws a scene. Two things share a row or a column, so that one relation is true of them. */
export function drawScene(draws: Draws): Scene {
  const background = draws.pick(sceneBackgrounds);
  const coin = draws.uniform(0, 1);
  const number = coin < numbers[0] ? 1 : coin < numbers[0] + numbers[1] ? 2 : 3;
  const cells = number === 2 ? pairOfCells(draws) : someCells(number, draws);
  const look = () => ({
    colour: draws.pick(sceneColours),
    shape: draws.pick(sceneShapes),
    size: draws.pick(sceneSizes),
  });
  const common = draws.chance(alike) ? look() : null;
  const things = cells.sort((a, b) => a - b).map((cell) => ({
    ...(common ?? look()),
    row: Math.floor(cell / 3),
    column: cell % 3,
  }));
  return { background, things };
}

/** Where the first of two things lies, seen from the second. */
export function relationOf(
  first: SceneThing,
  second: SceneThing,
): "left" | "right" | "above" | "below" {
  if (first.row === second.row) return first.column < second.column ? "left" : "right";
  return first.row < second.row ? "above" : "below";
}

function pairOfCells(draws: Draws): number[] {
  const first = draws.below(9);
  const line = draws.chance(0.5)
    ? [0, 1, 2].map((column) => first - first % 3 + column)
    : [0, 1, 2].map((row) => first % 3 + 3 * row);
  return [first, draws.pick(line.filter((cell) => cell !== first))];
}

function someCells(number: number, draws: Draws): number[] {
  const free = Array.from({ length: 9 }, (_, cell) => cell);
  return Array.from({ length: number }, () => free.splice(draws.below(free.length), 1)[0]);
}

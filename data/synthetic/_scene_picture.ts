/**
 * Pictures of captioned scenes.
 *
 * @module
 */
import { type Canvas, type Colour, SIDE } from "./_canvas.ts";
import type { Draws } from "./_draws.ts";
import type { Scene, SceneThing } from "./_scene_layout.ts";
import { OBJECTS, type Shape } from "./_shapes.ts";

const colours: Readonly<Record<SceneThing["colour"], Colour>> = {
  red: [215, 40, 40],
  green: [40, 155, 60],
  blue: [45, 75, 215],
  yellow: [235, 215, 45],
  orange: [240, 135, 25],
  purple: [135, 55, 175],
  pink: [245, 150, 190],
  cyan: [60, 200, 210],
};
/** How far a colour may be from its own in each part. */
const colourRange = 12;

const outlines: Readonly<Record<SceneThing["shape"], Shape>> = {
  circle: outline("disc"),
  square: outline("square"),
  triangle: outline("triangle"),
  cross: outline("cross"),
  ring: outline("ring"),
};

/** Pixels. */
const radii = { large: 5.3, small: 3.4 };
/** How far a thing may be from the middle of its cell in either direction, pixels. */
const jitter = 0.9;
const greys = { light: 225, dark: 40 };
const greyRange = 18;

/**
 * Paints a scene.
 *
 * @param draws Where things stand in their cells, shades, and noise
 * @param canvas What it is painted on; what was there is gone
 * @param out Gets its three colour planes
 * @param at Where in `out`
 */
export function paintScene(
  { background, things }: Scene,
  draws: Draws,
  canvas: Canvas,
  out: Uint8ClampedArray,
  at: number,
): void {
  const around = ([r, g, b]: Colour, range: number): Colour => [
    r + draws.uniform(-range, range),
    g + draws.uniform(-range, range),
    b + draws.uniform(-range, range),
  ];
  const grey = greys[background] + draws.uniform(-greyRange, greyRange);
  const wall = around([grey, grey, grey], 6);
  canvas.fill(
    { above: wall, below: wall, horizon: SIDE / 2, softness: SIDE, tilt: 0, clouds: 8 },
    draws,
  );
  for (const { colour, shape, size, row, column } of things) {
    const place = {
      x: middleOf(column) + draws.uniform(-jitter, jitter),
      y: middleOf(row) + draws.uniform(-jitter, jitter),
      radius: radii[size],
      angle: 0,
      stretch: 1,
    };
    const paint = { opacity: 1, shadeX: 0, shadeY: 0 };
    canvas.draw(outlines[shape], place, { ...paint, colour: around(colours[colour], colourRange) });
  }
  canvas.expose({ contrast: 1, brightness: 0, noise: 4 }, draws, out, at);
}

/** The middle of a row or column of the grid, pixels. */
function middleOf(cell: number): number {
  return (SIDE - 1) / 2 + (cell - 1) * SIDE / 3;
}

function outline(name: string): Shape {
  return OBJECTS.find((object) => object.name === name)!.shape;
}

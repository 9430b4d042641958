/**
 * What is in a picture: an object before a backdrop, with clutter behind it and now and then
 * something in front.
 *
 * The numbers below decide how hard the set is. Colours lean towards those of the class, which is
 * all that a linear classifier can use, and lean little enough that it is often wrong. Objects
 * move, turn and change size a little: a fully connected net can learn their outlines from some
 * thousand pictures, though not well. A convolution that looks for corners, arcs and textures is
 * bothered by none of it.
 *
 * @module
 */
import { type Canvas, clamp, colourOf, luminance, SIDE } from "./_canvas.ts";
import type { Draws } from "./_draws.ts";
import { bar, OBJECTS, type Shape } from "./_shapes.ts";

/** The colours around which those of a class vary: hues in degrees, lightness 0 to 1. */
interface Habitat {
  /** Hue of the object. */
  readonly object: number;
  /** Hue of the backdrop's upper part. */
  readonly above: number;
  /** Hue of its lower part. */
  readonly below: number;
  /** Lightness of the upper part. */
  readonly lightAbove: number;
  /** Lightness of the lower part. */
  readonly lightBelow: number;
}

/** In the order of the labels. */
const HABITATS: readonly Habitat[] = [
  { object: 20, above: 210, below: 200, lightAbove: 0.62, lightBelow: 0.42 },
  { object: 340, above: 30, below: 40, lightAbove: 0.42, lightBelow: 0.52 },
  { object: 220, above: 90, below: 110, lightAbove: 0.45, lightBelow: 0.35 },
  { object: 50, above: 200, below: 100, lightAbove: 0.7, lightBelow: 0.4 },
  { object: 60, above: 240, below: 260, lightAbove: 0.25, lightBelow: 0.35 },
  { object: 0, above: 40, below: 60, lightAbove: 0.65, lightBelow: 0.65 },
  { object: 45, above: 230, below: 210, lightAbove: 0.3, lightBelow: 0.3 },
  { object: 120, above: 30, below: 20, lightAbove: 0.5, lightBelow: 0.35 },
  { object: 280, above: 60, below: 120, lightAbove: 0.55, lightBelow: 0.55 },
  { object: 180, above: 330, below: 30, lightAbove: 0.45, lightBelow: 0.6 },
];

/** Deviation of an object's hue, degrees. */
const OBJECT_HUE = 85;
/** Deviation of a backdrop's hue, degrees. */
const BACKDROP_HUE = 70;
/** Deviation of a backdrop's lightness. */
const BACKDROP_LIGHT = 0.22;
/** Deviation of an object's place in either direction, pixels. */
const SHIFT = 2.8;
/** Deviation of an object's angle, radians. */
const TURN = 0.36;
/** Deviation of the logarithm of an object's stretch. */
const STRETCH = 0.08;
/** Largest number of things behind the object. */
const CLUTTER = 4;
/** How often something is in front of the object. */
const OCCLUSION = 0.25;
/** How much brighter or darker than its surroundings an object should be. */
const VISIBLE = 36;
/** How many colours are tried for it. */
const TRIES = 4;

const FULL_TURN = 2 * Math.PI;

/**
 * Makes a picture.
 *
 * @param label What is in it, 0 to 9
 * @param draws Everything random about it
 * @param canvas What it is painted on; what was there is gone
 * @param out Gets its three colour planes
 * @param at Where in `out`
 */
export function makePicture(
  label: number,
  draws: Draws,
  canvas: Canvas,
  out: Uint8ClampedArray,
  at: number,
): void {
  const habitat = HABITATS[label];
  paintBackground(habitat, draws, canvas);
  paintObject(habitat, OBJECTS[label].shape, draws, canvas);
  const exposure = {
    contrast: draws.uniform(0.65, 1.2),
    brightness: draws.around(0, 18),
    noise: draws.uniform(2, 8),
  };
  canvas.expose(exposure, draws, out, at);
}

/** Covers the canvas with a backdrop and some clutter. */
function paintBackground(habitat: Habitat, draws: Draws, canvas: Canvas): void {
  canvas.fill({
    above: backdropColour(habitat.above, habitat.lightAbove, draws),
    below: backdropColour(habitat.below, habitat.lightBelow, draws),
    horizon: draws.uniform(8, 24),
    softness: draws.uniform(2, 16),
    tilt: draws.around(0, 0.15),
    clouds: draws.uniform(0, 45),
  }, draws);

  const things = Math.floor(draws.uniform(0, CLUTTER + 1));
  for (let i = 0; i < things; i++) {
    const x = draws.uniform(0, SIDE);
    const y = draws.uniform(0, SIDE);
    paintBar(x, y, draws.uniform(0, FULL_TURN), draws, canvas);
  }
}

/** Puts the object on the canvas, and at times a bar across its rim. */
function paintObject(habitat: Habitat, shape: Shape, draws: Draws, canvas: Canvas): void {
  const place = {
    x: (SIDE - 1) / 2 + draws.around(0, SHIFT),
    y: (SIDE - 1) / 2 + draws.around(0, SHIFT),
    radius: draws.uniform(8, 12),
    angle: draws.around(0, TURN),
    stretch: Math.exp(draws.around(0, STRETCH)),
  };
  const colour = objectColour(habitat.object, canvas.brightness(SIDE / 2, SIDE / 2), draws);
  const shadeX = draws.uniform(-0.25, 0.25);
  const shadeY = draws.uniform(-0.25, 0.25);
  canvas.draw(shape, place, { colour, opacity: 1, shadeX, shadeY });

  if (draws.chance(OCCLUSION)) {
    const side = draws.uniform(0, FULL_TURN);
    const x = place.x + 0.9 * place.radius * Math.cos(side);
    const y = place.y + 0.9 * place.radius * Math.sin(side);
    paintBar(x, y, draws.around(side + FULL_TURN / 4, 0.3), draws, canvas);
  }
}

function backdropColour(hue: number, lightness: number, draws: Draws) {
  return colourOf(
    draws.around(hue, BACKDROP_HUE),
    draws.uniform(0.05, 0.6),
    clamp(draws.around(lightness, BACKDROP_LIGHT), 0.08, 0.92),
  );
}

/** A colour for the object, the first of a few that stands out from the brightness behind it. */
function objectColour(hue: number, behind: number, draws: Draws) {
  for (let tries = 1;; tries++) {
    const colour = colourOf(
      draws.around(hue, OBJECT_HUE),
      draws.uniform(0.2, 0.9),
      draws.uniform(0.12, 0.88),
    );
    if (tries === TRIES || Math.abs(luminance(colour) - behind) > VISIBLE) return colour;
  }
}

/** Paints a bar of any colour and size. */
function paintBar(x: number, y: number, angle: number, draws: Draws, canvas: Canvas): void {
  const place = { x, y, radius: draws.uniform(3, 8), angle, stretch: draws.uniform(0.7, 1.8) };
  const colour = colourOf(draws.uniform(0, 360), draws.uniform(0, 0.8), draws.uniform(0.1, 0.9));
  canvas.draw(bar, place, { colour, opacity: draws.uniform(0.6, 1), shadeX: 0, shadeY: 0 });
}

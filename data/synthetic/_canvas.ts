/**
 * A 32×32 colour image to paint on: backdrops, shapes, and the exposure that turns it into pixels.
 *
 * @module
 */
import type { Draws } from "./_draws.ts";
import { REACH, type Shape } from "./_shapes.ts";

/** Width and height, pixels. */
export const SIDE = 32;
/** Pixels of an image, of one colour each. */
const AREA = SIDE * SIDE;
/** Numbers in an image. */
export const IMAGE_SIZE = 3 * AREA;
/** The light that contrast leaves as it is. */
const MIDDLE = 120;
/** Distance of the points that clouds are drawn through, pixels. */
const CELL = 8;
/** Those points, a row: one more than fit, since the grid is shifted at random. */
const POINTS = SIDE / CELL + 2;

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Where a shape goes. */
export interface Placement {
  /** Column of its centre, pixels. */
  readonly x: number;
  /** Row of its centre, pixels. */
  readonly y: number;
  /** What the unit of the shape becomes, pixels. */
  readonly radius: number;
  /** How far it is turned, radians. */
  readonly angle: number;
  /** Factor of its length, and divisor of its height. */
  readonly stretch: number;
}

/** What a shape is painted with. */
export interface Paint {
  /** Its colour. */
  readonly colour: Colour;
  /** 1 covers what is below, 0 nothing. */
  readonly opacity: number;
  /** How much lighter the shape gets from its centre to its right end, as a fraction. */
  readonly shadeX: number;
  /** How much lighter it gets to its lower end. */
  readonly shadeY: number;
}

/** What is behind everything: two colours, one above the other, under clouds. */
export interface Backdrop {
  /** Colour at the top. */
  readonly above: Colour;
  /** Colour at the bottom. */
  readonly below: Colour;
  /** Row where one turns into the other. */
  readonly horizon: number;
  /** Rows that it takes. */
  readonly softness: number;
  /** Rows that the horizon sinks, a column. */
  readonly tilt: number;
  /** Largest difference that clouds make. */
  readonly clouds: number;
}

/** How the camera sees the finished scene. */
export interface Exposure {
  /** Contrast, 1 for none added. */
  readonly contrast: number;
  /** Added light. */
  readonly brightness: number;
  /** Standard deviation of the noise. */
  readonly noise: number;
}

/** A picture in the making, to be reused for the next one. */
export class Canvas {
  readonly #light = new Float32Array(IMAGE_SIZE);
  readonly #clouds = new Float32Array(POINTS * POINTS);
  /** Where a row of pixels cuts through the clouds. */
  readonly #ridge = new Float32Array(POINTS);

  /** Paints all of the picture. */
  fill({ above, below, horizon, softness, tilt, clouds }: Backdrop, draws: Draws): void {
    const light = this.#light;
    const points = this.#clouds;
    for (let i = 0; i < points.length; i++) points[i] = draws.uniform(-clouds, clouds);
    const shiftX = draws.uniform(0, 1);
    const shiftY = draws.uniform(0, 1);
    const ridge = this.#ridge;
    for (let y = 0, at = 0; y < SIDE; y++) {
      const gridY = y / CELL + shiftY;
      const row = Math.floor(gridY);
      for (let i = 0; i < POINTS; i++) {
        const point = row * POINTS + i;
        ridge[i] = points[point] + (gridY - row) * (points[point + POINTS] - points[point]);
      }
      for (let x = 0; x < SIDE; x++, at++) {
        const gridX = x / CELL + shiftX;
        const column = Math.floor(gridX);
        const cloud = ridge[column] + (gridX - column) * (ridge[column + 1] - ridge[column]);
        const line = horizon + tilt * (x - SIDE / 2);
        const t = clamp((y - line) / softness + 0.5, 0, 1);
        light[at] = above[0] + t * (below[0] - above[0]) + cloud;
        light[at + AREA] = above[1] + t * (below[1] - above[1]) + cloud;
        light[at + 2 * AREA] = above[2] + t * (below[2] - above[2]) + cloud;
      }
    }
  }

  /** Paints a shape over what is there, smooth at its outline. */
  draw(shape: Shape, { x, y, radius, angle, stretch }: Placement, paint: Paint): void {
    const light = this.#light;
    const { colour: [red, green, blue], opacity } = paint;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const scaleX = 1 / (radius * stretch);
    const scaleY = stretch / radius;
    const shadeX = paint.shadeX / radius;
    const shadeY = paint.shadeY / radius;
    // The box about the ellipse that the disc around the shape has become, and a smooth rim.
    const reach = REACH * radius;
    const reachX = reach * Math.hypot(cos * stretch, sin / stretch) + 1;
    const reachY = reach * Math.hypot(sin * stretch, cos / stretch) + 1;
    const top = Math.max(0, Math.ceil(y - reachY));
    const bottom = Math.min(SIDE - 1, Math.floor(y + reachY));
    const left = Math.max(0, Math.ceil(x - reachX));
    const right = Math.min(SIDE - 1, Math.floor(x + reachX));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const dx = column - x;
        const dy = row - y;
        const u = (dx * cos + dy * sin) * scaleX;
        const v = (dy * cos - dx * sin) * scaleY;
        const inside = 0.5 - radius * shape(u, v);
        if (inside <= 0) continue;
        const cover = inside < 1 ? inside * opacity : opacity;
        const shade = 1 + shadeX * dx + shadeY * dy;
        const at = row * SIDE + column;
        light[at] += cover * (red * shade - light[at]);
        light[at + AREA] += cover * (green * shade - light[at + AREA]);
        light[at + 2 * AREA] += cover * (blue * shade - light[at + 2 * AREA]);
      }
    }
  }

  /** The brightness at a pixel, as the eye weighs colours. */
  brightness(column: number, row: number): number {
    const at = row * SIDE + column;
    const light = this.#light;
    return luminance([light[at], light[at + AREA], light[at + 2 * AREA]]);
  }

  /**
   * Takes the picture: adds contrast, brightness and noise.
   *
   * @param out Gets the three colour planes; it rounds and clamps
   * @param at Where in `out`
   */
  expose(
    { contrast, brightness, noise }: Exposure,
    draws: Draws,
    out: Uint8ClampedArray,
    at: number,
  ): void {
    const light = this.#light;
    // A random word holds three numbers of 0 to 1023, one a colour, of deviation 1024/√12.
    const grain = noise * Math.sqrt(12) / 1024;
    const offset = MIDDLE + brightness - contrast * MIDDLE - 511.5 * grain;
    for (let i = 0; i < AREA; i++) {
      const word = draws.word();
      out[at + i] = offset + contrast * light[i] + grain * (word & 1023);
      out[at + i + AREA] = offset + contrast * light[i + AREA] + grain * (word >>> 10 & 1023);
      out[at + i + 2 * AREA] = offset + contrast * light[i + 2 * AREA] +
        grain * (word >>> 20 & 1023);
    }
  }
}

/**
 * Makes a colour.
 *
 * @param hue Degrees on the colour wheel, 0 is red; any number
 * @param saturation 0 (grey) to 1
 * @param lightness 0 (black) to 1 (white)
 */
export function colourOf(hue: number, saturation: number, lightness: number): Colour {
  const strength = saturation * Math.min(lightness, 1 - lightness);
  const channel = (shift: number) => {
    const turn = (shift + hue / 30) % 12;
    const k = turn < 0 ? turn + 12 : turn;
    return 255 * (lightness - strength * clamp(Math.min(k - 3, 9 - k), -1, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The brightness of a colour, as the eye weighs it. */
export function luminance([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** `value`, or the end of the range that it is beyond. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

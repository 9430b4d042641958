/**
 * Pictures of written digits: strokes bent, slanted, moved and drawn with a pen.
 *
 * The numbers below decide how hard the set is. Slant, place and bends are what a linear classifier
 * cannot undo and a convolutional net can.
 *
 * @module
 */
import { clamp } from "./_canvas.ts";
import { digitWays, type Line } from "./_digit_strokes.ts";
import type { Draws } from "./_draws.ts";

/** Width and height, pixels. */
export const DIGIT_SIDE = 28;
/** Pixels of an image. */
export const DIGIT_SIZE = DIGIT_SIDE * DIGIT_SIDE;

/** Pixels. */
const height = { low: 15, high: 20 };
/** Width over height. */
const breadth = { low: 0.5, high: 0.95 };
/** Deviation of how far the top leans to the right, as a part of the height. */
const slant = 0.2;
/** Deviation of the angle, radians. */
const turn = 0.08;
/** Deviation of the place in either direction, pixels. */
const shift = 1.3;
/** Half the width of the pen, pixels. */
const pen = { low: 0.7, high: 1.7 };
/** Deviation of how far the points of a 3×3 grid are moved, as a part of the digit. */
const bend = 0.042;
/** Brightness of the ink. */
const ink = { low: 190, high: 255 };

/** A pen and a sheet, to be used for one digit after the other. */
export class DigitPainter {
  readonly #ways = digitWays();
  readonly #ink = new Float64Array(DIGIT_SIZE);
  /** How far the points of the grid are moved, x and y. */
  readonly #bends = new Float64Array(18);

  /**
   * Paints a digit, white on black.
   *
   * @param digit 0 to 9
   * @param draws Everything random about it
   * @param out Gets the pixels
   * @param at Where in `out`
   */
  paint(digit: number, draws: Draws, out: Uint8ClampedArray, at: number): void {
    const strokes = draws.pick(this.#ways[digit]);
    for (let i = 0; i < this.#bends.length; i++) this.#bends[i] = draws.around(0, bend);
    const h = draws.uniform(height.low, height.high);
    const w = h * draws.uniform(breadth.low, breadth.high);
    const lean = draws.around(0, slant) * h;
    const angle = draws.around(0, turn);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const x0 = (DIGIT_SIDE - 1) / 2 + draws.around(0, shift);
    const y0 = (DIGIT_SIDE - 1) / 2 + draws.around(0, shift);
    const radius = draws.uniform(pen.low, pen.high);
    const brightness = draws.uniform(ink.low, ink.high);
    this.#ink.fill(0);
    for (const stroke of strokes) {
      const line = this.#bent(stroke);
      for (let i = 0; i < line.length; i += 2) {
        const x = (line[i] - 0.5) * w - (line[i + 1] - 0.5) * lean;
        const y = (line[i + 1] - 0.5) * h;
        line[i] = x0 + cos * x - sin * y;
        line[i + 1] = y0 + sin * x + cos * y;
      }
      for (let i = 0; i + 2 < line.length; i += 2) {
        this.#draw(line[i], line[i + 1], line[i + 2], line[i + 3], radius);
      }
    }
    for (let i = 0; i < DIGIT_SIZE; i++) out[at + i] = brightness * this.#ink[i];
  }

  /** The line, moved by what the grid around each point is moved by. */
  #bent(line: Line): Line {
    const bends = this.#bends;
    return line.map((value, i) => {
      const axis = i & 1;
      const x = clamp(2 * line[i - axis], 0, 2);
      const y = clamp(2 * line[i - axis + 1], 0, 2);
      const [column, row] = [Math.min(1, Math.floor(x)), Math.min(1, Math.floor(y))];
      const [dx, dy] = [x - column, y - row];
      const point = 2 * (3 * row + column) + axis;
      const above = bends[point] + dx * (bends[point + 2] - bends[point]);
      const below = bends[point + 6] + dx * (bends[point + 8] - bends[point + 6]);
      return value + above + dy * (below - above);
    });
  }

  /** Draws a straight piece with a round pen, its edge one pixel soft. */
  #draw(ax: number, ay: number, bx: number, by: number, radius: number): void {
    const reach = radius + 0.5;
    const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach));
    const bottom = Math.min(DIGIT_SIDE - 1, Math.floor(Math.max(ay, by) + reach));
    const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach));
    const right = Math.min(DIGIT_SIDE - 1, Math.floor(Math.max(ax, bx) + reach));
    const [ux, uy] = [bx - ax, by - ay];
    const square = ux * ux + uy * uy;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = square === 0 ? 0 : clamp(((x - ax) * ux + (y - ay) * uy) / square, 0, 1);
        const [dx, dy] = [x - ax - along * ux, y - ay - along * uy];
        const cover = Math.min(1, reach - Math.sqrt(dx * dx + dy * dy));
        const pixel = y * DIGIT_SIDE + x;
        if (cover > this.#ink[pixel]) this.#ink[pixel] = cover;
      }
    }
  }
}

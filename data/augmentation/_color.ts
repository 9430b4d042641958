/**
 * Changes of colour, in place, of images of three planes from 0 to 1, as torchvision's functions of
 * these names on tensors.
 *
 * @module
 */
import type { Pixels } from "./_images.ts";

/** Multiplies all light. */
export function adjustBrightness(pixels: Pixels, area: number, factor: number): void {
  for (let i = 0; i < 3 * area; i++) pixels[i] = unit(factor * pixels[i]);
}

/** Moves every pixel away from the mean grey level of the image, or towards it. */
export function adjustContrast(pixels: Pixels, area: number, factor: number): void {
  let mean = 0;
  for (let i = 0; i < area; i++) mean += greyAt(pixels, area, i);
  const shift = (1 - factor) * mean / area;
  for (let i = 0; i < 3 * area; i++) pixels[i] = unit(factor * pixels[i] + shift);
}

/** Moves every pixel away from its own grey level, or towards it. */
export function adjustSaturation(pixels: Pixels, area: number, factor: number): void {
  for (let i = 0; i < area; i++) {
    const shift = (1 - factor) * greyAt(pixels, area, i);
    for (let j = i; j < 3 * area; j += area) pixels[j] = unit(factor * pixels[j] + shift);
  }
}

/** Turns every colour on the colour wheel by a part of the whole turn. */
export function adjustHue(pixels: Pixels, area: number, turn: number): void {
  for (let i = 0; i < area; i++) {
    const r = pixels[i];
    const g = pixels[i + area];
    const b = pixels[i + 2 * area];
    const value = Math.max(r, g, b);
    const range = value - Math.min(r, g, b);
    // Greys have no hue, and stay.
    if (range === 0) continue;
    const sixth = r === value
      ? (g - b) / range
      : g === value
      ? 2 + (b - r) / range
      : 4 + (r - g) / range;
    const hue = sixth / 6 + turn;
    const place = 6 * (hue - Math.floor(hue));
    pixels[i] = channelOf(place + 5, value, range);
    pixels[i + area] = channelOf(place + 3, value, range);
    pixels[i + 2 * area] = channelOf(place + 1, value, range);
  }
}

/** Puts the grey level of every pixel in place of its colour. */
export function toGrey(pixels: Pixels, area: number): void {
  for (let i = 0; i < area; i++) {
    const grey = greyAt(pixels, area, i);
    pixels[i] = pixels[i + area] = pixels[i + 2 * area] = grey;
  }
}

/** `k`, from 0 to 11, counts sixths of a turn from where the channel begins to fade. */
function channelOf(k: number, value: number, range: number): number {
  const place = k < 6 ? k : k - 6;
  return value - range * Math.max(0, Math.min(place, 4 - place, 1));
}

function greyAt(pixels: Pixels, area: number, i: number): number {
  return 0.2989 * pixels[i] + 0.587 * pixels[i + area] + 0.114 * pixels[i + 2 * area];
}

function unit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

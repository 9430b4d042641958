/**
 * The ten objects, as signed distances: how far a point lies outside the outline, negative inside.
 *
 * Objects are about as large as the disc of radius 1 about the origin; y points down, as in an
 * image. Distances are about right near the outline, where they are needed to draw it smoothly.
 *
 * @module
 */

/** The signed distance of the point (x, y) from an outline. */
export type Shape = (x: number, y: number) => number;

/** Radius of the disc about the origin that every shape fits into. */
export const REACH = 1.28;

/** The objects in the order of their labels. */
export const OBJECTS: readonly { readonly name: string; readonly shape: Shape }[] = [
  { name: "disc", shape: disc },
  { name: "ring", shape: ring },
  { name: "square", shape: square },
  { name: "triangle", shape: triangle },
  { name: "star", shape: star },
  { name: "cross", shape: cross },
  { name: "crescent", shape: crescent },
  { name: "stripes", shape: stripes },
  { name: "checks", shape: checks },
  { name: "dots", shape: dots },
];

/** A rounded bar: no class, but what clutter and occluders are made of. */
export function bar(x: number, y: number): number {
  return length(Math.max(Math.abs(x) - 0.65, 0), y) - 0.35;
}

function disc(x: number, y: number): number {
  return length(x, y) - 0.95;
}

function ring(x: number, y: number): number {
  return Math.abs(length(x, y) - 0.75) - 0.22;
}

function square(x: number, y: number): number {
  return box(x, y, 0.8, 0.8);
}

function triangle(x: number, y: number): number {
  return Math.max(Math.abs(x) * Math.sqrt(0.75) - y * 0.5, y) - 0.52;
}

function cross(x: number, y: number): number {
  return Math.min(box(x, y, 0.3, 1), box(x, y, 1, 0.3));
}

function crescent(x: number, y: number): number {
  return Math.max(length(x, y) - 1, 0.8 - length(x - 0.5, y));
}

function stripes(x: number, y: number): number {
  return Math.max(length(x, y) - 1, bands(x, 0.6));
}

function checks(x: number, y: number): number {
  const columns = bands(x - 0.225, 0.9);
  const rows = bands(y - 0.225, 0.9);
  const oneOfBoth = Math.max(Math.min(columns, rows), -Math.max(columns, rows));
  return Math.max(box(x, y, 0.9, 0.9), oneOfBoth);
}

function dots(x: number, y: number): number {
  const nearest = length(toMultiple(x, 0.62), toMultiple(y, 0.62)) - 0.2;
  return Math.max(length(x, y) - 1.1, nearest);
}

/** Radius of a star's tips. */
const TIP = 1.1;
/** Radius of the notches between them. */
const NOTCH = 0.45;
/** Half the angle between two rays. */
const SIN = Math.sin(Math.PI / 5);
const COS = Math.cos(Math.PI / 5);
/** The edge from a tip at (0, TIP) to the notch beside it. */
const EDGE_X = NOTCH * SIN;
const EDGE_Y = NOTCH * COS - TIP;
const EDGE_LENGTH = length(EDGE_X, EDGE_Y);

function star(x: number, y: number): number {
  // Every ray is mirrored onto the right half of the one that points up: the others lie one or
  // two times beyond the line half-way to the next ray.
  let right = Math.abs(x);
  let up = -y;
  for (let ray = 1; ray <= 2; ray++) {
    const beyond = right * COS - up * SIN;
    if (beyond <= 0) break;
    right = Math.abs(right - 2 * beyond * COS);
    up += 2 * beyond * SIN;
  }
  return ((up - TIP) * EDGE_X - right * EDGE_Y) / EDGE_LENGTH;
}

// Math.hypot guards against overflow, at many times the cost.
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function box(x: number, y: number, halfWidth: number, halfHeight: number): number {
  return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
}

/** How far `t` is above the nearest multiple of `period`. */
function toMultiple(t: number, period: number): number {
  return t - period * Math.round(t / period);
}

/** Bands that repeat, as wide as the gaps between them, one of them centred on 0. */
function bands(t: number, period: number): number {
  return Math.abs(toMultiple(t, period)) - period / 4;
}

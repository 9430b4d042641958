/**
 * How digits are written: each in one or more ways, a way being a few strokes.
 *
 * A stroke runs smoothly through its points (a Catmull-Rom spline); a digit fills the unit square, y
 * points down. Strokes meet in corners.
 *
 * @module
 */

/** A point in the unit square. */
type Point = readonly [x: number, y: number];

/** A line of short straight pieces: x and y of one point after the other. */
export type Line = Float64Array;

const circleTop: Point = [0.5, 0];

/** The ways to write each digit, as strokes through points. */
const written: readonly (readonly (readonly Point[])[])[][] = [
  [ // 0
    [[circleTop, [0.12, 0.3], [0.12, 0.7], [0.5, 1], [0.88, 0.7], [0.88, 0.3], circleTop]],
    [[[0.62, 0.02], [0.2, 0.2], [0.1, 0.75], [0.45, 1], [0.85, 0.75], [0.88, 0.25], [0.5, 0.05]]],
  ],
  [ // 1
    [[[0.5, 0], [0.5, 1]]],
    [[[0.5, 0], [0.5, 1]], [[0.5, 0], [0.28, 0.22]]],
    [[[0.5, 0], [0.5, 1]], [[0.5, 0], [0.28, 0.22]], [[0.25, 1], [0.75, 1]]],
  ],
  [ // 2
    [
      [[0.1, 0.25], [0.35, 0.01], [0.8, 0.12], [0.78, 0.42], [0.45, 0.72], [0.08, 1]],
      [[0.08, 1], [0.92, 0.98]],
    ],
    [[
      [0.12, 0.2],
      [0.45, 0],
      [0.82, 0.22],
      [0.6, 0.6],
      [0.2, 0.95],
      [0.1, 0.8],
      [0.35, 0.82],
      [0.6, 0.97],
      [0.92, 0.88],
    ]],
  ],
  [ // 3
    [
      [[0.12, 0.14], [0.45, 0], [0.82, 0.17], [0.72, 0.4], [0.38, 0.48]],
      [[0.38, 0.48], [0.8, 0.57], [0.86, 0.82], [0.5, 1], [0.1, 0.87]],
    ],
    [
      [[0.12, 0.03], [0.82, 0.03]],
      [[0.82, 0.03], [0.42, 0.42]],
      [[0.42, 0.42], [0.85, 0.58], [0.8, 0.88], [0.45, 1], [0.1, 0.88]],
    ],
  ],
  [ // 4
    [[[0.25, 0], [0.1, 0.55]], [[0.1, 0.55], [0.92, 0.52]], [[0.72, 0.12], [0.66, 1]]],
    [[[0.68, 0], [0.06, 0.66]], [[0.06, 0.66], [0.94, 0.66]], [[0.68, 0], [0.66, 1]]],
  ],
  [ // 5
    [
      [[0.86, 0.02], [0.25, 0.03]],
      [[0.25, 0.03], [0.18, 0.45]],
      [[0.18, 0.45], [0.55, 0.37], [0.87, 0.6], [0.7, 0.93], [0.35, 1], [0.1, 0.9]],
    ],
    [[
      [0.85, 0.03],
      [0.4, 0.06],
      [0.22, 0.25],
      [0.35, 0.42],
      [0.75, 0.52],
      [0.82, 0.8],
      [0.5, 1],
      [0.12, 0.93],
    ]],
  ],
  [ // 6
    [[
      [0.75, 0.02],
      [0.35, 0.25],
      [0.12, 0.65],
      [0.3, 0.96],
      [0.7, 0.97],
      [0.86, 0.72],
      [0.6, 0.53],
      [0.17, 0.7],
    ]],
    [[
      [0.45, 0],
      [0.2, 0.35],
      [0.12, 0.8],
      [0.45, 1],
      [0.8, 0.82],
      [0.6, 0.58],
      [0.2, 0.78],
    ]],
  ],
  [ // 7
    [[[0.08, 0.06], [0.9, 0.04]], [[0.9, 0.04], [0.55, 0.5], [0.42, 1]]],
    [[[0.08, 0.06], [0.9, 0.04]], [[0.9, 0.04], [0.4, 1]], [[0.32, 0.52], [0.85, 0.5]]],
  ],
  [ // 8
    [[
      [0.5, 0.47],
      [0.17, 0.24],
      [0.5, 0],
      [0.83, 0.22],
      [0.5, 0.47],
      [0.1, 0.76],
      [0.5, 1],
      [0.9, 0.76],
      [0.5, 0.47],
    ]],
    [[
      [0.8, 0.12],
      [0.45, 0],
      [0.2, 0.2],
      [0.5, 0.45],
      [0.82, 0.72],
      [0.5, 1],
      [0.2, 0.78],
      [0.5, 0.48],
      [0.82, 0.15],
    ]],
  ],
  [ // 9
    [
      [[0.84, 0.26], [0.55, 0.5], [0.15, 0.34], [0.35, 0.03], [0.72, 0.04], [0.84, 0.26]],
      [[0.84, 0.2], [0.8, 0.6], [0.62, 1]],
    ],
    [[
      [0.84, 0.15],
      [0.45, 0],
      [0.15, 0.28],
      [0.45, 0.5],
      [0.82, 0.2],
      [0.86, 0.6],
      [0.6, 0.98],
      [0.22, 0.92],
    ]],
  ],
];

/** Straight pieces between two points of a stroke. */
const pieces = 6;

/** Works out the ways to write each digit, as lines. */
export function digitWays(): readonly (readonly (readonly Line[])[])[] {
  return written.map((ways) => ways.map((strokes) => strokes.map(smooth)));
}

/** Points of a Catmull-Rom spline through the given ones; two are joined by a straight line. */
function smooth(points: readonly Point[]): Line {
  const out: number[] = [];
  const at = (i: number) => points[Math.min(points.length - 1, Math.max(0, i))];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 0; step < pieces; step++) {
      const t = step / pieces;
      for (const axis of [0, 1]) out.push(spline(p0[axis], p1[axis], p2[axis], p3[axis], t));
    }
  }
  out.push(...points[points.length - 1]);
  return Float64Array.from(out);
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b +
    0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

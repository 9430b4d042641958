/**
 * Packing: lanes (rows of A, columns of B) side by side, step after step of the inner dimension,
 * in the order in which the tiles read them. This makes the product blind to transposes.
 *
 * Missing lanes are packed as zeros.
 */

/** Packs rows in panels of 4. Steps between elements are in bytes; one of them is 4. */
export function packRows(
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  to: usize,
): void {
  packRowsPart(from, laneStep, depthStep, lanes, depth, to, depth * 16);
}

/** Packs some steps of panels that have `size` bytes each. */
export function packRowsPart(
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  to: usize,
  size: i32,
): void {
  for (let lane = 0; lane < lanes; lane += 4) {
    packPanel(from, laneStep, depthStep, lanes - lane, depth, to, 16);
    from += 4 * laneStep;
    to += size;
  }
}

/** Packs columns in panels of 8, the last one of 4 if no more are left. */
export function packColumns(
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  to: usize,
): void {
  const size = depth * 32;
  for (let lane = 0; lane < lanes; lane += 8) {
    const left = lanes - lane;
    if (left >= 8 && laneStep == 4) {
      packWide(from, depthStep, depth, to);
    } else if (left > 4) {
      packPanel(from, laneStep, depthStep, 4, depth, to, 32);
      packPanel(from + 4 * laneStep, laneStep, depthStep, left - 4, depth, to + 16, 32);
    } else {
      packPanel(from, laneStep, depthStep, left, depth, to, 16);
    }
    from += 8 * laneStep;
    to += size;
  }
}

/** Packs up to 4 lanes; from step to step of the panel are `toStep` bytes. */
function packPanel(
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: i32,
  depth: i32,
  to: usize,
  toStep: usize,
): void {
  let p = 0;
  if (lanes >= 4) {
    if (laneStep == 4) {
      for (; p < depth; p++) {
        v128.store(to, v128.load(from));
        from += depthStep;
        to += toStep;
      }
    } else if (depthStep == 4) {
      for (; p + 4 <= depth; p += 4) {
        transpose4(from, laneStep, to, toStep);
        from += 16;
        to += 4 * toStep;
      }
    }
  }
  for (; p < depth; p++) {
    packStep(from, laneStep, lanes, to);
    from += depthStep;
    to += toStep;
  }
}

/** Packs 8 columns whose elements are neighbours. */
function packWide(from: usize, depthStep: usize, depth: i32, to: usize): void {
  for (let p = 0; p < depth; p++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += depthStep;
    to += 32;
  }
}

/** One step of a panel with lanes missing or far apart. */
function packStep(from: usize, laneStep: usize, lanes: i32, to: usize): void {
  v128.store(to, f32x4.splat(0));
  store<f32>(to, load<f32>(from));
  if (lanes > 1) store<f32>(to, load<f32>(from + laneStep), 4);
  if (lanes > 2) store<f32>(to, load<f32>(from + 2 * laneStep), 8);
  if (lanes > 3) store<f32>(to, load<f32>(from + 3 * laneStep), 12);
}

/** Writes four lanes of four steps each as four steps of four lanes. */
function transpose4(from: usize, laneStep: usize, to: usize, toStep: usize): void {
  const lane1 = from + laneStep;
  const lane2 = lane1 + laneStep;
  transposeLanes(from, lane1, lane2, lane2 + laneStep, to, toStep);
}

/** The same with lanes anywhere. */
export function transposeLanes(
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  to: usize,
  toStep: usize,
): void {
  const lane0 = v128.load(from0);
  const lane1 = v128.load(from1);
  const lane2 = v128.load(from2);
  const lane3 = v128.load(from3);
  const low01 = v128.shuffle<f32>(lane0, lane1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(lane2, lane3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(lane0, lane1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(lane2, lane3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStep, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * toStep, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * toStep, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

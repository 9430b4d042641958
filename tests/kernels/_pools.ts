/** Geometries of pooling layers. */
import type { PoolGeometry } from "../../kernels/types.ts";
import type { Draw } from "./_draw.ts";

function pool(
  sizes: Omit<PoolGeometry, "outH" | "outW">,
): PoolGeometry {
  const outH = 1 + Math.floor((sizes.h - sizes.kh) / sizes.strideH);
  const outW = 1 + Math.floor((sizes.w - sizes.kw) / sizes.strideW);
  return { ...sizes, outH, outW };
}

/** Geometries of pooling layers. */
export function poolGeometries(draw: Draw): PoolGeometry[] {
  const all = [
    pool({ n: 0, c: 2, h: 4, w: 4, kh: 2, kw: 2, strideH: 2, strideW: 2 }),
    pool({ n: 2, c: 0, h: 4, w: 4, kh: 2, kw: 2, strideH: 2, strideW: 2 }),
    pool({ n: 1, c: 1, h: 1, w: 1, kh: 1, kw: 1, strideH: 1, strideW: 1 }),
    pool({ n: 2, c: 3, h: 32, w: 32, kh: 2, kw: 2, strideH: 2, strideW: 2 }),
    pool({ n: 2, c: 3, h: 9, w: 33, kh: 2, kw: 2, strideH: 2, strideW: 2 }),
    pool({ n: 2, c: 3, h: 5, w: 7, kh: 5, kw: 7, strideH: 1, strideW: 1 }),
  ];
  for (let i = 0; i < 40; i++) {
    const [kh, kw] = [1 + draw.below(4), 1 + draw.below(4)];
    all.push(pool({
      n: 1 + draw.below(3),
      c: 1 + draw.below(5),
      h: kh + draw.below(9),
      w: kw + draw.below(20),
      kh,
      kw,
      strideH: 1 + draw.below(4),
      strideW: 1 + draw.below(4),
    }));
  }
  return all;
}

/** The sizes of x and the output. */
export function poolSizes(g: PoolGeometry) {
  return { x: g.n * g.c * g.h * g.w, out: g.n * g.c * g.outH * g.outW };
}

/** What is special about a geometry. */
export function poolLabel(g: PoolGeometry): string {
  return `x ${g.n}×${g.c}×${g.h}×${g.w}, window ${g.kh}×${g.kw}, stride ${g.strideH} ${g.strideW}`;
}

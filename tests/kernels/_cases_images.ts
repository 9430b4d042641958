/** Cases of convolution and pooling. */
import type { ConvGeometry } from "../../kernels/types.ts";
import { poolGeometries, poolLabel, poolSizes } from "./_pools.ts";
import { absolute, type Case, type Draw, sumError } from "./_draw.ts";
import { definition } from "../../kernels/definition/mod.ts";

/** Sizes of a convolution; what is left out is 1, or 0 for the padding. */
type ConvSizes =
  & Pick<ConvGeometry, "n" | "c" | "h" | "w" | "f" | "kh" | "kw">
  & Partial<ConvGeometry>;

function conv(sizes: ConvSizes): ConvGeometry {
  const g = {
    strideH: 1,
    strideW: 1,
    padH: 0,
    padW: 0,
    dilationH: 1,
    dilationW: 1,
    groups: 1,
    ...sizes,
  };
  const outH = 1 + Math.floor((g.h + 2 * g.padH - g.dilationH * (g.kh - 1) - 1) / g.strideH);
  const outW = 1 + Math.floor((g.w + 2 * g.padW - g.dilationW * (g.kw - 1) - 1) / g.strideW);
  return { ...g, outH, outW };
}

function convGeometries(draw: Draw): ConvGeometry[] {
  const all = [
    conv({ n: 0, c: 3, h: 4, w: 4, f: 2, kh: 3, kw: 3 }),
    conv({ n: 2, c: 3, h: 4, w: 4, f: 0, kh: 3, kw: 3 }),
    conv({ n: 2, c: 0, h: 4, w: 4, f: 2, kh: 3, kw: 3 }),
    conv({ n: 1, c: 1, h: 1, w: 1, f: 1, kh: 1, kw: 1 }),
    conv({ n: 3, c: 5, h: 6, w: 7, f: 4, kh: 1, kw: 1 }),
    conv({ n: 2, c: 3, h: 4, w: 5, f: 2, kh: 4, kw: 5 }),
    conv({ n: 2, c: 3, h: 32, w: 32, f: 32, kh: 7, kw: 7, padH: 3, padW: 3 }),
    conv({ n: 2, c: 3, h: 8, w: 8, f: 8, kh: 3, kw: 3, padH: 1, padW: 1 }),
    // The first and last columns of taps see only padding.
    conv({ n: 1, c: 2, h: 3, w: 2, f: 3, kh: 3, kw: 5, padH: 3, padW: 4 }),
    conv({ n: 1, c: 1, h: 2, w: 2, f: 1, kh: 2, kw: 2, padH: 3, padW: 3, strideH: 4, strideW: 4 }),
    // Depthwise, and groups that are not.
    conv({ n: 2, c: 6, h: 9, w: 5, f: 6, kh: 3, kw: 3, padH: 1, padW: 1, groups: 6 }),
    conv({ n: 2, c: 4, h: 7, w: 6, f: 8, kh: 3, kw: 2, groups: 4 }),
    conv({ n: 3, c: 6, h: 8, w: 9, f: 4, kh: 3, kw: 3, padW: 2, groups: 2, strideW: 2 }),
    // More patches than fit in one tile.
    conv({ n: 2, c: 32, h: 15, w: 17, f: 36, kh: 3, kw: 3, padH: 1, padW: 1 }),
    conv({ n: 1, c: 8, h: 70, w: 66, f: 2, kh: 3, kw: 3, padH: 1, padW: 1 }),
    // Those of a DCGAN, smaller: halving and doubling, and no border.
    conv({
      n: 6,
      c: 12,
      h: 14,
      w: 14,
      f: 20,
      kh: 4,
      kw: 4,
      strideH: 2,
      strideW: 2,
      padH: 1,
      padW: 1,
    }),
    conv({ n: 5, c: 7, h: 12, w: 12, f: 10, kh: 5, kw: 5 }),
  ];
  for (let i = 0; i < 60; i++) {
    const groups = draw.pick([1, 1, 1, 2, 3]);
    const [kh, kw] = [1 + draw.below(4), 1 + draw.below(4)];
    const [dilationH, dilationW] = [1 + draw.below(3), 1 + draw.below(3)];
    all.push(conv({
      n: 1 + draw.below(3),
      c: groups * (1 + draw.below(4)),
      h: dilationH * (kh - 1) + 1 + draw.below(8),
      w: dilationW * (kw - 1) + 1 + draw.below(11),
      f: groups * (1 + draw.below(5)),
      kh,
      kw,
      strideH: 1 + draw.below(4),
      strideW: 1 + draw.below(4),
      padH: draw.below(4),
      padW: draw.below(4),
      dilationH,
      dilationW,
      groups,
    }));
  }
  return all;
}

/** The sizes of x, w and the output. */
function convSizes(g: ConvGeometry) {
  return {
    x: g.n * g.c * g.h * g.w,
    w: g.f * (g.c / g.groups) * g.kh * g.kw,
    out: g.n * g.f * g.outH * g.outW,
  };
}

function convLabel(g: ConvGeometry): string {
  return `x ${g.n}×${g.c}×${g.h}×${g.w}, w ${g.f}×${g.c / g.groups}×${g.kh}×${g.kw}, ` +
    `stride ${g.strideH} ${g.strideW}, pad ${g.padH} ${g.padW}, ` +
    `dilation ${g.dilationH} ${g.dilationW}, groups ${g.groups}`;
}

/** Cases of `convForward`. */
export function convForwardCases(draw: Draw): Case[] {
  return convGeometries(draw).flatMap((g, i) => {
    const sizes = convSizes(g);
    const [x, w, b] = [draw.normal(sizes.x), draw.normal(sizes.w), draw.normal(g.f)];
    const magnitude = new Float64Array(sizes.out);
    definition.convForward(g, absolute(x), absolute(w), absolute(b), false, magnitude);
    const error = draw.eps * sumError((g.c / g.groups) * g.kh * g.kw + 1);
    return [true, false].map((bias) => {
      const relu = (i % 2 === 0) === bias;
      return {
        label: `${convLabel(g)}${bias ? ", bias" : ""}${relu ? ", relu" : ""}`,
        given: { g, x, w, b: bias ? b : null, relu },
        bounds: { out: magnitude.map((value) => error * value) },
      };
    });
  });
}

/** Cases of `convBackwardData`. */
export function convBackwardDataCases(draw: Draw): Case[] {
  return convGeometries(draw).map((g) => {
    const sizes = convSizes(g);
    const [dout, w] = [draw.normal(sizes.out), draw.normal(sizes.w)];
    const magnitude = new Float64Array(sizes.x);
    definition.convBackwardData(g, absolute(dout), absolute(w), magnitude);
    const error = draw.eps * sumError((g.f / g.groups) * g.kh * g.kw);
    return {
      label: convLabel(g),
      given: { g, dout, w },
      bounds: { dx: magnitude.map((value) => error * value) },
    };
  });
}

/** Cases of `convBackwardWeights`. */
export function convBackwardWeightsCases(draw: Draw): Case[] {
  return convGeometries(draw).map((g, i) => {
    const sizes = convSizes(g);
    const [dout, x] = [draw.normal(sizes.out), draw.normal(sizes.x)];
    const dw = new Float64Array(sizes.w);
    const db = new Float64Array(g.f);
    definition.convBackwardWeights(g, absolute(dout), absolute(x), dw, db);
    const error = draw.eps * sumError(g.n * g.outH * g.outW);
    const bias = i % 3 !== 0;
    return {
      label: `${convLabel(g)}${bias ? ", bias" : ""}`,
      given: bias ? { g, dout, x } : { g, dout, x, db: null },
      bounds: {
        dw: dw.map((sum) => error * sum),
        ...bias && { db: db.map((sum) => error * sum) },
      },
    };
  });
}

/** Few distinct values, so that windows have ties; now and then NaN and infinities. */
function tied(draw: Draw, length: number) {
  const special = [NaN, Infinity, -Infinity];
  return draw.values(
    length,
    () => draw.below(12) === 0 ? draw.pick(special) : draw.below(5) - 2,
  );
}

/** Cases of `maxPoolForward`. */
export function maxPoolForwardCases(draw: Draw): Case[] {
  return poolGeometries(draw).flatMap((g) => {
    const sizes = poolSizes(g);
    const lowest = draw.values(sizes.x, () => -Infinity);
    return [draw.normal(sizes.x), tied(draw, sizes.x), lowest].map((x, i) => ({
      label: `${poolLabel(g)}${["", ", ties and NaN", ", all -infinity"][i]}`,
      given: { g, x },
      bounds: { out: 0, argmax: 0 },
    }));
  });
}

/** Cases of `maxPoolBackward`. */
export function maxPoolBackwardCases(draw: Draw): Case[] {
  return poolGeometries(draw).map((g) => {
    const sizes = poolSizes(g);
    const argmax = new Int32Array(sizes.out);
    definition.maxPoolForward(g, draw.normal(sizes.x), new Float64Array(sizes.out), argmax);
    const dout = draw.normal(sizes.out);
    const magnitude = new Float64Array(sizes.x);
    definition.maxPoolBackward(g, absolute(dout), argmax, magnitude);
    const error = draw.eps * sumError(g.kh * g.kw);
    return {
      label: poolLabel(g),
      given: { g, dout, argmax },
      bounds: { dx: magnitude.map((value) => error * value) },
    };
  });
}

/** Cases of `avgPoolForward`. */
export function avgPoolForwardCases(draw: Draw): Case[] {
  return poolGeometries(draw).map((g) => {
    const sizes = poolSizes(g);
    const x = draw.normal(sizes.x);
    const magnitude = new Float64Array(sizes.out);
    definition.avgPoolForward(g, absolute(x), magnitude);
    const error = draw.eps * sumError(g.kh * g.kw);
    return {
      label: poolLabel(g),
      given: { g, x },
      bounds: { out: magnitude.map((value) => error * value) },
    };
  });
}

/** Cases of `avgPoolBackward`. */
export function avgPoolBackwardCases(draw: Draw): Case[] {
  return poolGeometries(draw).map((g) => {
    const sizes = poolSizes(g);
    const dout = draw.normal(sizes.out);
    const magnitude = new Float64Array(sizes.x);
    definition.avgPoolBackward(g, absolute(dout), magnitude);
    const error = draw.eps * sumError(g.kh * g.kw);
    return {
      label: poolLabel(g),
      given: { g, dout },
      bounds: { dx: magnitude.map((value) => error * value) },
    };
  });
}

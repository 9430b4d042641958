/**
 * The error function in float64, by rational approximations on four intervals.
 *
 * Source of the intervals and coefficients: Sun Microsystems' fdlibm, s_erf.c, 1993,
 * https://www.netlib.org/fdlibm/s_erf.c. erf is off by about one unit in the last
 * place at most, erfc by four.
 *
 * @module
 */

/** `2/√π ∫₀^x exp(-t²) dt`. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) return x + x * excess(x * x);
  if (size < 1.25) return Math.sign(x) * (AT_ONE + beyondOne(size - 1));
  return size < 6 ? Math.sign(x) * (1 - upperTail(size)) : Math.sign(x);
}

/** `1 - erf x`, which keeps its digits where erf is near 1. */
export function erfc(x: number): number {
  if (x < 0.25) return 1 - erf(x);
  if (x < 0.84375) return 0.5 - (x * excess(x * x) + (x - 0.5));
  if (x < 1.25) return 1 - AT_ONE - beyondOne(x - 1);
  return x < 28 ? upperTail(x) : x >= 28 ? 0 : NaN;
}

/** `erf x / x - 1` as a function of `s = x²`. */
function excess(s: number): number {
  const p = 1.28379167095512558561e-1 + s * (-3.25042107247001499370e-1 +
        s * (-2.84817495755985104766e-2 + s * (-5.77027029648944159157e-3 +
                s * -2.37630166566501626084e-5)));
  const q = 1 + s * (3.97917223959155352819e-1 + s * (6.50222499887672944485e-2 +
            s * (5.08130628187576562776e-3 + s * (1.32494738004321644526e-4 +
                    s * -3.96022827877536812320e-6))));
  return p / q;
}

/** `erf 1`, cut to float32. */
const AT_ONE = 8.45062911510467529297e-1;

/** `erf (1 + s) - AT_ONE`. */
function beyondOne(s: number): number {
  const p = -2.36211856075265944077e-3 + s * (4.14856118683748331666e-1 +
        s * (-3.72207876035701323847e-1 + s * (3.18346619901161753674e-1 +
                s * (-1.10894694282396677476e-1 + s * (3.54783043256182359371e-2 +
                        s * -2.16637559486879084300e-3)))));
  const q = 1 + s * (1.06420880400844228286e-1 + s * (5.40397917702171048937e-1 +
            s * (7.18286544141962662868e-2 + s * (1.26171219808761642112e-1 +
                    s * (1.36370839120290507362e-2 + s * 1.19844998467991074170e-2)))));
  return p / q;
}

/** `erfc x` for `x` from 1.25 up. */
function upperTail(x: number): number {
  // exp(-x²) would lose digits to the rounding of x²; the square of a float32 is exact.
  const z = Math.fround(x);
  const s = 1 / (x * x);
  const rest = (z - x) * (z + x) + (x < 1 / 0.35 ? nearTail(s) : farTail(s));
  return Math.exp(-z * z - 0.5625) * Math.exp(rest) / x;
}

/** `ln (x·e^(x²)·erfc x) + 0.5625` as a function of `s = 1/x²`, for `x` below 1/0.35. */
function nearTail(s: number): number {
  const p = -9.86494403484714822705e-3 + s * (-6.93858572707181764372e-1 +
        s * (-1.05586262253232909814e1 + s * (-6.23753324503260060396e1 +
                s * (-1.62396669462573470355e2 + s * (-1.84605092906711035994e2 +
                        s * (-8.12874355063065934246e1 + s * -9.81432934416914548592))))));
  const q = 1 + s * (1.96512716674392571292e1 + s * (1.37657754143519042600e2 +
            s * (4.34565877475229228821e2 + s * (6.45387271733267880336e2 +
                    s * (4.29008140027567833386e2 + s * (1.08635005541779435134e2 +
                            s * (6.57024977031928170135 + s * -6.04244152148580987438e-2)))))));
  return p / q;
}

/** The same for `x` from 1/0.35 up. */
function farTail(s: number): number {
  const p = -9.86494292470009928597e-3 + s * (-7.99283237680523006574e-1 +
        s * (-1.77579549177547519889e1 + s * (-1.60636384855821916062e2 +
                s * (-6.37566443368389627722e2 + s * (-1.02509513161107724954e3 +
                        s * -4.83519191608651397019e2)))));
  const q = 1 + s * (3.03380607434824582924e1 + s * (3.25792512996573918826e2 +
            s * (1.53672958608443695994e3 + s * (3.19985821950859553908e3 +
                    s * (2.55305040643316442583e3 + s * (4.74528541206955367215e2 +
                            s * -2.24409524465858183362e1))))));
  return p / q;
}

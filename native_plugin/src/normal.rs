//! The normal distribution, `Φ(x) = erfc(-x / √2) / 2`.

use crate::real::Real;
use std::f64::consts::FRAC_1_SQRT_2;

/// In float32, without branches: erfc is off by 1.2e-7 of itself at most.
///
/// Source of the polynomial: W. H. Press et al., "Numerical Recipes", section 6.2 (erfcc).
#[inline(always)]
pub fn normal_f32(x: f32) -> f32 {
    const TERMS: [f32; 10] = [
        -1.265_512_2,
        1.000_023_7,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_204,
        1.488_515_9,
        -0.822_152_2,
        0.170_872_77,
    ];
    let z = x.abs() * FRAC_1_SQRT_2 as f32;
    let t = 1.0 / (1.0 + 0.5 * z);
    let mut sum = TERMS[9];
    for term in TERMS[..9].iter().rev() {
        sum = sum * t + term;
    }
    let half = 0.5 * t * (sum - z * z).exp_of_nonpositive();
    if x > 0.0 { 1.0 - half } else { half }
}

/// In float64, by rational approximations on four intervals.
pub fn normal_f64(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// `Σ terms[i]·s^i`.
fn polynomial(terms: &[f64], s: f64) -> f64 {
    terms.iter().rev().fold(0.0, |sum, term| sum * s + term)
}

/// `1 - erf x`.
///
/// Source of the intervals and coefficients: Sun Microsystems' fdlibm, s_erf.c, 1993.
#[allow(clippy::excessive_precision)]
fn erfc(x: f64) -> f64 {
    /// `erf 1`, cut to float32.
    const AT_ONE: f64 = 8.45062911510467529297e-1;
    let size = x.abs();
    if size < 0.84375 {
        let s = x * x;
        let p = [
            1.28379167095512558561e-1,
            -3.25042107247001499370e-1,
            -2.84817495755985104766e-2,
            -5.77027029648944159157e-3,
            -2.37630166566501626084e-5,
        ];
        let q = [
            1.0,
            3.97917223959155352819e-1,
            6.50222499887672944485e-2,
            5.08130628187576562776e-3,
            1.32494738004321644526e-4,
            -3.96022827877536812320e-6,
        ];
        let excess = x * (polynomial(&p, s) / polynomial(&q, s));
        return if x < 0.25 { 1.0 - (x + excess) } else { 0.5 - (excess + (x - 0.5)) };
    }
    if size < 1.25 {
        let s = size - 1.0;
        let p = [
            -2.36211856075265944077e-3,
            4.14856118683748331666e-1,
            -3.72207876035701323847e-1,
            3.18346619901161753674e-1,
            -1.10894694282396677476e-1,
            3.54783043256182359371e-2,
            -2.16637559486879084300e-3,
        ];
        let q = [
            1.0,
            1.06420880400844228286e-1,
            5.40397917702171048937e-1,
            7.18286544141962662868e-2,
            1.26171219808761642112e-1,
            1.36370839120290507362e-2,
            1.19844998467991074170e-2,
        ];
        let beyond = polynomial(&p, s) / polynomial(&q, s);
        return if x > 0.0 { 1.0 - AT_ONE - beyond } else { 1.0 + (AT_ONE + beyond) };
    }
    if x < -6.0 {
        return 2.0;
    }
    if x >= 28.0 {
        return 0.0;
    }
    // exp(-x²) would lose digits to the rounding of x²; the square of a float32 is exact.
    let z = f64::from(size as f32);
    let rest = (z - size) * (z + size) + tail(size);
    let upper = (-z * z - 0.5625).exp() * rest.exp() / size;
    if x > 0.0 { upper } else { 2.0 - upper }
}

/// `ln (x·e^(x²)·erfc x) + 0.5625`, for x from 1.25 up.
#[allow(clippy::excessive_precision)]
fn tail(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    if x < 1.0 / 0.35 {
        let p = [
            -9.86494403484714822705e-3,
            -6.93858572707181764372e-1,
            -1.05586262253232909814e1,
            -6.23753324503260060396e1,
            -1.62396669462573470355e2,
            -1.84605092906711035994e2,
            -8.12874355063065934246e1,
            -9.81432934416914548592,
        ];
        let q = [
            1.0,
            1.96512716674392571292e1,
            1.37657754143519042600e2,
            4.34565877475229228821e2,
            6.45387271733267880336e2,
            4.29008140027567833386e2,
            1.08635005541779435134e2,
            6.57024977031928170135,
            -6.04244152148580987438e-2,
        ];
        return polynomial(&p, s) / polynomial(&q, s);
    }
    let p = [
        -9.86494292470009928597e-3,
        -7.99283237680523006574e-1,
        -1.77579549177547519889e1,
        -1.60636384855821916062e2,
        -6.37566443368389627722e2,
        -1.02509513161107724954e3,
        -4.83519191608651397019e2,
    ];
    let q = [
        1.0,
        3.03380607434824582924e1,
        3.25792512996573918826e2,
        1.53672958608443695994e3,
        3.19985821950859553908e3,
        2.55305040643316442583e3,
        4.74528541206959367215e2,
        -2.24409524465858183362e1,
    ];
    polynomial(&p, s) / polynomial(&q, s)
}

//! The two element types, seen as one.

use crate::normal::{normal_f32, normal_f64};
use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `f32` or `f64`.
pub trait Real:
    Copy
    + Default
    + Debug
    + PartialOrd
    + Send
    + Sync
    + Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The nearest value to a float64.
    fn from_f64(value: f64) -> Self;
    /// The value as a float64, exactly.
    fn to_f64(self) -> f64;
    /// Square root.
    fn sqrt(self) -> Self;
    /// `e^x` for x ≤ 0 (or NaN), without branches where that lets the compiler vectorise.
    fn exp_of_nonpositive(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The normal distribution `Φ`.
    fn normal(self) -> Self;
}

macro_rules! real {
    ($t:ident, $exp:expr, $tanh:expr, $normal:expr) => {
        impl Real for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn exp_of_nonpositive(self) -> Self {
                $exp(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $tanh(self)
            }
            #[inline(always)]
            fn normal(self) -> Self {
                $normal(self)
            }
        }
    };
}
real!(f32, exp_f32, tanh_f32, normal_f32);
real!(f64, f64::exp, f64::tanh, normal_f64);

/// By an exponential, and near 0 by an odd polynomial, where that would cancel.
///
/// Source of the polynomial: S. L. Moshier, Cephes Mathematical Library, tanhf.
#[inline(always)]
fn tanh_f32(x: f32) -> f32 {
    let size = x.abs();
    let small = exp_f32(-2.0 * size);
    let far = (1.0 - small) / (1.0 + small);
    let s = x * x;
    let series = -5.704_988_7e-3;
    let series = series * s + 2.063_909e-2;
    let series = series * s - 5.373_971_6e-2;
    let series = series * s + 1.333_144_2e-1;
    let series = series * s - 3.333_328e-1;
    let near = series * s * x + x;
    if size < 0.625 { near } else { far.copysign(x) }
}

/// `e^x = 2^n · e^r` with whole n and |r| ≤ ln 2 / 2, where a polynomial is exact to rounding.
#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    /// Adding this rounds to a whole number, which is then in the low bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts; the first times any n that occurs is exact.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    /// Below this the result is 0.
    const LEAST: f32 = -105.0;
    let clamped = if x < LEAST { LEAST } else { x };
    let rounded = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = clamped - n * LN2[0] - n * LN2[1];
    // Taylor's series: the next term is below 1e-8 of the result.
    let series = 1.0 / 5040.0;
    let series = series * r + 1.0 / 720.0;
    let series = series * r + 1.0 / 120.0;
    let series = series * r + 1.0 / 24.0;
    let series = series * r + 1.0 / 6.0;
    let series = series * r + 0.5;
    let series = series * r * r + r + 1.0;
    // In two steps, because the smallest results have exponents that no normal number has.
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let power = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    series * power(n >> 1) * power(n - (n >> 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_right_to_the_last_digits() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp_f32(x)) - exact).abs() / exact;
            assert!(error < 1.5e-7, "exp({x}) is off by {error:e}");
        }
        assert_eq!(exp_f32(0.0), 1.0);
        assert_eq!(exp_f32(-200.0), 0.0);
        assert_eq!(exp_f32(f32::NEG_INFINITY), 0.0);
        assert!(exp_f32(f32::NAN).is_nan());
    }

    #[test]
    fn exp_fades_out_through_the_denormal_numbers() {
        for i in 870..=1100 {
            let x = -(i as f32) * 0.1;
            let error = (f64::from(exp_f32(x)) - f64::from(x).exp()).abs();
            assert!(error < 1e-44, "exp({x}) is off by {error:e}");
        }
    }
}

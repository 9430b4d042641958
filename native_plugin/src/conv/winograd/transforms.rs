//! The six transforms of one axis, each over vectors of independent tiles.
//!
//! With the points 0, ±a, ±b and ∞, a tile's inputs are divided among the polynomials that vanish at
//! all points but one, filters are evaluated at the points, and outputs are the coefficients of
//! the product. That the points come in pairs of opposite sign saves half of the work.

use super::{IN, OUT, POSITIONS};
use crate::real::Real;
use crate::simd::Simd;

const A: f64 = 0.5625;
const B: f64 = 1.5;
const AA: f64 = A * A;
const BB: f64 = B * B;
/// What an evaluated filter is divided by at 0, ±a, ±b.
const AT_0: f64 = 1.0 / (AA * BB);
const AT_A: f64 = 1.0 / (2.0 * AA * (AA - BB));
const AT_B: f64 = 1.0 / (2.0 * BB * (BB - AA));

/// A vector of the same constant.
#[inline(always)]
unsafe fn constant<S: Simd>(x: f64) -> S::Vector {
    // SAFETY: the caller is compiled for the instruction set, as for every function below.
    unsafe { S::splat(S::Scalar::from_f64(x)) }
}

/// `factor · x + y`.
#[inline(always)]
unsafe fn scaled<S: Simd>(factor: f64, x: S::Vector, y: S::Vector) -> S::Vector {
    // SAFETY: as above.
    unsafe { S::fma(constant::<S>(factor), x, y) }
}

/// `factor · x`.
#[inline(always)]
unsafe fn times<S: Simd>(factor: f64, x: S::Vector) -> S::Vector {
    // SAFETY: as above.
    unsafe { scaled::<S>(factor, x, constant::<S>(0.0)) }
}

/// Inputs along one axis.
#[inline(always)]
unsafe fn input<S: Simd>(x: [S::Vector; IN]) -> [S::Vector; IN] {
    // SAFETY: as above.
    unsafe {
        let even_a = scaled::<S>(-BB, x[2], x[4]);
        let odd_a = scaled::<S>(-BB, x[1], x[3]);
        let even_b = scaled::<S>(-AA, x[2], x[4]);
        let odd_b = scaled::<S>(-AA, x[1], x[3]);
        [
            scaled::<S>(AA * BB, x[0], scaled::<S>(-(AA + BB), x[2], x[4])),
            scaled::<S>(A, odd_a, even_a),
            scaled::<S>(-A, odd_a, even_a),
            scaled::<S>(B, odd_b, even_b),
            scaled::<S>(-B, odd_b, even_b),
            scaled::<S>(AA * BB, x[1], scaled::<S>(-(AA + BB), x[3], x[5])),
        ]
    }
}

/// A filter along one axis.
#[inline(always)]
unsafe fn filter<S: Simd>(w: [S::Vector; 3]) -> [S::Vector; IN] {
    // SAFETY: as above.
    unsafe {
        let even_a = scaled::<S>(AT_A * AA, w[2], times::<S>(AT_A, w[0]));
        let even_b = scaled::<S>(AT_B * BB, w[2], times::<S>(AT_B, w[0]));
        [
            times::<S>(AT_0, w[0]),
            scaled::<S>(AT_A * A, w[1], even_a),
            scaled::<S>(-AT_A * A, w[1], even_a),
            scaled::<S>(AT_B * B, w[1], even_b),
            scaled::<S>(-AT_B * B, w[1], even_b),
            w[2],
        ]
    }
}

/// Products back to outputs along one axis.
#[inline(always)]
unsafe fn output<S: Simd>(m: [S::Vector; IN]) -> [S::Vector; OUT] {
    // SAFETY: as above.
    unsafe {
        let (even_a, odd_a) = (S::add(m[1], m[2]), scaled::<S>(-1.0, m[2], m[1]));
        let (even_b, odd_b) = (S::add(m[3], m[4]), scaled::<S>(-1.0, m[4], m[3]));
        [
            S::add(m[0], S::add(even_a, even_b)),
            scaled::<S>(B, odd_b, times::<S>(A, odd_a)),
            scaled::<S>(BB, even_b, times::<S>(AA, even_a)),
            scaled::<S>(BB * B, odd_b, scaled::<S>(AA * A, odd_a, m[5])),
        ]
    }
}

/// Upstream gradients along one axis: [`output`], turned round.
#[inline(always)]
unsafe fn upstream<S: Simd>(y: [S::Vector; OUT]) -> [S::Vector; IN] {
    // SAFETY: as above.
    unsafe {
        let (even_a, even_b) = (scaled::<S>(AA, y[2], y[0]), scaled::<S>(BB, y[2], y[0]));
        let odd_a = scaled::<S>(AA * A, y[3], times::<S>(A, y[1]));
        let odd_b = scaled::<S>(BB * B, y[3], times::<S>(B, y[1]));
        [
            y[0],
            S::add(even_a, odd_a),
            scaled::<S>(-1.0, odd_a, even_a),
            S::add(even_b, odd_b),
            scaled::<S>(-1.0, odd_b, even_b),
            y[3],
        ]
    }
}

/// Products back to the gradient of a filter along one axis: [`filter`], turned round.
#[inline(always)]
unsafe fn gradient<S: Simd>(m: [S::Vector; IN]) -> [S::Vector; 3] {
    // SAFETY: as above.
    unsafe {
        let (even_a, odd_a) = (S::add(m[1], m[2]), scaled::<S>(-1.0, m[2], m[1]));
        let (even_b, odd_b) = (S::add(m[3], m[4]), scaled::<S>(-1.0, m[4], m[3]));
        let first = scaled::<S>(AT_A, even_a, times::<S>(AT_0, m[0]));
        [
            scaled::<S>(AT_B, even_b, first),
            scaled::<S>(AT_B * B, odd_b, times::<S>(AT_A * A, odd_a)),
            scaled::<S>(AT_B * BB, even_b, scaled::<S>(AT_A * AA, even_a, m[5])),
        ]
    }
}

/// Defines the transform of both axes, `$from × $from` vectors to `$to × $to`, from that of one.
macro_rules! both_axes {
    ($(#[$meta:meta])* $name:ident, $axis:ident, $from:expr, $to:expr) => {
        $(#[$meta])*
        ///
        /// # Safety
        /// The caller is compiled for the instruction set of `S`.
        #[inline(always)]
        pub unsafe fn $name<S: Simd>(x: &[[S::Vector; $from]; $from]) -> [[S::Vector; $to]; $to] {
            // SAFETY: the caller's word.
            unsafe {
                let zero = constant::<S>(0.0);
                let mut columns = [[zero; $to]; $from];
                for j in 0..$from {
                    let mut column = [zero; $from];
                    for i in 0..$from {
                        column[i] = x[i][j];
                    }
                    columns[j] = $axis::<S>(column);
                }
                let mut out = [[zero; $to]; $to];
                for i in 0..$to {
                    let mut row = [zero; $from];
                    for j in 0..$from {
                        row[j] = columns[j][i];
                    }
                    out[i] = $axis::<S>(row);
                }
                out
            }
        }
    };
}

both_axes! {
    /// Inputs of a tile, ready for multiplication.
    input_tile, input, IN, IN
}
both_axes! {
    /// Filters, ready for multiplication.
    filter_tile, filter, 3, IN
}
both_axes! {
    /// Products back to the outputs of a tile.
    output_tile, output, IN, OUT
}
both_axes! {
    /// Upstream gradients of a tile, ready for multiplication.
    upstream_tile, upstream, OUT, IN
}
both_axes! {
    /// Products back to the gradients of filters.
    gradient_tile, gradient, IN, 3
}

/// Reads the products of all positions, `stride` elements apart.
///
/// # Safety
/// There is a whole vector at every position; the caller is compiled for the instruction set.
#[inline(always)]
pub unsafe fn load_positions<S: Simd>(
    from: *const S::Scalar,
    stride: usize,
) -> [[S::Vector; IN]; IN] {
    // SAFETY: the caller's word.
    unsafe {
        let mut m = [[constant::<S>(0.0); IN]; IN];
        for position in 0..POSITIONS {
            m[position / IN][position % IN] = S::load(from.add(position * stride));
        }
        m
    }
}

/// Writes the first `count` elements of every position, `stride` elements apart.
///
/// # Safety
/// There is room at every position; the caller is compiled for the instruction set.
#[inline(always)]
pub unsafe fn store_positions<S: Simd>(
    v: &[[S::Vector; IN]; IN],
    to: *mut S::Scalar,
    stride: usize,
    count: usize,
) {
    // SAFETY: the caller's word.
    unsafe {
        for position in 0..POSITIONS {
            let (v, to) = (v[position / IN][position % IN], to.add(position * stride));
            if count == S::LANES { S::store(to, v) } else { S::store_first(to, v, count) }
        }
    }
}

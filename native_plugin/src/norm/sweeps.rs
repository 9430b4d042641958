//! Passes over the values of a channel, a group or a row, compiled for every instruction set.

use super::Moments;
use super::batch::{Affine, Terms};
use crate::multiversion;
use crate::real::Real;

/// Elements that are summed in the element type, [`LANES`] sums at a time.
pub const STRETCH: usize = 4096;
pub const LANES: usize = 32;
/// Lanes that take what is left of a plane.
const FEW: usize = 8;

/// Adds pairs, then pairs of pairs, and so on.
#[inline(always)]
pub fn sum_of<T: Real>(mut lanes: [T; LANES]) -> f64 {
    let mut half = LANES / 2;
    while half > 0 {
        for l in 0..half {
            let other = lanes[l + half];
            lanes[l] += other;
        }
        half /= 2;
    }
    lanes[0].to_f64()
}

/// A value of small magnitude among the first: sums of distances from it keep the digits that values
/// close to each other differ by, and many zeros stay zeros.
pub fn pilot<T: Real>(values: &[T]) -> T {
    let nearer = |least: T, value: &T| if *value * *value < least * least { *value } else { least };
    values[..values.len().min(LANES)].iter().fold(values[0], nearer)
}

/// `Σ dout` and `Σ dout · (x - centre)` of `count` values, from the sums of [`add_products`].
pub fn of_products<'a, T: Real, Pairs: Iterator<Item = (&'a T, &'a T)>>(
    [sum, apart, product]: [f64; 3],
    pilot: T,
    centre: T,
    count: f64,
    pairs: impl Fn() -> Pairs,
) -> [f64; 2] {
    let common = pilot.to_f64();
    let totals = [sum + common * count, product + common * apart];
    if totals.iter().all(|total| total.is_finite()) {
        return totals;
    }
    // Distances from infinity are not numbers, but sums with infinity may be.
    pairs().fold([0.0; 2], |[sum, products], (dout, x)| {
        let dout = dout.to_f64();
        [sum + dout, products + dout * (*x - centre).to_f64()]
    })
}

/// `Σ dout` and `Σ dout · (x - centre)` of a plane.
pub fn gradient_sums<T: Real>(dout: &[T], x: &[T], centre: T) -> [f64; 2] {
    let pilot = pilot(dout);
    let mut totals = [0.0; 3];
    for (dout, x) in dout.chunks(STRETCH).zip(x.chunks(STRETCH)) {
        let mut lanes = [[T::ZERO; LANES]; 3];
        add_products(dout, x, pilot, centre, &mut lanes);
        for (total, lanes) in totals.iter_mut().zip(lanes) {
            *total += sum_of(lanes);
        }
    }
    of_products(totals, pilot, centre, dout.len() as f64, || dout.iter().zip(x))
}

/// Does the same for stretches of columns, each as wide as fits the registers: `$at` is the first
/// column, `$W` a constant.
macro_rules! by_columns {
    ($c:expr, $at:ident, $W:ident, $body:block) => {
        let mut next = 0;
        by_columns!(@width 32, $c, next, $at, $W, $body);
        by_columns!(@width 4, $c, next, $at, $W, $body);
        by_columns!(@width 1, $c, next, $at, $W, $body);
    };
    (@width $width:literal, $c:expr, $next:ident, $at:ident, $W:ident, $body:block) => {
        while $c - $next >= $width {
            const $W: usize = $width;
            let $at = $next;
            $body
            $next += $width;
        }
    };
}

multiversion! {
    pub fn moments<T>(x: &[T]) -> Moments {
        let count = x.len() as f64;
        let mut total = 0.0;
        for stretch in x.chunks(STRETCH) {
            let (whole, rest) = stretch.as_chunks::<LANES>();
            let mut sums = [T::ZERO; LANES];
            for chunk in whole {
                for (sum, x) in sums.iter_mut().zip(chunk) {
                    *sum += *x;
                }
            }
            total += sum_of(sums) + rest.iter().map(|x| x.to_f64()).sum::<f64>();
        }
        let centre = T::from_f64(total / count);
        let (mut total, mut total_squares) = (0.0, 0.0);
        for stretch in x.chunks(STRETCH) {
            let (whole, rest) = stretch.as_chunks::<LANES>();
            let (mut sums, mut squares) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for chunk in whole {
                for ((sum, square), x) in sums.iter_mut().zip(&mut squares).zip(chunk) {
                    let apart = *x - centre;
                    *sum += apart;
                    *square += apart * apart;
                }
            }
            total += sum_of(sums);
            total_squares += sum_of(squares);
            for x in rest {
                let apart = (*x - centre).to_f64();
                total += apart;
                total_squares += apart * apart;
            }
        }
        Moments {
            centre: centre.to_f64(),
            correction: total / count,
            squares: total_squares - total * total / count,
        }
    }

    /// The same for every column of a few rows, three numbers each.
    pub fn column_moments<T>(x: &[T], c: usize, moments: &mut [f64]) {
        let share = T::from_f64(c as f64 / x.len() as f64);
        let count = (x.len() / c) as f64;
        let moments = moments.as_chunks_mut::<3>().0;
        by_columns!(c, at, W, {
            let mut centres = [T::ZERO; W];
            for row in x.chunks_exact(c) {
                for (centre, x) in centres.iter_mut().zip(&row[at..at + W]) {
                    *centre += *x;
                }
            }
            for centre in &mut centres {
                *centre *= share;
            }
            let (mut sums, mut squares) = ([T::ZERO; W], [T::ZERO; W]);
            for row in x.chunks_exact(c) {
                let row = &row[at..at + W];
                for l in 0..W {
                    let apart = row[l] - centres[l];
                    sums[l] += apart;
                    squares[l] += apart * apart;
                }
            }
            for (l, moments) in moments[at..at + W].iter_mut().enumerate() {
                let off = sums[l].to_f64();
                let squares = squares[l].to_f64() - off * off / count;
                *moments = [centres[l].to_f64(), off / count, squares];
            }
        });
    }

    /// `out = max(floor, (x - mean) · scale + shift)`; NaN stays NaN.
    pub fn normalise<T>(x: &[T], affine: Affine<T>, floor: T, out: &mut [T]) {
        let Affine { high, low, scale, shift } = affine;
        for (out, x) in out.iter_mut().zip(x) {
            let value = (*x - high - low) * scale + shift;
            *out = if value <= floor { floor } else { value };
        }
    }

    /// The same for rows whose columns have their own numbers.
    pub fn normalise_columns<T>(
        x: &[T],
        high: &[T],
        low: &[T],
        scale: &[T],
        shift: &[T],
        floor: T,
        out: &mut [T],
    ) {
        let c = high.len();
        by_columns!(c, at, W, {
            let of = |numbers: &[T]| -> [T; W] { std::array::from_fn(|l| numbers[at + l]) };
            let (high, low, scale, shift) = (of(high), of(low), of(scale), of(shift));
            for (x, out) in x.chunks_exact(c).zip(out.chunks_exact_mut(c)) {
                let (x, out) = (&x[at..at + W], &mut out[at..at + W]);
                for l in 0..W {
                    let value = (x[l] - high[l] - low[l]) * scale[l] + shift[l];
                    out[l] = if value <= floor { floor } else { value };
                }
            }
        });
    }

    /// The same for one row with one mean.
    pub fn normalise_row<T>(x: &[T], high: T, low: T, scale: &[T], shift: &[T], out: &mut [T]) {
        for ((out, x), (scale, shift)) in out.iter_mut().zip(x).zip(scale.iter().zip(shift)) {
            *out = (*x - high - low) * *scale + *shift;
        }
    }

    /// Adds x to lanes of sums.
    pub fn add_values<T>(x: &[T], lanes: &mut [T; LANES]) {
        let (whole, rest) = x.as_chunks::<LANES>();
        for chunk in whole {
            for l in 0..LANES {
                lanes[l] += chunk[l];
            }
        }
        let (some, rest) = rest.as_chunks::<FEW>();
        for chunk in some {
            for l in 0..FEW {
                lanes[l] += chunk[l];
            }
        }
        for (lane, x) in lanes.iter_mut().zip(rest) {
            *lane += *x;
        }
    }

    /// Adds `x - centre` and its square to lanes of sums.
    pub fn add_deviations<T>(x: &[T], centre: T, lanes: &mut [[T; LANES]; 2]) {
        let [mut sums, mut squares] = *lanes;
        let (whole, rest) = x.as_chunks::<LANES>();
        for chunk in whole {
            for l in 0..LANES {
                let apart = chunk[l] - centre;
                sums[l] += apart;
                squares[l] += apart * apart;
            }
        }
        let (some, rest) = rest.as_chunks::<FEW>();
        for chunk in some {
            for l in 0..FEW {
                let apart = chunk[l] - centre;
                sums[l] += apart;
                squares[l] += apart * apart;
            }
        }
        for (l, x) in rest.iter().enumerate() {
            let apart = *x - centre;
            sums[l] += apart;
            squares[l] += apart * apart;
        }
        *lanes = [sums, squares];
    }

    /// Adds `dout - pilot`, `x - centre` and their product to lanes of sums.
    pub fn add_products<T>(dout: &[T], x: &[T], pilot: T, centre: T, lanes: &mut [[T; LANES]; 3]) {
        let [mut sums, mut aparts, mut products] = *lanes;
        let (douts, dout_rest) = dout.as_chunks::<LANES>();
        let (xs, x_rest) = x.as_chunks::<LANES>();
        for (dout, x) in douts.iter().zip(xs) {
            for l in 0..LANES {
                let (off, apart) = (dout[l] - pilot, x[l] - centre);
                sums[l] += off;
                aparts[l] += apart;
                products[l] += off * apart;
            }
        }
        let (douts, dout_rest) = dout_rest.as_chunks::<FEW>();
        let (xs, x_rest) = x_rest.as_chunks::<FEW>();
        for (dout, x) in douts.iter().zip(xs) {
            for l in 0..FEW {
                let (off, apart) = (dout[l] - pilot, x[l] - centre);
                sums[l] += off;
                aparts[l] += apart;
                products[l] += off * apart;
            }
        }
        for (l, (dout, x)) in dout_rest.iter().zip(x_rest).enumerate() {
            let (off, apart) = (*dout - pilot, *x - centre);
            sums[l] += off;
            aparts[l] += apart;
            products[l] += off * apart;
        }
        *lanes = [sums, aparts, products];
    }

    /// The same for every column of a few rows.
    pub fn column_gradient_sums<T>(
        dout: &[T],
        x: &[T],
        centre: &[T],
        totals: &mut [f64],
        total_products: &mut [f64],
    ) {
        let c = totals.len();
        by_columns!(c, at, W, {
            let centre: [T; W] = std::array::from_fn(|l| centre[at + l]);
            let (mut sums, mut products) = ([0.0; W], [0.0; W]);
            for (dout, x) in dout.chunks_exact(c).zip(x.chunks_exact(c)) {
                let (dout, x) = (&dout[at..at + W], &x[at..at + W]);
                for l in 0..W {
                    let dout = dout[l].to_f64();
                    sums[l] += dout;
                    products[l] += dout * (x[l] - centre[l]).to_f64();
                }
            }
            totals[at..at + W].copy_from_slice(&sums);
            total_products[at..at + W].copy_from_slice(&products);
        });
    }

    /// `Σ dout · gamma` and `Σ dout · gamma · (x - centre)`.
    pub fn row_gradient_sums<T>(dout: &[T], x: &[T], gamma: &[T], centre: T) -> (f64, f64) {
        let (mut total, mut total_products) = (0.0, 0.0);
        let stretches = dout.chunks(STRETCH).zip(x.chunks(STRETCH)).zip(gamma.chunks(STRETCH));
        for ((dout, x), gamma) in stretches {
            let (douts, dout_rest) = dout.as_chunks::<LANES>();
            let (xs, x_rest) = x.as_chunks::<LANES>();
            let (gammas, gamma_rest) = gamma.as_chunks::<LANES>();
            let (mut sums, mut products) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for ((dout, x), gamma) in douts.iter().zip(xs).zip(gammas) {
                for l in 0..LANES {
                    let scaled = dout[l] * gamma[l];
                    sums[l] += scaled;
                    products[l] += scaled * (x[l] - centre);
                }
            }
            total += sum_of(sums);
            total_products += sum_of(products);
            for ((dout, x), gamma) in dout_rest.iter().zip(x_rest).zip(gamma_rest) {
                let scaled = dout.to_f64() * gamma.to_f64();
                total += scaled;
                total_products += scaled * (*x - centre).to_f64();
            }
        }
        (total, total_products)
    }

    /// Adds one row's part of dgamma and dbeta.
    pub fn add_row_gradient<T>(
        dout: &[T],
        x: &[T],
        centre: T,
        inverse: f64,
        dgamma: &mut [f64],
        dbeta: &mut [f64],
    ) {
        let sums = dgamma.iter_mut().zip(dbeta);
        for ((dgamma, dbeta), (dout, x)) in sums.zip(dout.iter().zip(x)) {
            *dbeta += dout.to_f64();
            *dgamma += dout.to_f64() * (*x - centre).to_f64() * inverse;
        }
    }

    /// `dx = scale · (dx - mean - (x - centre) · variance)`; the mean of dx in two parts, since dx may
    /// lie close to it.
    pub fn gradient<T>(x: &[T], centre: T, terms: Terms<T>, dx: &mut [T]) {
        let Terms { scale, mean: (high, low), variance } = terms;
        for (dx, x) in dx.iter_mut().zip(x) {
            *dx = scale * (*dx - high - low - (*x - centre) * variance);
        }
    }

    /// The same for rows whose columns have their own numbers.
    pub fn gradient_columns<T>(
        x: &[T],
        centre: &[T],
        scale: &[T],
        mean: (&[T], &[T]),
        variance: &[T],
        dx: &mut [T],
    ) {
        let c = scale.len();
        by_columns!(c, at, W, {
            let of = |numbers: &[T]| -> [T; W] { std::array::from_fn(|l| numbers[at + l]) };
            let (centre, scale) = (of(centre), of(scale));
            let (high, low, variance) = (of(mean.0), of(mean.1), of(variance));
            for (x, dx) in x.chunks_exact(c).zip(dx.chunks_exact_mut(c)) {
                let (x, dx) = (&x[at..at + W], &mut dx[at..at + W]);
                for l in 0..W {
                    let apart = x[l] - centre[l];
                    dx[l] = scale[l] * (dx[l] - high[l] - low[l] - apart * variance[l]);
                }
            }
        });
    }

    /// `dx = (dout · gamma - mean_term - (x - centre) · variance_term) · inverse`.
    pub fn group_gradient<T>(
        dout: &[T],
        x: &[T],
        centre: T,
        gamma: T,
        inverse: T,
        mean_term: T,
        variance_term: T,
        dx: &mut [T],
    ) {
        for ((dx, dout), x) in dx.iter_mut().zip(dout).zip(x) {
            *dx = (*dout * gamma - mean_term - (*x - centre) * variance_term) * inverse;
        }
    }

    /// The same for one row whose columns have their own gamma.
    pub fn gradient_row<T>(
        dout: &[T],
        x: &[T],
        gamma: &[T],
        centre: T,
        inverse: T,
        mean_term: T,
        variance_term: T,
        dx: &mut [T],
    ) {
        for ((dx, gamma), (dout, x)) in dx.iter_mut().zip(gamma).zip(dout.iter().zip(x)) {
            *dx = (*dout * *gamma - mean_term - (*x - centre) * variance_term) * inverse;
        }
    }
}

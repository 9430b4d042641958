//! Passes over the values of a channel, a group or a row, compiled for every instruction set.

use super::Moments;
use crate::multiversion;
use crate::real::Real;

/// Elements that are summed in the element type, [`LANES`] sums at a time.
const STRETCH: usize = 4096;
const LANES: usize = 32;

/// Adds pairs, then pairs of pairs, and so on.
#[inline(always)]
fn sum_of<T: Real>(mut lanes: [T; LANES]) -> f64 {
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

    /// `out = (x - mean) · scale + shift`.
    pub fn normalise<T>(x: &[T], high: T, low: T, scale: T, shift: T, out: &mut [T]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = (*x - high - low) * scale + shift;
        }
    }

    /// The same for rows whose columns have their own numbers.
    pub fn normalise_columns<T>(
        x: &[T],
        high: &[T],
        low: &[T],
        scale: &[T],
        shift: &[T],
        out: &mut [T],
    ) {
        let c = high.len();
        by_columns!(c, at, W, {
            let of = |numbers: &[T]| -> [T; W] { std::array::from_fn(|l| numbers[at + l]) };
            let (high, low, scale, shift) = (of(high), of(low), of(scale), of(shift));
            for (x, out) in x.chunks_exact(c).zip(out.chunks_exact_mut(c)) {
                let (x, out) = (&x[at..at + W], &mut out[at..at + W]);
                for l in 0..W {
                    out[l] = (x[l] - high[l] - low[l]) * scale[l] + shift[l];
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

    /// `Σ dout` and `Σ dout · (x - centre)`. Summed are distances from the first dout: where all
    /// are close to each other, what they have in common would drown the rest.
    pub fn gradient_sums<T>(dout: &[T], x: &[T], centre: T) -> (f64, f64) {
        let pilot = dout[0];
        let (mut total, mut total_products, mut total_apart) = (0.0, 0.0, 0.0);
        for (dout, x) in dout.chunks(STRETCH).zip(x.chunks(STRETCH)) {
            let (douts, dout_rest) = dout.as_chunks::<LANES>();
            let (xs, x_rest) = x.as_chunks::<LANES>();
            let (mut sums, mut products) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            let mut aparts = [T::ZERO; LANES];
            for (dout, x) in douts.iter().zip(xs) {
                for l in 0..LANES {
                    let (off, apart) = (dout[l] - pilot, x[l] - centre);
                    sums[l] += off;
                    aparts[l] += apart;
                    products[l] += off * apart;
                }
            }
            if !douts.is_empty() {
                total += sum_of(sums);
                total_apart += sum_of(aparts);
                total_products += sum_of(products);
            }
            for (dout, x) in dout_rest.iter().zip(x_rest) {
                let (off, apart) = ((*dout - pilot).to_f64(), (*x - centre).to_f64());
                total += off;
                total_apart += apart;
                total_products += off * apart;
            }
        }
        let common = pilot.to_f64();
        total += common * dout.len() as f64;
        total_products += common * total_apart;
        if total.is_finite() && total_products.is_finite() {
            return (total, total_products);
        }
        // Distances from infinity are not numbers, but sums with infinity may be.
        let pairs = dout.iter().zip(x).map(|(dout, x)| (dout.to_f64(), (*x - centre).to_f64()));
        pairs.fold((0.0, 0.0), |(sum, products), (d, apart)| (sum + d, products + d * apart))
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

    /// `dx = scale · (dout - mean_term - (x - centre) · variance_term)`; the mean of dout in two
    /// parts, since dout may lie close to it.
    pub fn gradient<T>(
        dout: &[T],
        x: &[T],
        centre: T,
        scale: T,
        mean_term: (T, T),
        variance_term: T,
        dx: &mut [T],
    ) {
        let (high, low) = mean_term;
        for ((dx, dout), x) in dx.iter_mut().zip(dout).zip(x) {
            *dx = scale * (*dout - high - low - (*x - centre) * variance_term);
        }
    }

    /// The same for rows whose columns have their own numbers.
    pub fn gradient_columns<T>(
        dout: &[T],
        x: &[T],
        centre: &[T],
        scale: &[T],
        mean_term: (&[T], &[T]),
        variance_term: &[T],
        dx: &mut [T],
    ) {
        let c = scale.len();
        by_columns!(c, at, W, {
            let of = |numbers: &[T]| -> [T; W] { std::array::from_fn(|l| numbers[at + l]) };
            let (centre, scale) = (of(centre), of(scale));
            let (high, low, variance_term) = (of(mean_term.0), of(mean_term.1), of(variance_term));
            let rows = dout.chunks_exact(c).zip(x.chunks_exact(c)).zip(dx.chunks_exact_mut(c));
            for ((dout, x), dx) in rows {
                let (dout, x, dx) = (&dout[at..at + W], &x[at..at + W], &mut dx[at..at + W]);
                for l in 0..W {
                    let apart = x[l] - centre[l];
                    let direct = dout[l] - high[l] - low[l] - apart * variance_term[l];
                    dx[l] = scale[l] * direct;
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

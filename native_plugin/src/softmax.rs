//! Softmax and its logarithm over rows, which threads share, and their gradients. Rows are worked on
//! in place.

use crate::activations::WORTH_A_TASK;
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Shares out the rows of `out`, which get those of `x` unless they have them already.
fn rows<T: Real>(c: usize, x: Option<&[T]>, out: &mut [T], work: impl Fn(usize, &mut [T]) + Sync) {
    let n = out.len().checked_div(c).unwrap_or(0);
    parallel_rows(n, 1, tasks_for(out.len(), WORTH_A_TASK).min(n.max(1)), out, |part, out| {
        for (i, out) in part.zip(out.chunks_exact_mut(c)) {
            if let Some(x) = x {
                out.copy_from_slice(&x[i * c..][..c]);
            }
            work(i, out);
        }
    });
}

/// `out_j = exp(x_j - max x) / Σ exp(x - max x)`.
pub fn softmax_forward<T: Real>(c: usize, x: Option<&[T]>, out: &mut [T]) {
    rows(c, x, out, |_, row| {
        subtract_largest(row);
        exponentials(row);
        let sum: f64 = sum(row);
        scale(T::from_f64(1.0 / sum), row);
    });
}

/// `dx_j = out_j · (dout_j - Σ_i dout_i·out_i)`.
pub fn softmax_backward<T: Real>(c: usize, dout: Option<&[T]>, out: &[T], dx: &mut [T]) {
    rows(c, dout, dx, |i, dx| {
        let out = &out[i * c..][..c];
        let mean = T::from_f64(dot(dx, out));
        softmax_slope(mean, out, dx);
    });
}

/// `out_j = x_j - max x - log Σ exp(x - max x)`.
pub fn log_softmax_forward<T: Real>(c: usize, x: Option<&[T]>, out: &mut [T]) {
    rows(c, x, out, |_, row| {
        subtract_largest(row);
        shift(T::from_f64(-sum_of_exponentials(row).ln()), row);
    });
}

/// `dx_j = dout_j - exp(out_j) · Σ_i dout_i`.
pub fn log_softmax_backward<T: Real>(c: usize, dout: Option<&[T]>, out: &[T], dx: &mut [T]) {
    rows(c, dout, dx, |i, dx| {
        let total = T::from_f64(sum(dx));
        log_softmax_slope(total, &out[i * c..][..c], dx);
    });
}

multiversion! {
    fn subtract_largest<T>(row: &mut [T]) {
        let mut largest = row[0];
        for x in &*row {
            largest = if *x > largest { *x } else { largest };
        }
        for x in row {
            *x -= largest;
        }
    }

    fn exponentials<T>(row: &mut [T]) {
        for x in row {
            *x = x.exp_of_nonpositive();
        }
    }

    fn sum_of_exponentials<T>(row: &[T]) -> f64 {
        // Independent sums, so that the processor need not wait for one to end.
        let mut sums = [0.0f64; 16];
        let (whole, rest) = row.as_chunks::<16>();
        for chunk in whole {
            for (sum, x) in sums.iter_mut().zip(chunk) {
                *sum += x.exp_of_nonpositive().to_f64();
            }
        }
        let rest: f64 = rest.iter().map(|x| x.exp_of_nonpositive().to_f64()).sum();
        rest + sums.iter().sum::<f64>()
    }

    fn sum<T>(row: &[T]) -> f64 {
        let mut sums = [0.0f64; 16];
        let (whole, rest) = row.as_chunks::<16>();
        for chunk in whole {
            for (sum, x) in sums.iter_mut().zip(chunk) {
                *sum += x.to_f64();
            }
        }
        rest.iter().map(|x| x.to_f64()).sum::<f64>() + sums.iter().sum::<f64>()
    }

    fn dot<T>(a: &[T], b: &[T]) -> f64 {
        let mut sums = [0.0f64; 16];
        let ((whole, rest), (others, other)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
        for (a, b) in whole.iter().zip(others) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                *sum += a.to_f64() * b.to_f64();
            }
        }
        let rest: f64 = rest.iter().zip(other).map(|(a, b)| a.to_f64() * b.to_f64()).sum();
        rest + sums.iter().sum::<f64>()
    }

    fn scale<T>(factor: T, row: &mut [T]) {
        for x in row {
            *x *= factor;
        }
    }

    fn shift<T>(by: T, row: &mut [T]) {
        for x in row {
            *x += by;
        }
    }

    fn softmax_slope<T>(mean: T, out: &[T], dx: &mut [T]) {
        for (dx, out) in dx.iter_mut().zip(out) {
            *dx = *out * (*dx - mean);
        }
    }

    fn log_softmax_slope<T>(sum: T, out: &[T], dx: &mut [T]) {
        for (dx, out) in dx.iter_mut().zip(out) {
            *dx -= out.exp_of_nonpositive() * sum;
        }
    }
}

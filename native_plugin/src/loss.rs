//! Losses over rows of scores, with their gradients.

use crate::multiversion;
use crate::real::Real;

/// Softmax cross-entropy averaged over the rows of `x`, which have `c` scores; writes `dx`.
///
/// # Panics
/// If a label is not below `c`.
pub fn softmax_loss<T: Real>(c: usize, x: &[T], labels: &[i32], dx: &mut [T]) -> f64 {
    if labels.is_empty() {
        return 0.0;
    }
    subtract_row_maxima(c, x, dx);
    let mut loss = 0.0;
    // The largest score is 0 now, so that no exponential overflows.
    for (row, label) in dx.chunks_exact(c).zip(labels) {
        loss -= row[*label as usize].to_f64();
    }
    exponentials(dx);
    let share = 1.0 / labels.len() as f64;
    for (row, label) in dx.chunks_exact_mut(c).zip(labels) {
        let right = row[*label as usize].to_f64();
        row[*label as usize] = T::ZERO;
        let wrong: f64 = row.iter().map(|x| x.to_f64()).sum();
        let sum = right + wrong;
        // Near certainty the rounded sum has lost what `ln_1p` still sees.
        loss += if right == 1.0 { wrong.ln_1p() } else { sum.ln() };
        let scale = T::from_f64(share / sum);
        for x in row.iter_mut() {
            *x *= scale;
        }
        // p - 1 without the cancellation.
        row[*label as usize] = T::from_f64(-wrong / sum * share);
    }
    loss * share
}

/// Multiclass hinge loss with margin 1 averaged over the rows of `x`, which have `c` scores;
/// writes `dx`.
///
/// # Panics
/// If a label is not below `c`.
pub fn svm_loss<T: Real>(c: usize, x: &[T], labels: &[i32], dx: &mut [T]) -> f64 {
    if labels.is_empty() {
        return 0.0;
    }
    let share = 1.0 / labels.len() as f64;
    let gradient = T::from_f64(share);
    let mut loss = 0.0;
    for ((x, dx), label) in x.chunks_exact(c).zip(dx.chunks_exact_mut(c)).zip(labels) {
        let right = *label as usize;
        let threshold = x[right].to_f64() - 1.0;
        let mut violations = 0;
        for (j, (x, dx)) in x.iter().zip(dx.iter_mut()).enumerate() {
            let margin = x.to_f64() - threshold;
            if margin <= 0.0 || j == right {
                *dx = T::ZERO;
            } else {
                loss += margin;
                violations += 1;
                *dx = gradient;
            }
        }
        dx[right] = T::from_f64(0.0 - f64::from(violations) * share);
    }
    loss * share
}

multiversion! {
    fn subtract_row_maxima<T>(c: usize, x: &[T], out: &mut [T]) {
        for (x, out) in x.chunks_exact(c).zip(out.chunks_exact_mut(c)) {
            let mut largest = x[0];
            for x in x {
                largest = if *x > largest { *x } else { largest };
            }
            for (out, x) in out.iter_mut().zip(x) {
                *out = *x - largest;
            }
        }
    }

    fn exponentials<T>(x: &mut [T]) {
        for x in x {
            *x = x.exp_of_nonpositive();
        }
    }
}

//! What is done to every element by itself, and sums of rows and squares.

use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;
use crate::scratch::Scratch;

/// Elements that are worth a thread of their own.
pub(crate) const WORTH_A_TASK: usize = 24 << 10;

/// Cuts are made here, so that no cache line is written by two threads.
pub(crate) const UNIT: usize = 64;

/// `out = max(0, x)`; NaN stays NaN.
pub fn relu_forward<T: Real>(x: &[T], out: &mut [T]) {
    let n = out.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), out, |part, out| relu(&x[part], out));
}

/// `x = max(0, x)`; NaN stays NaN.
pub fn relu_in_place<T: Real>(x: &mut [T]) {
    let n = x.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), x, |_, x| relu_here(x));
}

/// `dx = dout where x > 0, else 0`.
pub fn relu_backward<T: Real>(dout: &[T], x: &[T], dx: &mut [T]) {
    let n = dx.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), dx, |part, dx| {
        relu_gradient(&dout[part.clone()], &x[part], dx);
    });
}

/// `dx = dx where x > 0, else 0`.
pub fn relu_backward_in_place<T: Real>(x: &[T], dx: &mut [T]) {
    let n = dx.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), dx, |part, dx| {
        relu_gradient_here(&x[part], dx);
    });
}

/// `out = x · scale where mask is 1, else 0`.
pub fn mask_scale<T: Real>(x: &[T], mask: &[u8], scale: T, out: &mut [T]) {
    let n = out.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), out, |part, out| {
        masked(&x[part.clone()], &mask[part], scale, out);
    });
}

/// `x = x · scale where mask is 1, else 0`.
pub fn mask_scale_in_place<T: Real>(mask: &[u8], scale: T, x: &mut [T]) {
    let n = x.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), x, |part, x| {
        masked_here(&mask[part], scale, x);
    });
}

/// `y += alpha · x`.
pub fn add_scaled<T: Real>(alpha: T, x: &[T], y: &mut [T]) {
    let n = y.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), y, |part, y| scaled(alpha, &x[part], y));
}

/// `x *= factor`.
pub fn scale<T: Real>(factor: T, x: &mut [T]) {
    let n = x.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), x, |_, x| multiplied(factor, x));
}

/// `Σ x²`, accumulated in float64: block by block, so that threads do not change it.
pub fn sum_squares<T: Real>(x: &[T]) -> f64 {
    let blocks = x.len().div_ceil(WORTH_A_TASK);
    if blocks <= 1 {
        return squares(x);
    }
    let mut sums = Scratch::<f64>::new(blocks);
    parallel_rows(blocks, 1, tasks_for(x.len(), WORTH_A_TASK), &mut *sums, |range, sums| {
        for (block, sum) in range.zip(sums) {
            *sum = squares(&x[block * WORTH_A_TASK..((block + 1) * WORTH_A_TASK).min(x.len())]);
        }
    });
    sums.iter().sum()
}

/// `out[j] = Σ_i x[i, j]` over `m` columns, without losing digits to many rows.
pub fn sum_rows<T: Real>(m: usize, x: &[T], out: &mut [T]) {
    /// Rows that are summed in the element type before the sum goes to float64.
    const BLOCK: usize = 128;
    if m == 0 {
        return;
    }
    let mut sums = vec![0.0f64; m];
    let rows = x.len() / m;
    let blocks = rows.div_ceil(BLOCK);
    let mut partial = Scratch::<T>::new(blocks * m);
    let tasks = tasks_for(x.len(), WORTH_A_TASK).min(blocks.max(1));
    parallel_rows(blocks, 1, tasks, &mut *partial, |part, partial| {
        for (block, sums) in part.zip(partial.chunks_exact_mut(m)) {
            column_sums(&x[block * BLOCK * m..((block + 1) * BLOCK).min(rows) * m], sums);
        }
    });
    for partial in partial.chunks_exact(m) {
        for (sum, x) in sums.iter_mut().zip(partial) {
            *sum += x.to_f64();
        }
    }
    for (out, sum) in out.iter_mut().zip(&sums) {
        *out = T::from_f64(*sum);
    }
}

multiversion! {
    fn relu<T>(x: &[T], out: &mut [T]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = if *x <= T::ZERO { T::ZERO } else { *x };
        }
    }

    fn relu_here<T>(x: &mut [T]) {
        for x in x {
            *x = if *x <= T::ZERO { T::ZERO } else { *x };
        }
    }

    /// `dx = dout where x > 0, else 0`.
    pub fn relu_gradient<T>(dout: &[T], x: &[T], dx: &mut [T]) {
        for ((dx, dout), x) in dx.iter_mut().zip(dout).zip(x) {
            *dx = if *x > T::ZERO { *dout } else { T::ZERO };
        }
    }

    fn relu_gradient_here<T>(x: &[T], dx: &mut [T]) {
        for (dx, x) in dx.iter_mut().zip(x) {
            *dx = if *x > T::ZERO { *dx } else { T::ZERO };
        }
    }

    fn masked<T>(x: &[T], mask: &[u8], scale: T, out: &mut [T]) {
        for ((out, x), keep) in out.iter_mut().zip(x).zip(mask) {
            *out = if *keep == 1 { *x * scale } else { T::ZERO };
        }
    }

    fn masked_here<T>(mask: &[u8], scale: T, x: &mut [T]) {
        for (x, keep) in x.iter_mut().zip(mask) {
            *x = if *keep == 1 { *x * scale } else { T::ZERO };
        }
    }

    fn scaled<T>(alpha: T, x: &[T], y: &mut [T]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += alpha * *x;
        }
    }

    fn multiplied<T>(factor: T, x: &mut [T]) {
        for x in x {
            *x *= factor;
        }
    }

    fn squares<T>(x: &[T]) -> f64 {
        // Independent sums, so that the processor need not wait for one to end.
        let mut sums = [0.0f64; 32];
        let (whole, rest) = x.as_chunks::<32>();
        for chunk in whole {
            for (sum, x) in sums.iter_mut().zip(chunk) {
                *sum += x.to_f64() * x.to_f64();
            }
        }
        rest.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>() + sums.iter().sum::<f64>()
    }

    fn column_sums<T>(x: &[T], sums: &mut [T]) {
        sums.fill(T::ZERO);
        for row in x.chunks_exact(sums.len()) {
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += *x;
            }
        }
    }
}

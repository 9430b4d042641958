//! Rows of a table by index.

use crate::elementwise;
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Checks that every index names a row of a table of `v` rows.
pub fn check_indices(v: usize, x: &[i32]) -> Result<(), String> {
    match x.iter().find(|index| usize::try_from(**index).map_or(true, |index| index >= v)) {
        Some(index) => Err(format!("index {index} is outside the table of {v} rows")),
        None => Ok(()),
    }
}

/// `out[i] = w[x[i]]`, rows of `d` elements.
pub fn embedding_forward<T: Real>(d: usize, x: &[i32], w: &[T], out: &mut [T]) {
    let tasks = tasks_for(out.len(), elementwise::WORTH_A_TASK).min(x.len().max(1));
    parallel_rows(x.len(), 1, tasks, out, |part, out| {
        for (index, out) in x[part].iter().zip(out.chunks_exact_mut(d.max(1))) {
            out.copy_from_slice(&w[*index as usize * d..][..d]);
        }
    });
}

/// `dw[j] = Σ dout[i]` over all i with `x[i] = j`. Threads have rows of the table, so that each row
/// is summed in one order.
pub fn embedding_backward<T: Real>(v: usize, d: usize, x: &[i32], dout: &[T], dw: &mut [T]) {
    let tasks = tasks_for(dout.len(), elementwise::WORTH_A_TASK).min(v.max(1));
    parallel_rows(v, 1, tasks, dw, |part, dw| {
        dw.fill(T::ZERO);
        for (i, index) in x.iter().enumerate() {
            let index = *index as usize;
            if part.contains(&index) {
                add(&dout[i * d..][..d], &mut dw[(index - part.start) * d..][..d]);
            }
        }
    });
}

multiversion! {
    fn add<T>(x: &[T], to: &mut [T]) {
        for (to, x) in to.iter_mut().zip(x) {
            *to += *x;
        }
    }
}

//! Many products of the same shape. Threads share out the planes, or each plane if there are few
//! and large ones.

use super::{Finish, WORTH_A_TASK, gemm_on};
use crate::pool::{self, parallel_rows};
use crate::simd::Vectors;

/// `C_i = op(A_i)·op(B_i)` for every plane of C, finished as `finish` says. A and B have as many
/// planes as fit in them; after the last one comes the first again.
///
/// # Panics
/// If a slice is too short.
#[allow(clippy::too_many_arguments)]
pub fn gemm_batched<T: Vectors>(
    trans_a: bool,
    trans_b: bool,
    [planes, planes_a, planes_b]: [usize; 3],
    [m, n, k]: [usize; 3],
    a: &[T],
    b: &[T],
    finish: Finish<T>,
    c: &mut [T],
) {
    if planes == 0 || m * n == 0 {
        return;
    }
    let plane = |threads: usize, i: usize, c: &mut [T]| {
        let (a, b) = (&a[i % planes_a * m * k..][..m * k], &b[i % planes_b * k * n..][..k * n]);
        gemm_on(threads, trans_a, trans_b, m, n, k, a, b, finish, c);
    };
    let (threads, work) = (pool::threads(), m * n * k);
    if planes < threads && work > WORTH_A_TASK {
        for (i, c) in c.chunks_exact_mut(m * n).enumerate() {
            plane(threads, i, c);
        }
        return;
    }
    let tasks = (planes.saturating_mul(work) / WORTH_A_TASK).clamp(1, threads.min(planes));
    parallel_rows(planes, 1, tasks, c, |part, c| {
        for (i, c) in part.zip(c.chunks_exact_mut(m * n)) {
            plane(1, i, c);
        }
    });
}

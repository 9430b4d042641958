//! Matrix products.
//!
//! The scheme is the usual one (Goto and van de Geijn, "Anatomy of high-performance matrix
//! multiplication", 2008): a block of B that fits the second-level cache is packed, then strips of
//! A that fit the first-level cache are packed one after the other and multiplied with all of it,
//! tile by tile, each tile of C in registers. If there are more blocks of B, they find the strips
//! packed.
//!
//! Large products are cut into tasks along rows, columns or the inner dimension; tasks of the
//! latter sum into memory of their own, and the sums are added in a fixed order.

pub mod batched;
pub mod block;
pub mod pack;
pub mod tile;

use crate::pool::{self, part};
use crate::scratch::Scratch;
use crate::simd::Vectors;
use block::{Block, Columns};
use pack::Dense;

/// What happens to the product on its way to C.
#[derive(Clone, Copy)]
pub struct Finish<'a, T> {
    /// Whether to add to what C holds.
    pub accumulate: bool,
    /// Added to every row, one entry a column.
    pub column_bias: Option<&'a [T]>,
    /// Added to every column, one entry a row.
    pub row_bias: Option<&'a [T]>,
    /// Whether to take the ReLU at the end.
    pub relu: bool,
}

impl<T> Finish<'_, T> {
    /// Nothing but the product.
    pub const STORE: Self =
        Finish { accumulate: false, column_bias: None, row_bias: None, relu: false };
    /// The product added to what is there.
    pub const ADD: Self = Finish { accumulate: true, ..Self::STORE };
}

/// A pointer that tasks share; each writes to its own part.
#[derive(Clone, Copy)]
pub struct Shared<T>(pub *mut T);
// SAFETY: those who make one see to it that the parts do not overlap.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The pointer, `offset` elements on.
    ///
    /// # Safety
    /// The offset is within what the pointer points into.
    pub unsafe fn at(self, offset: usize) -> *mut T {
        // SAFETY: passed on to the caller.
        unsafe { self.0.add(offset) }
    }
}

/// `C = op(A)·op(B) + beta·C` as in the kernel table, over dense row-major matrices.
///
/// # Panics
/// If a slice is too short.
#[allow(clippy::too_many_arguments)]
pub fn gemm<T: Vectors>(
    trans_a: bool,
    trans_b: bool,
    m: usize,
    n: usize,
    k: usize,
    a: &[T],
    b: &[T],
    finish: Finish<T>,
    c: &mut [T],
) {
    gemm_on(pool::threads(), trans_a, trans_b, m, n, k, a, b, finish, c);
}

/// The same, cut for some number of threads.
#[allow(clippy::too_many_arguments)]
fn gemm_on<T: Vectors>(
    threads: usize,
    trans_a: bool,
    trans_b: bool,
    m: usize,
    n: usize,
    k: usize,
    a: &[T],
    b: &[T],
    finish: Finish<T>,
    c: &mut [T],
) {
    let a = if trans_a { Dense::columns(a, m, k) } else { Dense::rows(a, m, k) };
    let b = if trans_b { Dense::rows(b, n, k) } else { Dense::columns(b, n, k) };
    assert!(c.len() >= m * n, "gemm: C is too short");
    assert!(finish.column_bias.is_none_or(|bias| bias.len() >= n), "gemm: the bias is too short");
    assert!(finish.row_bias.is_none_or(|bias| bias.len() >= m), "gemm: the bias is too short");
    if m == 0 || n == 0 {
        return;
    }
    let plan = Plan::new::<T>(m, n, k, a.is_rows(), b.is_rows(), threads);
    if plan.depths == 1 {
        let to = Shared(c.as_mut_ptr());
        pool::parallel(plan.rows * plan.columns, |task| {
            let rows = part(m, plan.rows, task / plan.columns, 1);
            let columns = part(n, plan.columns, task % plan.columns, T::lanes());
            // SAFETY: operands and C were measured above; tasks have different parts of C.
            let b = Columns::Loose(&b);
            T::dispatch(Block { a: &a, b, rows, columns, depth: 0..k, to, stride: n, finish });
        });
        return;
    }
    // Every task but the first sums into memory of its own.
    let mut partial = Scratch::new((plan.depths - 1) * m * n);
    let (to, beside) = (Shared(c.as_mut_ptr()), Shared(partial.as_mut_ptr()));
    pool::parallel(plan.depths, |task| {
        let depth = part(k, plan.depths, task, T::lanes());
        let (to, finish) = match task {
            0 => (to, Finish { accumulate: finish.accumulate, ..Finish::STORE }),
            // SAFETY: the scratch memory has this many parts.
            _ => (Shared(unsafe { beside.at((task - 1) * m * n) }), Finish::STORE),
        };
        T::dispatch(Block {
            a: &a,
            b: Columns::Loose(&b),
            rows: 0..m,
            columns: 0..n,
            depth,
            to,
            stride: n,
            finish,
        });
    });
    add_partial(n, &partial, finish.column_bias, finish.row_bias, finish.relu, &mut c[..m * n]);
}

/// Multiply-adds that are worth a task of their own.
const WORTH_A_TASK: usize = 120_000;
/// Multiply-adds of a piece, where every thread has several.
const WORTH_A_PIECE: usize = 16_000_000;
/// Pieces for a thread at the most.
const PIECES: usize = 4;
/// The part of a piece that a thread loses to others, on average.
pub const HELD_UP: f64 = 0.25;

/// How a product is cut into tasks.
#[derive(Debug, PartialEq)]
struct Plan {
    rows: usize,
    columns: usize,
    depths: usize,
}

impl Plan {
    /// The cheapest of all ways to cut, by a rough count of processor cycles.
    fn new<T: Vectors>(
        m: usize,
        n: usize,
        k: usize,
        a_rows: bool,
        b_rows: bool,
        threads: usize,
    ) -> Self {
        let work = m * n * k;
        let tasks = (work / WORTH_A_TASK).clamp(1, threads);
        let pieces = (work / WORTH_A_PIECE).clamp(tasks, PIECES * tasks);
        let lanes = T::lanes();
        let mut best = Plan { rows: 1, columns: 1, depths: 1 };
        if tasks == 1 {
            return best;
        }
        let mut least = f64::INFINITY;
        for rows in 1..=pieces {
            for columns in 1..=pieces / rows {
                let depths = tasks / rows / columns;
                if depths > 1 && (rows > 1 || columns > 1) {
                    continue;
                }
                let depths = depths.max(1);
                let tile = |size: usize, parts: usize, unit: usize| {
                    (size.div_ceil(unit).div_ceil(parts) * unit) as f64
                };
                let (m1, n1) = (tile(m, rows, 1), tile(n, columns, lanes));
                let k1 = tile(k, depths, lanes);
                let vector = lanes as f64;
                let product = m1 * n1 * k1 / (2.0 * vector);
                let pack =
                    |strips: f64, rows: bool| strips * k1 * (if rows { 6.0 } else { 3.0 } / vector);
                let sums =
                    if depths > 1 { (depths * m * n) as f64 * 8.0 / vector + 3000.0 } else { 0.0 };
                // Some thread is held up for a part of its last piece.
                let rounds = (rows * columns * depths).div_ceil(tasks) as f64 + HELD_UP;
                let piece = product + pack(m1, a_rows) + pack(n1, b_rows);
                let cost = rounds * piece + sums;
                if cost < least {
                    (best, least) = (Plan { rows, columns, depths }, cost);
                }
            }
        }
        best
    }
}

crate::multiversion! {
    /// Adds the partial sums, one after the other, then finishes.
    fn add_partial<T>(
        n: usize,
        partial: &[T],
        column_bias: Option<&[T]>,
        row_bias: Option<&[T]>,
        relu: bool,
        c: &mut [T],
    ) {
        for sums in partial.chunks_exact(c.len()) {
            for (c, x) in c.iter_mut().zip(sums) {
                *c += *x;
            }
        }
        if let Some(bias) = column_bias {
            for row in c.chunks_exact_mut(n) {
                for (c, b) in row.iter_mut().zip(bias) {
                    *c += *b;
                }
            }
        }
        if let Some(bias) = row_bias {
            for (row, b) in c.chunks_exact_mut(n).zip(bias) {
                for c in row {
                    *c += *b;
                }
            }
        }
        if relu {
            for c in c {
                *c = if *c <= T::ZERO { T::ZERO } else { *c };
            }
        }
    }
}

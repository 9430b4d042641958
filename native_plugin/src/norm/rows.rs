//! Batch normalisation of rows: channels lie side by side, and threads share the rows.

use super::batch::{Affine, Batch, Terms};
use super::sweeps::*;
use crate::pool::parallel_rows;
use crate::real::Real;
use crate::scratch::Scratch;

/// Rows that are summed together, in the element type.
const BLOCK: usize = 128;

/// The mean and variance of every column.
pub fn statistics<T: Real>(batch: Batch, x: &[T], statistics: &mut [[f64; 2]]) {
    let Batch { n, c, .. } = batch;
    let blocks = n.div_ceil(BLOCK);
    let mut parts = Scratch::<f64>::new(3 * blocks * c);
    parallel_rows(blocks, 1, batch.tasks(blocks), &mut *parts, |range, parts| {
        for (block, parts) in range.zip(parts.chunks_exact_mut(3 * c)) {
            column_moments(&x[block * BLOCK * c..((block + 1) * BLOCK).min(n) * c], c, parts);
        }
    });
    let (parts, _) = parts.as_chunks::<3>();
    for (j, statistics) in statistics.iter_mut().enumerate() {
        let column =
            (0..blocks).map(|block| (&parts[block * c + j], BLOCK.min(n - block * BLOCK) as f64));
        *statistics = combine(column, batch.count());
    }
}

/// Normalises every column with its own numbers.
pub fn apply<T: Real>(
    batch: Batch,
    x: &[T],
    affine: impl Fn(usize) -> Affine<T>,
    floor: T,
    out: &mut [T],
) {
    let Batch { n, c, .. } = batch;
    let mut numbers = Scratch::<T>::new(4 * c);
    let (high, rest) = numbers.split_at_mut(c);
    let (low, rest) = rest.split_at_mut(c);
    let (scale, shift) = rest.split_at_mut(c);
    for j in 0..c {
        Affine { high: high[j], low: low[j], scale: scale[j], shift: shift[j] } = affine(j);
    }
    parallel_rows(n, 1, batch.tasks(n), out, |range, out| {
        let x = &x[range.start * c..range.end * c];
        normalise_columns(x, high, low, scale, shift, floor, out);
    });
}

/// The gradient, see [`super::images::backward`].
#[allow(clippy::too_many_arguments)]
pub fn backward<T: Real>(
    batch: Batch,
    x: &[T],
    mean: &[T],
    write: impl Fn(usize, &mut [T]) + Sync,
    terms: impl Fn(usize, [f64; 2], &mut T, &mut T) -> Terms<T>,
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
) {
    let Batch { n, c, .. } = batch;
    let blocks = n.div_ceil(BLOCK);
    let mut parts = Scratch::<f64>::new(2 * blocks * c);
    let (sums, products) = parts.split_at_mut(blocks * c);
    // Rows of blocks, of which the last may be shorter: threads cut between blocks.
    let whole = &mut dx[..n / BLOCK * BLOCK * c];
    let last = whole.len();
    let whole_blocks = n / BLOCK;
    let sum_block = |block: usize, dx: &mut [T], sums: &mut [f64], products: &mut [f64]| {
        let start = block * BLOCK * c;
        write(start, dx);
        column_gradient_sums(dx, &x[start..][..dx.len()], mean, sums, products);
    };
    let (whole_sums, last_sums) = sums.split_at_mut(whole_blocks * c);
    let (whole_products, last_products) = products.split_at_mut(whole_blocks * c);
    parallel_rows(
        whole_blocks,
        1,
        batch.tasks(whole_blocks),
        (whole, whole_sums, whole_products),
        |range, (dx, sums, products)| {
            let parts = sums.chunks_exact_mut(c).zip(products.chunks_exact_mut(c));
            for ((block, dx), (sums, products)) in
                range.zip(dx.chunks_exact_mut(BLOCK * c)).zip(parts)
            {
                sum_block(block, dx, sums, products);
            }
        },
    );
    if last < dx.len() {
        sum_block(whole_blocks, &mut dx[last..], last_sums, last_products);
    }

    let mut numbers = Scratch::<T>::new(4 * c);
    let (scale, rest) = numbers.split_at_mut(c);
    let (variance, rest) = rest.split_at_mut(c);
    let (high, low) = rest.split_at_mut(c);
    for j in 0..c {
        let mut total = [0.0; 2];
        for block in 0..blocks {
            total[0] += sums[block * c + j];
            total[1] += products[block * c + j];
        }
        let terms = terms(j, total, &mut dgamma[j], &mut dbeta[j]);
        (scale[j], variance[j]) = (terms.scale, terms.variance);
        (high[j], low[j]) = terms.mean;
    }
    parallel_rows(n, 1, batch.tasks(n), dx, |range, dx| {
        let x = &x[range.start * c..range.end * c];
        gradient_columns(x, mean, scale, (high, low), variance, dx);
    });
}

/// The mean and variance of values that come in parts, each with its centre, how far its mean is
/// from there, and its squares around the mean.
fn combine<'a>(parts: impl Iterator<Item = (&'a [f64; 3], f64)> + Clone, count: f64) -> [f64; 2] {
    let Some(([first, ..], _)) = parts.clone().next() else {
        return [0.0, 0.0];
    };
    // From the first part's centre, distances are short.
    let distance = |[centre, correction, _]: &[f64; 3]| centre - first + correction;
    let sum: f64 = parts.clone().map(|(part, size)| size * distance(part)).sum();
    let mean = sum / count;
    let squares = parts.map(|(part, size)| {
        let apart = distance(part) - mean;
        part[2] + size * apart * apart
    });
    [first + mean, squares.sum::<f64>() / count]
}

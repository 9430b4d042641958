//! Batch normalisation, of rows or of images.

use super::sweeps::*;
use super::{WORTH_A_TASK, in_two};
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;
use crate::scratch::Scratch;

/// Rows of a batch whose columns are summed in the element type.
const BLOCK: usize = 128;

/// A batch (n, c, s) that is normalised channel by channel.
#[derive(Clone, Copy)]
pub struct Batch {
    /// Samples.
    pub n: usize,
    /// Channels.
    pub c: usize,
    /// Values of a channel in a sample.
    pub s: usize,
}

impl Batch {
    fn tasks(self, units: usize) -> usize {
        tasks_for(self.n * self.c * self.s, WORTH_A_TASK).min(units.max(1))
    }

    /// Samples that are summed together where channels lie side by side.
    fn blocks(self) -> usize {
        self.n.div_ceil(BLOCK)
    }

    fn is_empty(self) -> bool {
        self.n * self.c * self.s == 0
    }
}

/// Normalises with the statistics of the batch; writes `out`, `mean` and `variance`.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_forward<T: Real>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    eps: f64,
    out: &mut [T],
    mean: &mut [T],
    variance: &mut [T],
) {
    let mut statistics = Scratch::<f64>::new(2 * batch.c);
    let (means, variances) = statistics.split_at_mut(batch.c);
    means.fill(0.0);
    variances.fill(0.0);
    if !batch.is_empty() {
        batch_statistics(batch, x, means, variances);
    }
    for j in 0..batch.c {
        mean[j] = T::from_f64(means[j]);
        variance[j] = T::from_f64(variances[j]);
    }
    normalise_batch(batch, x, gamma, beta, means, variances, eps, out);
}

/// Normalises with the statistics given.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_apply<T: Real>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    mean: &[T],
    variance: &[T],
    eps: f64,
    out: &mut [T],
) {
    let mut statistics = Scratch::<f64>::new(2 * batch.c);
    let (means, variances) = statistics.split_at_mut(batch.c);
    for j in 0..batch.c {
        means[j] = mean[j].to_f64();
        variances[j] = variance[j].to_f64();
    }
    normalise_batch(batch, x, gamma, beta, means, variances, eps, out);
}
/// Adds up the means and variances of parts of the batch.
fn batch_statistics<T: Real>(batch: Batch, x: &[T], means: &mut [f64], variances: &mut [f64]) {
    let Batch { n, c, s } = batch;
    // A part is a plane of s values, or where channels lie side by side, a block of samples.
    let units = if s == 1 { batch.blocks() } else { n };
    let mut parts = Scratch::<f64>::new(3 * units * c);
    let rows = if s == 1 { units } else { n * c };
    parallel_rows(rows, 1, batch.tasks(rows), &mut *parts, |range, parts| {
        if s > 1 {
            for (plane, part) in range.zip(parts.as_chunks_mut::<3>().0) {
                let moments = moments(&x[plane * s..(plane + 1) * s]);
                *part = [moments.centre, moments.correction, moments.squares];
            }
            return;
        }
        for (block, parts) in range.zip(parts.chunks_exact_mut(3 * c)) {
            let x = &x[block * BLOCK * c..((block + 1) * BLOCK).min(n) * c];
            column_moments(x, c, parts);
        }
    });
    let rows_of = |unit: usize| if s == 1 { BLOCK.min(n - unit * BLOCK) } else { s } as f64;
    let count = (n * s) as f64;
    let (parts, _) = parts.as_chunks::<3>();
    // From the first part's centre, distances are short.
    let distance = |unit: usize, j: usize| {
        let [centre, correction, _] = parts[unit * c + j];
        centre - parts[j][0] + correction
    };
    for j in 0..c {
        let sum: f64 = (0..units).map(|unit| rows_of(unit) * distance(unit, j)).sum();
        let mean = sum / count;
        let squares = (0..units).map(|unit| {
            let apart = distance(unit, j) - mean;
            parts[unit * c + j][2] + rows_of(unit) * apart * apart
        });
        means[j] = parts[j][0] + mean;
        variances[j] = squares.sum::<f64>() / count;
    }
}

/// `out = gamma · (x - mean) / sqrt(variance + eps) + beta`.
#[allow(clippy::too_many_arguments)]
fn normalise_batch<T: Real>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    means: &[f64],
    variances: &[f64],
    eps: f64,
    out: &mut [T],
) {
    let Batch { n, c, s } = batch;
    if batch.is_empty() {
        return;
    }
    let mut affine = Scratch::<T>::new(3 * c);
    let (high, rest) = affine.split_at_mut(c);
    let (low, scale) = rest.split_at_mut(c);
    for j in 0..c {
        (high[j], low[j]) = in_two(means[j]);
        scale[j] = T::from_f64(gamma[j].to_f64() / (variances[j] + eps).sqrt());
    }
    let units = if s == 1 { n } else { n * c };
    parallel_rows(units, 1, batch.tasks(units), out, |range, out| {
        let x = &x[range.start * out.len() / range.len().max(1)..][..out.len()];
        if s == 1 {
            normalise_columns(x, high, low, scale, beta, out);
            return;
        }
        for ((unit, x), out) in range.zip(x.chunks_exact(s)).zip(out.chunks_exact_mut(s)) {
            let j = unit % c;
            normalise(x, high[j], low[j], scale[j], beta[j], out);
        }
    });
}

/// Gradient of batch normalisation; writes `dx`, `dgamma`, `dbeta`.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_backward<T: Real>(
    batch: Batch,
    dout: &[T],
    x: &[T],
    gamma: &[T],
    mean: &[T],
    variance: &[T],
    eps: f64,
    train: bool,
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
) {
    let Batch { n, c, s } = batch;
    dgamma.fill(T::ZERO);
    dbeta.fill(T::ZERO);
    if batch.is_empty() {
        return;
    }
    let (units, width) = if s == 1 { (batch.blocks(), c) } else { (n * c, 1) };
    let mut parts = Scratch::<f64>::new(2 * units * width);
    let (sums, products) = parts.split_at_mut(units * width);
    parallel_rows(
        units,
        1,
        batch.tasks(units),
        (&mut *sums, &mut *products),
        |range, (sums, products)| {
            if s > 1 {
                for ((plane, sum), product) in range.zip(sums).zip(products) {
                    let at = plane * s..(plane + 1) * s;
                    (*sum, *product) = gradient_sums(&dout[at.clone()], &x[at], mean[plane % c]);
                }
                return;
            }
            let blocks = sums.chunks_exact_mut(c).zip(products.chunks_exact_mut(c));
            for (block, (sums, products)) in range.zip(blocks) {
                let at = block * BLOCK * c..((block + 1) * BLOCK).min(n) * c;
                column_gradient_sums(&dout[at.clone()], &x[at], mean, sums, products);
            }
        },
    );

    let mut terms = Scratch::<f64>::new(2 * c);
    let (total_sums, total_products) = terms.split_at_mut(c);
    total_sums.fill(0.0);
    total_products.fill(0.0);
    for unit in 0..units {
        for j in 0..width {
            let channel = if s == 1 { j } else { unit % c };
            total_sums[channel] += sums[unit * width + j];
            total_products[channel] += products[unit * width + j];
        }
    }
    let mut affine = Scratch::<T>::new(4 * c);
    let (scale, rest) = affine.split_at_mut(c);
    let (variance_term, rest) = rest.split_at_mut(c);
    let (high, low) = rest.split_at_mut(c);
    let count = (n * s) as f64;
    for j in 0..c {
        let inverse = 1.0 / (variance[j].to_f64() + eps).sqrt();
        let product = total_products[j] * inverse;
        dbeta[j] = T::from_f64(total_sums[j]);
        dgamma[j] = T::from_f64(product);
        scale[j] = T::from_f64(gamma[j].to_f64() * inverse);
        // With fixed statistics only the direct path from x to the output remains.
        let share = if train { 1.0 / count } else { 0.0 };
        (high[j], low[j]) = in_two(total_sums[j] * share);
        variance_term[j] = T::from_f64(product * inverse * share);
    }
    let units = if s == 1 { n } else { n * c };
    parallel_rows(units, 1, batch.tasks(units), dx, |range, dx| {
        let start = range.start * dx.len() / range.len().max(1);
        let (dout, x) = (&dout[start..][..dx.len()], &x[start..][..dx.len()]);
        if s == 1 {
            gradient_columns(dout, x, mean, scale, (high, low), variance_term, dx);
            return;
        }
        let planes = dout.chunks_exact(s).zip(x.chunks_exact(s)).zip(dx.chunks_exact_mut(s));
        for (unit, ((dout, x), dx)) in range.zip(planes) {
            let j = unit % c;
            gradient(dout, x, mean[j], scale[j], (high[j], low[j]), variance_term[j], dx);
        }
    });
}

//! Batch and group normalisation, forward and backward.
//!
//! Sums run in the element type over short stretches and in float64 from there on; variances are
//! sums of squared deviations, put together from parts by the formula of Chan, Golub and LeVeque
//! ("Updating formulae and a pairwise algorithm for computing sample variances", 1979).

use crate::multiversion;
use crate::pool::{parallel_rows, part, tasks_for};
use crate::real::Real;
use crate::scratch::Scratch;

/// Elements that are worth a thread of their own.
const WORTH_A_TASK: usize = 16 << 10;
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

/// Mean and spread of some values. The mean comes in two parts, a rough one and a correction, so
/// that the difference of two close means keeps its digits.
#[derive(Clone, Copy)]
struct Moments {
    centre: f64,
    correction: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
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
    let mut affine = Scratch::<T>::new(3 * c);
    let (scale, rest) = affine.split_at_mut(c);
    let (mean_term, variance_term) = rest.split_at_mut(c);
    let count = (n * s) as f64;
    for j in 0..c {
        let inverse = 1.0 / (variance[j].to_f64() + eps).sqrt();
        let product = total_products[j] * inverse;
        dbeta[j] = T::from_f64(total_sums[j]);
        dgamma[j] = T::from_f64(product);
        scale[j] = T::from_f64(gamma[j].to_f64() * inverse);
        // With fixed statistics only the direct path from x to the output remains.
        let share = if train { 1.0 / count } else { 0.0 };
        mean_term[j] = T::from_f64(total_sums[j] * share);
        variance_term[j] = T::from_f64(product * inverse * share);
    }
    let units = if s == 1 { n } else { n * c };
    parallel_rows(units, 1, batch.tasks(units), dx, |range, dx| {
        let start = range.start * dx.len() / range.len().max(1);
        let (dout, x) = (&dout[start..][..dx.len()], &x[start..][..dx.len()]);
        if s == 1 {
            gradient_columns(dout, x, mean, scale, mean_term, variance_term, dx);
            return;
        }
        let planes = dout.chunks_exact(s).zip(x.chunks_exact(s)).zip(dx.chunks_exact_mut(s));
        for (unit, ((dout, x), dx)) in range.zip(planes) {
            let j = unit % c;
            gradient(dout, x, mean[j], scale[j], mean_term[j], variance_term[j], dx);
        }
    });
}

/// A batch (n, g, cg, s) whose n·g groups are normalised one by one.
#[derive(Clone, Copy)]
pub struct Groups {
    /// Samples.
    pub n: usize,
    /// Groups of a sample.
    pub g: usize,
    /// Channels of a group.
    pub cg: usize,
    /// Values of a channel in a sample.
    pub s: usize,
}

impl Groups {
    fn tasks(self) -> usize {
        let Groups { n, g, cg, s } = self;
        tasks_for(n * g * cg * s, WORTH_A_TASK).min(n.max(1))
    }
}

/// Normalises every group; writes `out`, and `mean` and `variance` (n·g).
#[allow(clippy::too_many_arguments)]
pub fn groupnorm_forward<T: Real>(
    groups: Groups,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    eps: f64,
    out: &mut [T],
    mean: &mut [T],
    variance: &mut [T],
) {
    let Groups { n, g, cg, s } = groups;
    let size = cg * s;
    mean.fill(T::ZERO);
    variance.fill(T::ZERO);
    if n * g * size == 0 {
        return;
    }
    parallel_rows(n, 1, groups.tasks(), (out, mean, variance), |range, (out, mean, variance)| {
        let mut scale = Scratch::<T>::new(cg);
        for (i, group) in (range.start * g..range.end * g).enumerate() {
            let x = &x[group * size..(group + 1) * size];
            let out = &mut out[i * size..(i + 1) * size];
            let Moments { centre, correction, squares } = moments(x);
            let (centre, spread) = (centre + correction, squares / size as f64);
            mean[i] = T::from_f64(centre);
            variance[i] = T::from_f64(spread);
            let (high, low) = in_two(centre);
            let inverse = 1.0 / (spread + eps).sqrt();
            let first = group % g * cg;
            let beta = &beta[first..first + cg];
            for (scale, gamma) in scale.iter_mut().zip(&gamma[first..first + cg]) {
                *scale = T::from_f64(gamma.to_f64() * inverse);
            }
            if s == 1 {
                normalise_row(x, high, low, &scale, beta, out);
                continue;
            }
            let channels = x.chunks_exact(s).zip(out.chunks_exact_mut(s));
            for ((x, out), (scale, beta)) in channels.zip(scale.iter().zip(beta)) {
                normalise(x, high, low, *scale, *beta, out);
            }
        }
    });
}

/// Gradient of group normalisation; writes `dx`, `dgamma`, `dbeta`.
#[allow(clippy::too_many_arguments)]
pub fn groupnorm_backward<T: Real>(
    groups: Groups,
    dout: &[T],
    x: &[T],
    gamma: &[T],
    mean: &[T],
    variance: &[T],
    eps: f64,
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
) {
    let Groups { n, g, cg, s } = groups;
    let (size, channels) = (cg * s, g * cg);
    dgamma.fill(T::ZERO);
    dbeta.fill(T::ZERO);
    if n * g * size == 0 {
        return;
    }
    // Every task sums dgamma and dbeta of its samples; the sums are added in order.
    let tasks = groups.tasks();
    let mut sums = Scratch::<f64>::new(tasks * 2 * channels);
    sums.fill(0.0);
    let sample = channels * s;
    let dx_parts = std::sync::Mutex::new(split_samples(dx, n, tasks, sample));
    parallel_rows(tasks, 1, tasks, &mut *sums, |range, sums| {
        for (task, sums) in range.zip(sums.chunks_exact_mut(2 * channels)) {
            let dx = match dx_parts.lock() {
                Ok(mut parts) => std::mem::take(&mut parts[task]),
                Err(_) => return,
            };
            let (dgamma, dbeta) = sums.split_at_mut(channels);
            let samples = part(n, tasks, task, 1);
            for (i, group) in (samples.start * g..samples.end * g).enumerate() {
                let at = group * size..(group + 1) * size;
                let (dout, x) = (&dout[at.clone()], &x[at]);
                let dx = &mut dx[i * size..(i + 1) * size];
                let centre = mean[group];
                let inverse = 1.0 / (variance[group].to_f64() + eps).sqrt();
                let first = group % g * cg;
                let gamma = &gamma[first..first + cg];
                let dgamma = &mut dgamma[first..first + cg];
                let dbeta = &mut dbeta[first..first + cg];
                let (mut sum, mut products) = (0.0, 0.0);
                if s == 1 {
                    (sum, products) = row_gradient_sums(dout, x, gamma, centre);
                    products *= inverse;
                    add_row_gradient(dout, x, centre, inverse, dgamma, dbeta);
                } else {
                    for j in 0..cg {
                        let at = j * s..(j + 1) * s;
                        let (a, b) = gradient_sums(&dout[at.clone()], &x[at], centre);
                        dbeta[j] += a;
                        dgamma[j] += b * inverse;
                        sum += a * gamma[j].to_f64();
                        products += b * inverse * gamma[j].to_f64();
                    }
                }
                let count = size as f64;
                // Divided by the standard deviation last: terms that cancel do so before they grow.
                let mean_term = T::from_f64(sum / count);
                let variance_term = T::from_f64(products * inverse / count);
                let inverse = T::from_f64(inverse);
                if s == 1 {
                    gradient_row(dout, x, gamma, centre, inverse, mean_term, variance_term, dx);
                    continue;
                }
                for j in 0..cg {
                    let at = j * s..(j + 1) * s;
                    let (dout, x, dx) = (&dout[at.clone()], &x[at.clone()], &mut dx[at]);
                    group_gradient(
                        dout,
                        x,
                        centre,
                        gamma[j],
                        inverse,
                        mean_term,
                        variance_term,
                        dx,
                    );
                }
            }
        }
    });
    for j in 0..channels {
        let total = |at: usize| (0..tasks).map(|task| sums[task * 2 * channels + at]).sum();
        dgamma[j] = T::from_f64(total(j));
        dbeta[j] = T::from_f64(total(channels + j));
    }
}

/// The samples of every task.
fn split_samples<T>(mut rest: &mut [T], n: usize, tasks: usize, sample: usize) -> Vec<&mut [T]> {
    (0..tasks)
        .map(|task| {
            let (head, tail) =
                std::mem::take(&mut rest).split_at_mut(part(n, tasks, task, 1).len() * sample);
            rest = tail;
            head
        })
        .collect()
}

/// A number as the nearest element and what is left, so that `x - high - low` keeps the digits
/// that a difference of close numbers has.
fn in_two<T: Real>(value: f64) -> (T, T) {
    let high = T::from_f64(value);
    (high, T::from_f64(value - high.to_f64()))
}

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
    fn moments<T>(x: &[T]) -> Moments {
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
    fn column_moments<T>(x: &[T], c: usize, moments: &mut [f64]) {
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
    fn normalise<T>(x: &[T], high: T, low: T, scale: T, shift: T, out: &mut [T]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = (*x - high - low) * scale + shift;
        }
    }

    /// The same for rows whose columns have their own numbers.
    fn normalise_columns<T>(
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
    fn normalise_row<T>(x: &[T], high: T, low: T, scale: &[T], shift: &[T], out: &mut [T]) {
        for ((out, x), (scale, shift)) in out.iter_mut().zip(x).zip(scale.iter().zip(shift)) {
            *out = (*x - high - low) * *scale + *shift;
        }
    }

    /// `Σ dout` and `Σ dout · (x - centre)`.
    fn gradient_sums<T>(dout: &[T], x: &[T], centre: T) -> (f64, f64) {
        let (mut total, mut total_products) = (0.0, 0.0);
        for (dout, x) in dout.chunks(STRETCH).zip(x.chunks(STRETCH)) {
            let (douts, dout_rest) = dout.as_chunks::<LANES>();
            let (xs, x_rest) = x.as_chunks::<LANES>();
            let (mut sums, mut products) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for (dout, x) in douts.iter().zip(xs) {
                for l in 0..LANES {
                    sums[l] += dout[l];
                    products[l] += dout[l] * (x[l] - centre);
                }
            }
            total += sum_of(sums);
            total_products += sum_of(products);
            for (dout, x) in dout_rest.iter().zip(x_rest) {
                total += dout.to_f64();
                total_products += dout.to_f64() * (*x - centre).to_f64();
            }
        }
        (total, total_products)
    }

    /// The same for every column of a few rows.
    fn column_gradient_sums<T>(
        dout: &[T],
        x: &[T],
        centre: &[T],
        totals: &mut [f64],
        total_products: &mut [f64],
    ) {
        let c = totals.len();
        by_columns!(c, at, W, {
            let centre: [T; W] = std::array::from_fn(|l| centre[at + l]);
            let (mut sums, mut products) = ([T::ZERO; W], [T::ZERO; W]);
            for (dout, x) in dout.chunks_exact(c).zip(x.chunks_exact(c)) {
                let (dout, x) = (&dout[at..at + W], &x[at..at + W]);
                for l in 0..W {
                    sums[l] += dout[l];
                    products[l] += dout[l] * (x[l] - centre[l]);
                }
            }
            for l in 0..W {
                totals[at + l] = sums[l].to_f64();
                total_products[at + l] = products[l].to_f64();
            }
        });
    }

    /// `Σ dout · gamma` and `Σ dout · gamma · (x - centre)`.
    fn row_gradient_sums<T>(dout: &[T], x: &[T], gamma: &[T], centre: T) -> (f64, f64) {
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
    fn add_row_gradient<T>(
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

    /// `dx = scale · (dout - mean_term - (x - centre) · variance_term)`.
    fn gradient<T>(
        dout: &[T],
        x: &[T],
        centre: T,
        scale: T,
        mean_term: T,
        variance_term: T,
        dx: &mut [T],
    ) {
        for ((dx, dout), x) in dx.iter_mut().zip(dout).zip(x) {
            *dx = scale * (*dout - mean_term - (*x - centre) * variance_term);
        }
    }

    /// The same for rows whose columns have their own numbers.
    fn gradient_columns<T>(
        dout: &[T],
        x: &[T],
        centre: &[T],
        scale: &[T],
        mean_term: &[T],
        variance_term: &[T],
        dx: &mut [T],
    ) {
        let c = scale.len();
        by_columns!(c, at, W, {
            let of = |numbers: &[T]| -> [T; W] { std::array::from_fn(|l| numbers[at + l]) };
            let (centre, scale) = (of(centre), of(scale));
            let (mean_term, variance_term) = (of(mean_term), of(variance_term));
            let rows = dout.chunks_exact(c).zip(x.chunks_exact(c)).zip(dx.chunks_exact_mut(c));
            for ((dout, x), dx) in rows {
                let (dout, x, dx) = (&dout[at..at + W], &x[at..at + W], &mut dx[at..at + W]);
                for l in 0..W {
                    let direct = dout[l] - mean_term[l] - (x[l] - centre[l]) * variance_term[l];
                    dx[l] = scale[l] * direct;
                }
            }
        });
    }

    /// `dx = (dout · gamma - mean_term - (x - centre) · variance_term) · inverse`.
    fn group_gradient<T>(
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
    fn gradient_row<T>(
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

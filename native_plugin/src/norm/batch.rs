//! Batch normalisation, of rows or of images, perhaps with what follows it: ReLU and max pooling.

use super::sweeps::*;
use super::{WORTH_A_TASK, images, in_two, rows};
use crate::elementwise::relu_gradient;
use crate::pool::{parallel_rows, tasks_for};
use crate::pooling::Pool;
use crate::real::Real;
use crate::scratch::Scratch;

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
    /// What a pooling layer reads.
    fn before(pool: &Pool) -> Self {
        let [h, w] = pool.size;
        Batch { n: pool.planes / pool.channels.max(1), c: pool.channels, s: h * w }
    }

    pub(super) fn tasks(self, units: usize) -> usize {
        tasks_for(self.n * self.c * self.s, WORTH_A_TASK).min(units.max(1))
    }

    /// Values of a channel.
    pub(super) fn count(self) -> f64 {
        (self.n * self.s) as f64
    }

    fn is_empty(self) -> bool {
        self.n * self.c * self.s == 0
    }
}

/// What becomes of a value: `max(floor, (x - high - low) · scale + shift)`.
#[derive(Clone, Copy)]
pub(super) struct Affine<T> {
    pub high: T,
    pub low: T,
    pub scale: T,
    pub shift: T,
}

impl<T: Real> Affine<T> {
    /// `gamma · (x - mean) / sqrt(variance + eps) + beta`.
    pub fn new([mean, variance]: [f64; 2], gamma: T, beta: T, eps: f64) -> Self {
        let (high, low) = in_two(mean);
        let scale = T::from_f64(gamma.to_f64() / (variance + eps).sqrt());
        Affine { high, low, scale, shift: beta }
    }
}

/// Below this there is no output: 0 after ReLU.
pub(super) fn floor<T: Real>(relu: bool) -> T {
    if relu { T::ZERO } else { T::from_f64(f64::NEG_INFINITY) }
}

/// The numbers that the gradient of a channel's values is made of.
#[derive(Clone, Copy)]
pub(super) struct Terms<T> {
    pub scale: T,
    pub mean: (T, T),
    pub variance: T,
}

impl<T: Real> Terms<T> {
    /// From the sums `Σ dout` and `Σ dout · (x - mean)` of a channel; sets its dgamma and dbeta.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        [sum, product]: [f64; 2],
        gamma: T,
        variance: T,
        eps: f64,
        train: bool,
        count: f64,
        dgamma: &mut T,
        dbeta: &mut T,
    ) -> Self {
        let inverse = 1.0 / (variance.to_f64() + eps).sqrt();
        let product = product * inverse;
        *dbeta = T::from_f64(sum);
        *dgamma = T::from_f64(product);
        // With fixed statistics only the direct path from x to the output remains.
        let share = if train { 1.0 / count } else { 0.0 };
        Terms {
            scale: T::from_f64(gamma.to_f64() * inverse),
            mean: in_two(sum * share),
            variance: T::from_f64(product * inverse * share),
        }
    }
}

/// Normalises with the statistics of the batch, then perhaps takes the ReLU; writes `out`, `mean`
/// and `variance`.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_forward<T: Real>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    eps: f64,
    relu: bool,
    out: &mut [T],
    mean: &mut [T],
    variance: &mut [T],
) {
    mean.fill(T::ZERO);
    variance.fill(T::ZERO);
    if batch.is_empty() {
        return;
    }
    let floor = floor(relu);
    if batch.s > 1 {
        images::forward(batch, x, gamma, beta, eps, mean, variance, out, |x, affine, out| {
            normalise(x, affine, floor, out);
        });
        return;
    }
    let mut statistics = Scratch::<f64>::new(2 * batch.c);
    let statistics = statistics.as_chunks_mut::<2>().0;
    rows::statistics(batch, x, statistics);
    for (j, [centre, spread]) in statistics.iter().enumerate() {
        mean[j] = T::from_f64(*centre);
        variance[j] = T::from_f64(*spread);
    }
    apply(batch, x, gamma, beta, statistics, eps, floor, out);
}

/// Normalises with the statistics of the batch, takes the ReLU and the maximum of every window;
/// writes `out`, the places `argmax`, `mean` and `variance`.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_relu_pool_forward<T: Real>(
    pool: &Pool,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    eps: f64,
    out: &mut [T],
    argmax: &mut [i32],
    mean: &mut [T],
    variance: &mut [T],
) {
    mean.fill(T::ZERO);
    variance.fill(T::ZERO);
    let batch = Batch::before(pool);
    if batch.is_empty() {
        return;
    }
    let emit = |x: &[T], affine, (out, argmax): (&mut [T], &mut [i32])| {
        if out.is_empty() {
            return;
        }
        let mut active = Scratch::<T>::new(x.len());
        normalise(x, affine, T::ZERO, &mut active);
        pool.max_of_plane(&active, out, argmax);
    };
    images::forward(batch, x, gamma, beta, eps, mean, variance, (out, argmax), emit);
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
    if batch.is_empty() {
        return;
    }
    let mut statistics = Scratch::<f64>::new(2 * batch.c);
    let statistics = statistics.as_chunks_mut::<2>().0;
    for (j, statistics) in statistics.iter_mut().enumerate() {
        *statistics = [mean[j].to_f64(), variance[j].to_f64()];
    }
    apply(batch, x, gamma, beta, statistics, eps, floor(false), out);
}

#[allow(clippy::too_many_arguments)]
fn apply<T: Real>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    statistics: &[[f64; 2]],
    eps: f64,
    floor: T,
    out: &mut [T],
) {
    let Batch { n, c, s } = batch;
    let affine = |j: usize| Affine::new(statistics[j], gamma[j], beta[j], eps);
    if s == 1 {
        rows::apply(batch, x, affine, floor, out);
        return;
    }
    parallel_rows(n * c, 1, batch.tasks(n * c), out, |range, out| {
        for (unit, out) in range.zip(out.chunks_exact_mut(s)) {
            normalise(&x[unit * s..][..s], affine(unit % c), floor, out);
        }
    });
}

/// What a gradient is passed through on its way to a batch: nothing, or the ReLU whose output is
/// given.
pub struct Upstream<'a, T> {
    /// The gradient.
    pub dout: &'a [T],
    /// What the ReLU put out, if there was one.
    pub active: Option<&'a [T]>,
}

impl<T: Real> Upstream<'_, T> {
    /// The gradient of the batch's output, from element `start` on.
    fn write(&self, start: usize, to: &mut [T]) {
        let range = start..start + to.len();
        match self.active {
            Some(active) => relu_gradient(&self.dout[range.clone()], &active[range], to),
            None => to.copy_from_slice(&self.dout[range]),
        }
    }
}

/// Gradient of batch normalisation; writes `dx`, `dgamma`, `dbeta`.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_backward<T: Real>(
    batch: Batch,
    upstream: Upstream<T>,
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
    dgamma.fill(T::ZERO);
    dbeta.fill(T::ZERO);
    if batch.is_empty() {
        return;
    }
    let terms = |j: usize, sums: [f64; 2], dgamma: &mut T, dbeta: &mut T| {
        Terms::new(sums, gamma[j], variance[j], eps, train, batch.count(), dgamma, dbeta)
    };
    let write = |start: usize, dx: &mut [T]| upstream.write(start, dx);
    if batch.s > 1 {
        images::backward(batch, x, mean, write, terms, dx, dgamma, dbeta);
    } else {
        rows::backward(batch, x, mean, write, terms, dx, dgamma, dbeta);
    }
}

/// Gradient of batch normalisation, ReLU and max pooling, whose output was `out`; writes `dx`,
/// `dgamma`, `dbeta`.
///
/// # Panics
/// If a place is not in its plane.
#[allow(clippy::too_many_arguments)]
pub fn batchnorm_relu_pool_backward<T: Real>(
    pool: &Pool,
    dout: &[T],
    out: &[T],
    argmax: &[i32],
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
    dgamma.fill(T::ZERO);
    dbeta.fill(T::ZERO);
    let batch = Batch::before(pool);
    if batch.is_empty() || out.is_empty() {
        dx.fill(T::ZERO);
        return;
    }
    let each = out.len() / pool.planes;
    let write = |start: usize, dx: &mut [T]| {
        let plane = start / batch.s * each..(start / batch.s + 1) * each;
        let mut active = Scratch::<T>::new(each);
        relu_gradient(&dout[plane.clone()], &out[plane.clone()], &mut active);
        dx.fill(T::ZERO);
        for (dout, place) in active.iter().zip(&argmax[plane]) {
            dx[*place as usize] += *dout;
        }
    };
    let terms = |j: usize, sums: [f64; 2], dgamma: &mut T, dbeta: &mut T| {
        Terms::new(sums, gamma[j], variance[j], eps, train, batch.count(), dgamma, dbeta)
    };
    images::backward(batch, x, mean, write, terms, dx, dgamma, dbeta);
}

//! Group normalisation; with one group it is layer normalisation.

use super::batch::{Affine, floor};
use super::sweeps::*;
use super::{Moments, WORTH_A_TASK, in_two};
use crate::pool::{parallel_rows, part, tasks_for};
use crate::real::Real;
use crate::scratch::Scratch;

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
                let affine = Affine { high, low, scale: *scale, shift: *beta };
                normalise(x, affine, floor(false), out);
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
                        let [a, b] = gradient_sums(&dout[at.clone()], &x[at], centre);
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

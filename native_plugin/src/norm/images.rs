//! Batch normalisation of images: channels are independent of each other and are what threads share.
//! A thread goes through a channel several times, all but the first while it is in the cache.

use super::batch::{Affine, Batch, Terms};
use super::sweeps::*;
use crate::pool::{Rows, parallel, part, threads};
use crate::real::Real;
use std::ops::Range;

/// Elements of an image that should be read in a row: small planes are done several at a time.
const RUN: usize = 1024;

/// Calls `run` for groups of channels that lie side by side, in parallel.
fn by_channels(batch: Batch, run: impl Fn(Range<usize>) + Sync) {
    let Batch { c, s, .. } = batch;
    let at_once = (RUN / s).clamp(1, c.div_ceil(threads()));
    let groups = c.div_ceil(at_once);
    let tasks = batch.tasks(groups);
    parallel(tasks, |task| {
        for group in part(groups, tasks, task, 1) {
            run(group * at_once..((group + 1) * at_once).min(c));
        }
    });
}

/// `K` sums for each of some channels: in the element type over stretches, and in float64 from there
/// on. One may end long after another has begun, whatever the length of a plane.
struct Sums<T, const K: usize> {
    lanes: Vec<[[T; LANES]; K]>,
    totals: Vec<[f64; K]>,
}

impl<T: Real, const K: usize> Sums<T, K> {
    fn new(channels: usize) -> Self {
        Sums { lanes: vec![[[T::ZERO; LANES]; K]; channels], totals: vec![[0.0; K]; channels] }
    }

    /// Calls `add` for stretches of all planes, image by image, with the channel's place.
    fn run(
        &mut self,
        n: usize,
        s: usize,
        mut add: impl FnMut(usize, usize, Range<usize>, &mut [[T; LANES]; K]),
    ) {
        let mut length = 0;
        for i in 0..n {
            for start in (0..s).step_by(STRETCH) {
                let stretch = start..(start + STRETCH).min(s);
                length += stretch.len();
                for (k, lanes) in self.lanes.iter_mut().enumerate() {
                    add(i, k, stretch.clone(), lanes);
                }
                if length >= STRETCH || i + 1 == n {
                    self.settle();
                    length = 0;
                }
            }
        }
    }

    fn settle(&mut self) {
        for (lanes, totals) in self.lanes.iter_mut().zip(&mut self.totals) {
            for (lanes, total) in lanes.iter_mut().zip(totals) {
                *total += sum_of(*lanes);
                lanes.fill(T::ZERO);
            }
        }
    }
}

/// Normalises with the statistics of the batch; `emit` makes a plane's share of the outputs.
#[allow(clippy::too_many_arguments)]
pub fn forward<T: Real, Outputs: Rows>(
    batch: Batch,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    eps: f64,
    mean: &mut [T],
    variance: &mut [T],
    outputs: Outputs,
    emit: impl Fn(&[T], Affine<T>, Outputs) + Sync,
) {
    let Batch { n, c, s } = batch;
    let plane = |i: usize, j: usize| &x[(i * c + j) * s..][..s];
    let (outputs, statistics) = (outputs.into_raw(), (mean, variance).into_raw());
    by_channels(batch, |channels| {
        let (first, count) = (channels.start, batch.count());
        let mut values = Sums::<T, 1>::new(channels.len());
        values.run(n, s, |i, k, stretch, [lanes]| {
            add_values(&plane(i, first + k)[stretch], lanes);
        });
        let centre = |k: usize| T::from_f64(values.totals[k][0] / count);
        let mut deviations = Sums::<T, 2>::new(channels.len());
        deviations.run(n, s, |i, k, stretch, lanes| {
            add_deviations(&plane(i, first + k)[stretch], centre(k), lanes);
        });
        let affine: Vec<_> = channels
            .clone()
            .enumerate()
            .map(|(k, j)| {
                let [off, squares] = deviations.totals[k];
                let centre = centre(k).to_f64() + off / count;
                let spread = (squares - off * off / count).max(0.0) / count;
                // SAFETY: the slices were given up to this function, and a channel belongs to one
                // call.
                let (mean, variance) =
                    unsafe { <(&mut [T], &mut [T])>::cut(statistics, c, &(j..j + 1)) };
                (mean[0], variance[0]) = (T::from_f64(centre), T::from_f64(spread));
                Affine::new([centre, spread], gamma[j], beta[j], eps)
            })
            .collect();
        for i in 0..n {
            for (k, j) in channels.clone().enumerate() {
                let unit = i * c + j;
                // SAFETY: as above, and a plane belongs to one channel.
                let share = unsafe { Outputs::cut(outputs, n * c, &(unit..unit + 1)) };
                emit(plane(i, j), affine[k], share);
            }
        }
    });
}

/// Gradient of batch normalisation: `write` writes the gradient of its output, from an element on;
/// `terms` makes of a channel's sums what its gradient takes.
#[allow(clippy::too_many_arguments)]
pub fn backward<T: Real>(
    batch: Batch,
    x: &[T],
    mean: &[T],
    write: impl Fn(usize, &mut [T]) + Sync,
    terms: impl Fn(usize, [f64; 2], &mut T, &mut T) -> Terms<T> + Sync,
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
) {
    let Batch { n, c, s } = batch;
    let plane = |i: usize, j: usize| &x[(i * c + j) * s..][..s];
    let (dx, scale_shift) = (dx.into_raw(), (dgamma, dbeta).into_raw());
    // SAFETY: the slices were given up to this function; a plane belongs to one channel, a channel
    // to one call, and a call has one plane at a time.
    let cut =
        |i: usize, j: usize| unsafe { <&mut [T]>::cut(dx, n * c, &(i * c + j..i * c + j + 1)) };
    by_channels(batch, |channels| {
        let first = channels.start;
        let mut pilots = vec![T::ZERO; channels.len()];
        let mut sums = Sums::<T, 3>::new(channels.len());
        sums.run(n, s, |i, k, stretch, lanes| {
            let j = first + k;
            let dx = cut(i, j);
            if stretch.start == 0 {
                write((i * c + j) * s, dx);
                if i == 0 {
                    pilots[k] = pilot(dx);
                }
            }
            let x = &plane(i, j)[stretch.clone()];
            add_products(&dx[stretch], x, pilots[k], mean[j], lanes);
        });
        for (k, j) in channels.enumerate() {
            let pairs = || (0..n).flat_map(|i| cut(i, j).iter().zip(plane(i, j)));
            let totals = of_products(sums.totals[k], pilots[k], mean[j], batch.count(), pairs);
            // SAFETY: as above.
            let (dgamma, dbeta) =
                unsafe { <(&mut [T], &mut [T])>::cut(scale_shift, c, &(j..j + 1)) };
            let terms = terms(j, totals, &mut dgamma[0], &mut dbeta[0]);
            for i in 0..n {
                gradient(plane(i, j), mean[j], terms, cut(i, j));
            }
        }
    });
}

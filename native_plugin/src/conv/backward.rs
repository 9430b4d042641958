//! The gradients of convolution.

use super::direct::Taps;
use super::forward::{Origin, WORTH_A_TASK, convolve};
use super::geometry::{Axis, Conv, Padded};
use super::scatter::by_scattering;
use super::winograd;
use crate::gemm::pack::{Dense, Strips};
use crate::multiversion;
use crate::pool::{self, parallel_rows, part, tasks_for};
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;

/// Gradient with respect to the input.
pub fn backward_data<T: Vectors>(conv: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
    if conv.is_empty() {
        dx.fill(T::ZERO);
        return;
    }
    let gradient = turned(conv);
    let fits = conv.y.stride == 1
        && conv.x.stride == 1
        && (winograd::fits::<T>(&gradient) || !mostly_border(conv, T::lanes()))
        && all_finite(w);
    if fits {
        by_convolution(conv, &gradient, dout, w, dx);
    } else {
        by_scattering(conv, dout, w, dx);
    }
}

/// Whether a convolution would multiply the zeros around `dout`, and what fills up its vectors, more
/// often than `dout` itself. Adding up products of windows costs about as much as that.
fn mostly_border(conv: &Conv, lanes: usize) -> bool {
    conv.y.size * conv.x.size.next_multiple_of(lanes) > 2 * conv.plane()
}

/// With stride 1 the gradient is itself a convolution: of `dout`, with the filters turned by 180°
/// and input and output channels swapped. Its border is the caller's business.
fn turned(conv: &Conv) -> Conv {
    let swapped = |axis: &Axis| Axis { size: axis.out, out: axis.size, pad: 0, ..*axis };
    Conv { c: conv.f, f: conv.c, y: swapped(&conv.y), x: swapped(&conv.x), ..*conv }
}

/// Whether zeros around `dout`, which a convolution multiplies too, have products of 0.
fn all_finite<T: Vectors>(w: &[T]) -> bool {
    w.iter().all(|weight| weight.to_f64().is_finite())
}

/// The gradient as a convolution.
fn by_convolution<T: Vectors>(conv: &Conv, gradient: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
    let (filters, channels, depth) = (conv.filters(), conv.channels(), conv.depth());
    let taps = conv.y.taps * conv.x.taps;
    let mut turned = Scratch::<T>::new(w.len());
    for group in 0..conv.groups {
        for filter in 0..filters {
            for channel in 0..channels {
                let from = (group * filters + filter) * depth + channel * taps;
                let to = ((group * channels + channel) * filters + filter) * taps;
                let (from, to) = (&w[from..from + taps], &mut turned[to..to + taps]);
                for (to, from) in to.iter_mut().zip(from.iter().rev()) {
                    *to = *from;
                }
            }
        }
    }
    let start = |axis: &Axis| axis.pad as isize - ((axis.taps - 1) * axis.dilation) as isize;
    let origin = Origin { top: start(&conv.y), left: start(&conv.x) };
    if conv.y.size * conv.x.size > 0 {
        convolve(gradient, origin, dout, &turned, None, false, dx);
    }
}

multiversion! {
    /// The sum of every plane, added in float64.
    fn add_plane_sums<T>(x: &[T], plane: usize, sums: &mut [f64]) {
        for (sum, x) in sums.iter_mut().zip(x.chunks_exact(plane)) {
            for stretch in x.chunks(4096) {
                let (whole, rest) = stretch.as_chunks::<32>();
                let mut lanes = [T::ZERO; 32];
                for chunk in whole {
                    for (lane, x) in lanes.iter_mut().zip(chunk) {
                        *lane += *x;
                    }
                }
                *sum += lanes.iter().chain(rest).map(|x| x.to_f64()).sum::<f64>();
            }
        }
    }
}

/// The sum of every filter's planes.
fn sum_planes<T: Vectors>(conv: &Conv, dout: &[T], db: &mut [T]) {
    let tasks = tasks_for(dout.len(), 1 << 16);
    parallel_rows(conv.f, 1, tasks, db, |range, db| {
        let mut sums = Scratch::<f64>::new(range.len());
        sums.fill(0.0);
        for image in 0..conv.n {
            let planes = image * conv.f + range.start..image * conv.f + range.end;
            let planes = &dout[planes.start * conv.plane()..planes.end * conv.plane()];
            add_plane_sums(planes, conv.plane(), &mut sums);
        }
        for (db, sum) in db.iter_mut().zip(sums.iter()) {
            *db = T::from_f64(*sum);
        }
    });
}

/// Gradient with respect to weights and bias.
pub fn backward_weights<T: Vectors>(
    conv: &Conv,
    dout: &[T],
    x: &[T],
    dw: &mut [T],
    db: Option<&mut [T]>,
) {
    if winograd::fits::<T>(conv) && winograd::backward_weights(conv, dout, x, dw) {
        if let Some(db) = db {
            sum_planes(conv, dout, db);
        }
        return;
    }
    let (depth, filters) = (conv.depth(), conv.filters());
    let tasks = (conv.work() / WORTH_A_TASK).clamp(1, pool::threads());
    // The images are shared out, and if there are few, the taps as well.
    let shares = tasks.min(conv.n.max(1));
    let tap_shares = (tasks / shares).clamp(1, depth.max(1));
    let width = filters.next_multiple_of(T::lanes());
    let len = conv.groups * depth * width;
    let mut sums = Scratch::<T>::new(shares * tap_shares * len);
    let mut bias_sums = Scratch::<f64>::new(shares * tap_shares * conv.f);
    sums.fill(T::ZERO);
    bias_sums.fill(0.0);
    let tasks = shares * tap_shares;
    if !conv.is_empty() {
        parallel_rows(tasks, 1, tasks, (&mut *sums, &mut *bias_sums), |range, (sums, bias)| {
            for task in range {
                let images = part(conv.n, shares, task / tap_shares, 1);
                let taps = part(depth, tap_shares, task % tap_shares, 1);
                let x = &x[images.start * conv.c * conv.y.size * conv.x.size..];
                let dout = &dout[images.start * conv.f * conv.plane()..];
                let conv = Conv { n: images.len(), ..*conv };
                let bias = if taps.start == 0 { &mut *bias } else { &mut [] };
                T::dispatch(WeightSums { conv, taps, x, dout, sums: &mut *sums, bias });
            }
        });
    }
    for (filter, dw) in dw.chunks_exact_mut(depth.max(1)).enumerate() {
        let (group, filter) = (filter / filters, filter % filters);
        let tile = filter / T::tile_width() * T::tile_width();
        let tile_width = (width - tile).min(T::tile_width());
        let start = (group * width + tile) * depth + filter - tile;
        for (tap, dw) in dw.iter_mut().enumerate() {
            let at = start + tap * tile_width;
            *dw = (0..tasks).map(|task| sums[task * len + at]).sum();
        }
    }
    if let Some(db) = db {
        for (f, db) in db.iter_mut().enumerate() {
            *db = T::from_f64((0..tasks).map(|task| bias_sums[task * conv.f + f]).sum());
        }
    }
}

/// The gradient of some taps over some images.
struct WeightSums<'a, T> {
    conv: Conv,
    taps: Range<usize>,
    x: &'a [T],
    dout: &'a [T],
    /// For every group, for every tile of filters: for every tap, the tile's filters.
    sums: &'a mut [T],
    /// For every filter, or nothing.
    bias: &'a mut [f64],
}

impl<T: Vectors> Work<T> for WeightSums<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let WeightSums { conv, taps, x, dout, sums, bias } = self;
        let (channels, depth, filters) = (conv.channels(), conv.depth(), conv.filters());
        let (plane, size) = (conv.plane(), conv.y.size * conv.x.size);
        let width = filters.next_multiple_of(S::LANES);
        let tile_width = S::VECTORS * S::LANES;
        let padded = Padded::of(&conv, conv.y.out);
        let offsets = padded.offsets(&conv);
        let mut image = Scratch::<T>::new(padded.len());
        let mut turned = Scratch::<T>::new(tile_width * plane);
        let panels = taps.len().div_ceil(S::ROWS);
        for i in 0..conv.n {
            let dout = &dout[i * conv.f * plane..(i + 1) * conv.f * plane];
            add_plane_sums(dout, plane, bias);
            for group in 0..conv.groups {
                let from = &x[(i * conv.c + group * channels) * size..][..channels * size];
                let Origin { top, left } = Origin::of(&conv);
                padded.fill(from, conv.y.size, conv.x.size, top, left, &mut image);
                let planes = &dout[group * filters * plane..(group + 1) * filters * plane];
                let planes = Dense::rows(planes, filters, plane);
                for first in (0..filters).step_by(tile_width) {
                    let count = tile_width.min(filters - first);
                    let tile = count.next_multiple_of(S::LANES);
                    // SAFETY: these filters and windows exist, and there is room for a tile.
                    unsafe {
                        planes.pack::<S>(first, count, 0, plane, turned.as_mut_ptr(), tile);
                    }
                    let sums = &mut sums[group * depth * width + first * depth..];
                    for panel in 0..panels {
                        let panel = part(taps.len(), panels, panel, 1);
                        let tap = taps.start + panel.start;
                        // SAFETY: all windows are in the padded image, and there is a sum for
                        // every tap and filter of the tile.
                        unsafe {
                            S::tap_kernel(panel.len(), tile / S::LANES)(&Taps {
                                dout: turned.as_ptr(),
                                corner: image.as_ptr(),
                                offsets: offsets[tap..].as_ptr(),
                                rows: conv.y.out,
                                columns: conv.x.out,
                                row_stride: conv.y.stride * padded.width,
                                column_stride: conv.x.stride,
                                sums: sums[tap * tile..].as_mut_ptr(),
                            });
                        }
                    }
                }
            }
        }
    }
}

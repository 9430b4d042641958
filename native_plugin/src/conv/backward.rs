//! The gradients of convolution.

use super::direct::Taps;
use super::forward::{Origin, WORTH_A_TASK, convolve};
use super::geometry::{Axis, Conv, Padded};
use super::winograd;
use crate::gemm::pack::{Dense, Strips};
use crate::gemm::{Block, Finish, Shared};
use crate::multiversion;
use crate::pool::{self, parallel_rows, part, tasks_for};
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;

/// Gradient with respect to the input.
pub fn backward_data<T: Vectors>(conv: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
    if conv.is_empty() {
        dx.fill(T::ZERO);
    } else if conv.y.stride == 1 && conv.x.stride == 1 && all_finite(w) {
        by_convolution(conv, dout, w, dx);
    } else {
        by_scattering(conv, dout, w, dx);
    }
}

/// Whether zeros around `dout`, which a convolution multiplies too, have products of 0.
fn all_finite<T: Vectors>(w: &[T]) -> bool {
    w.iter().all(|weight| weight.to_f64().is_finite())
}

/// With stride 1 the gradient is itself a convolution: of `dout`, with the filters turned by 180°
/// and input and output channels swapped.
fn by_convolution<T: Vectors>(conv: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
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
    let swapped = |axis: &Axis| Axis { size: axis.out, out: axis.size, pad: 0, ..*axis };
    let gradient = Conv { c: conv.f, f: conv.c, y: swapped(&conv.y), x: swapped(&conv.x), ..*conv };
    let start = |axis: &Axis| axis.pad as isize - ((axis.taps - 1) * axis.dilation) as isize;
    let origin = Origin { top: start(&conv.y), left: start(&conv.x) };
    if conv.y.size * conv.x.size > 0 {
        convolve(&gradient, origin, dout, &turned, None, false, dx);
    }
}

/// Elements of patches that are made at a time, so that they stay in the cache.
const PATCHES: usize = 1 << 16;

/// The general way: the gradients of all patches by a matrix product, each added where its inputs
/// came from.
fn by_scattering<T: Vectors>(conv: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
    let (filters, channels) = (conv.filters(), conv.channels());
    let taps = conv.y.taps * conv.x.taps;
    let size = conv.y.size * conv.x.size;
    let tasks = (conv.work() / WORTH_A_TASK).clamp(1, pool::threads());
    // The weights of a group as (taps, filters): a strip for every weight of a filter.
    let mut images: Vec<_> = dx.chunks_exact_mut((channels * size).max(1)).collect();
    let tasks = tasks.min(images.len().max(1));
    let pieces = images.len();
    parallel_rows(pieces, 1, tasks, images.as_mut_slice(), |range, images| {
        let padded = Padded::of(conv, conv.y.out);
        let mut whole = Scratch::<T>::new(padded.len());
        let rows_at_once = (PATCHES / (taps * channels * conv.x.out)).clamp(1, conv.y.out);
        let mut patches = Scratch::<T>::new(conv.depth() * rows_at_once * conv.x.out);
        for (piece, dx) in range.zip(images) {
            let (image, group) = (piece / conv.groups, piece % conv.groups);
            whole.fill(T::ZERO);
            let first = group * filters;
            let w = &w[first * conv.depth()..(first + filters) * conv.depth()];
            let dout = &dout[(image * conv.f + first) * conv.plane()..][..filters * conv.plane()];
            for row in (0..conv.y.out).step_by(rows_at_once) {
                let rows = row..(row + rows_at_once).min(conv.y.out);
                let pixels = rows.len() * conv.x.out;
                T::dispatch(Block {
                    a: &Dense::columns(w, conv.depth(), filters),
                    b: &Dense::columns(dout, conv.plane(), filters).skip(row * conv.x.out),
                    rows: 0..conv.depth(),
                    columns: 0..pixels,
                    depth: 0..filters,
                    to: Shared(patches.as_mut_ptr()),
                    stride: pixels,
                    finish: Finish::STORE,
                });
                scatter(conv, &padded, &patches[..conv.depth() * pixels], rows, &mut whole);
            }
            crop(conv, &padded, &whole, dx);
        }
    });
}

/// Adds every entry of the patches to the padded pixel it belongs to.
fn scatter<T: Vectors>(
    conv: &Conv,
    padded: &Padded,
    patches: &[T],
    rows: Range<usize>,
    whole: &mut [T],
) {
    let (y, x) = (&conv.y, &conv.x);
    for (offset, patches) in
        padded.offsets(conv).into_iter().zip(patches.chunks_exact(rows.len() * x.out))
    {
        for (row, patches) in rows.clone().zip(patches.chunks_exact(x.out)) {
            let start = offset + row * y.stride * padded.width;
            let whole = &mut whole[start..start + (x.out - 1) * x.stride + 1];
            add_spread(patches, x.stride, whole);
        }
    }
}

/// Copies the padded image without its border.
fn crop<T: Copy + Default>(conv: &Conv, padded: &Padded, whole: &[T], dx: &mut [T]) {
    let (y, x) = (&conv.y, &conv.x);
    if x.size == 0 {
        return;
    }
    for (i, row) in dx.chunks_exact_mut(x.size).enumerate() {
        let (channel, i) = (i / y.size, i % y.size + y.pad);
        // Pixels that no window reaches are not in the padded image.
        row.fill(T::default());
        if i >= padded.rows || x.pad >= padded.width {
            continue;
        }
        let from = &whole[channel * padded.plane() + i * padded.width..][..padded.width][x.pad..];
        let count = from.len().min(row.len());
        row[..count].copy_from_slice(&from[..count]);
    }
}

multiversion! {
    fn add_spread<T>(from: &[T], stride: usize, to: &mut [T]) {
        for (to, from) in to.iter_mut().step_by(stride).zip(from) {
            *to += *from;
        }
    }

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

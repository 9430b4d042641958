//! The gradient with respect to the input, for strides above 1 and for windows that see little or
//! nothing of the border: what every window gives to the pixels under it by a matrix product, then
//! each number added where it belongs.

use super::forward::WORTH_A_TASK;
use super::geometry::Conv;
use crate::gemm::block::{Block, Columns};
use crate::gemm::pack::{Dense, Strips, copy};
use crate::gemm::{Finish, Shared};
use crate::pool::{self, parallel, part, several};
use crate::real::Real;
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;

/// Windows that make one product, if there are as many: the weights are packed anew for each.
const WINDOWS: usize = 256;
/// Numbers of a product, so that they stay in the second-level cache until they are added.
const PRODUCT: usize = 1 << 16;

/// The gradient of the input, each product `dout · w` exactly once.
pub(super) fn by_scattering<T: Vectors>(conv: &Conv, dout: &[T], w: &[T], dx: &mut [T]) {
    let (filters, channels, plane) = (conv.filters(), conv.channels(), conv.plane());
    let (taps, size) = (conv.y.taps * conv.x.taps, conv.y.size * conv.x.size);
    if channels * size == 0 {
        return;
    }
    let tasks = (conv.work() / WORTH_A_TASK).clamp(1, pool::threads());
    let most_windows = (PRODUCT / taps).clamp(1, WINDOWS);
    // Few windows an image: several images make one product.
    let together = (most_windows / plane).clamp(1, conv.n.div_ceil(tasks));
    let rows_at_once = most_windows.div_ceil(conv.x.out).min(conv.y.out);
    let windows = together * rows_at_once * conv.x.out;
    let batches = conv.n.div_ceil(together);
    let most = (PRODUCT / (taps * windows)).max(1);
    // Few images: some channels of one make a piece.
    let bands = channels.div_ceil(most).max(tasks.div_ceil(batches * conv.groups)).min(channels);
    let pieces = batches * conv.groups * bands;
    let to = Shared(dx.as_mut_ptr());
    let tasks = several(tasks).min(pieces);
    parallel(tasks, |task| {
        let mut product = Scratch::<T>::new(channels.div_ceil(bands) * taps * windows);
        for piece in part(pieces, tasks, task, 1) {
            let (batch, rest) = (piece / (conv.groups * bands), piece % (conv.groups * bands));
            let images = batch * together..((batch + 1) * together).min(conv.n);
            let (group, band) = (rest / bands, part(channels, bands, rest % bands, 1));
            let dx_of = |image: usize| {
                let start = (image * conv.c + group * channels + band.start) * size;
                // SAFETY: these channels of this image, which no other piece has.
                unsafe { std::slice::from_raw_parts_mut(to.at(start), band.len() * size) }
            };
            for image in images.clone() {
                dx_of(image).fill(T::ZERO);
            }
            let w = &w[group * filters * conv.depth()..][..filters * conv.depth()];
            let first = images.start * conv.f + group * filters;
            for row in (0..conv.y.out).step_by(rows_at_once) {
                let rows = row..(row + rows_at_once).min(conv.y.out);
                let count = rows.len() * conv.x.out;
                let stride = images.len() * count;
                T::dispatch(Block {
                    a: &Dense::columns(w, conv.depth(), filters).skip(band.start * taps),
                    b: Columns::Loose(&Windows {
                        dout: &dout[first * plane + row * conv.x.out..],
                        plane,
                        image_len: conv.f * plane,
                        count,
                    }),
                    rows: 0..band.len() * taps,
                    columns: 0..stride,
                    depth: 0..filters,
                    to: Shared(product.as_mut_ptr()),
                    stride,
                    finish: Finish::STORE,
                });
                for (i, image) in images.clone().enumerate() {
                    let product = &product[i * count..band.len() * taps * stride];
                    let (rows, dx) = (rows.clone(), dx_of(image));
                    T::dispatch(Collect { conv, product, stride, rows, dx });
                }
            }
        }
    });
}

/// The windows of some rows of some images, as strips of `dout`.
struct Windows<'a, T> {
    /// From the first filter's first window on.
    dout: &'a [T],
    /// Elements from one filter to the next.
    plane: usize,
    /// Elements from one image to the next.
    image_len: usize,
    /// Windows of an image.
    count: usize,
}

impl<T: Real> Strips<T> for Windows<'_, T> {
    fn stretch(&self) -> usize {
        16
    }

    #[inline(always)]
    unsafe fn pack<S: Simd<Scalar = T>>(
        &self,
        first: usize,
        count: usize,
        p0: usize,
        depth: usize,
        to: *mut T,
        width: usize,
    ) {
        let mut at = 0;
        while at < count {
            let (image, window) = ((first + at) / self.count, (first + at) % self.count);
            let run = (self.count - window).min(count - at);
            let start = image * self.image_len + p0 * self.plane + window;
            // SAFETY: the image has these windows; the rest is the caller's word.
            unsafe {
                copy::<S>(self.dout.as_ptr().add(start), self.plane, run, depth, to.add(at), width);
            }
            at += run;
        }
    }
}

/// Adds every number of a product to the pixel of an image that it belongs to. Each pixel collects
/// its own, so that sums stay in registers.
struct Collect<'a, T> {
    conv: &'a Conv,
    /// A row for every tap of every channel, from the image's first window on.
    product: &'a [T],
    /// Elements from one row of the product to the next.
    stride: usize,
    /// The windows' rows.
    rows: Range<usize>,
    /// The image's channels.
    dx: &'a mut [T],
}

/// A vector of pixels that are a stride apart, and a horizontal tap that meets some of them.
struct Meeting {
    /// From where a row of windows starts for the first tap, to the window over the first pixel for
    /// this one; there may be none.
    at: isize,
    /// Which of the pixels have a window.
    pixels: Range<usize>,
}

impl<T: Vectors> Work<T> for Collect<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let Collect { conv: Conv { y, x, .. }, product, stride, rows, dx } = self;
        // A single window has no next one, however far that would be.
        let step = if x.out == 1 { 1 } else { x.stride };
        // A row with its border, first the columns at multiples of the stride, then those one
        // further on, and so forth: windows side by side meet columns side by side.
        let vectors = x.span(x.out).div_ceil(step).div_ceil(S::LANES);
        let mut meetings = Vec::with_capacity(vectors * x.taps);
        let mut ends = Vec::with_capacity(vectors * step);
        for remainder in 0..step {
            for column in (0..vectors).map(|vector| vector * S::LANES) {
                for v in (0..x.taps).filter(|v| v * x.dilation % step == remainder) {
                    let shift = v * x.dilation / step;
                    let from = shift.saturating_sub(column);
                    let to = (x.out + shift).saturating_sub(column).min(S::LANES);
                    if from < to {
                        let at = (v * stride + column) as isize - shift as isize;
                        meetings.push(Meeting { at, pixels: from..to });
                    }
                }
                ends.push(meetings.len());
            }
        }
        let mut sums = Scratch::<T>::new(ends.len() * S::LANES);
        let mut framed = Scratch::<T>::new((ends.len() * S::LANES).max(x.pad + x.size));
        framed.fill(T::ZERO);
        let mut met = Vec::with_capacity(y.taps);
        for row in 0..y.size {
            // The vertical taps that meet this row, each with where its windows start.
            met.clear();
            met.extend((0..y.taps).filter_map(|u| {
                let at = (row + y.pad).checked_sub(u * y.dilation)?;
                let window = at / y.stride;
                (at % y.stride == 0 && rows.contains(&window))
                    .then(|| u * x.taps * stride + (window - rows.start) * x.out)
            }));
            if met.is_empty() {
                continue;
            }
            for (channel, dx) in dx.chunks_exact_mut(y.size * x.size).enumerate() {
                let product = product[channel * y.taps * x.taps * stride..].as_ptr();
                let mut first = 0;
                for (end, sums) in ends.iter().zip(sums.chunks_exact_mut(S::LANES)) {
                    // SAFETY: only windows of the row are read.
                    unsafe {
                        let mut sum = S::splat(T::ZERO);
                        for start in &met {
                            let windows = product.add(*start);
                            for Meeting { at, pixels } in &meetings[first..*end] {
                                let p = windows.wrapping_offset(*at);
                                sum = S::add(sum, S::load_between(p, pixels.start, pixels.end));
                            }
                        }
                        S::store(sums.as_mut_ptr(), sum);
                    }
                    first = *end;
                }
                interleave(&sums, step, S::LANES, &mut framed);
                let dx = &mut dx[row * x.size..][..x.size];
                let from = &framed[x.pad..][..x.size];
                for i in (0..x.size).step_by(S::LANES) {
                    let count = S::LANES.min(x.size - i);
                    // SAFETY: both have this many elements from here on.
                    unsafe {
                        let (from, to) = (from.as_ptr().add(i), dx.as_mut_ptr().add(i));
                        let sum = S::add(S::load_first(to, count), S::load_first(from, count));
                        S::store_first(to, sum, count);
                    }
                }
            }
        }
    }
}

/// Puts `parts` stretches into one: the first element of each, then the second of each.
#[inline(always)]
fn interleave<T: Real>(from: &[T], parts: usize, lanes: usize, to: &mut [T]) {
    if parts == 1 {
        to[..from.len()].copy_from_slice(from);
    } else if parts == 2 {
        let (even, odd) = from.split_at(from.len() / 2);
        let pairs = even.chunks_exact(lanes).zip(odd.chunks_exact(lanes));
        for ((even, odd), to) in pairs.zip(to.chunks_exact_mut(2 * lanes)) {
            for i in 0..lanes {
                to[2 * i] = even[i];
                to[2 * i + 1] = odd[i];
            }
        }
    } else {
        for (part, from) in from.chunks_exact(from.len() / parts).enumerate() {
            for (to, from) in to[part..].iter_mut().step_by(parts).zip(from) {
                *to = *from;
            }
        }
    }
}

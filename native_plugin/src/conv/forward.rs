//! The forward pass, and whatever can be put as one.

use super::direct::Pixels;
use super::geometry::{Conv, Padded};
use super::winograd;
use crate::gemm::block::{Block, Columns};
use crate::gemm::pack::{Dense, Strips};
use crate::gemm::{Finish, Shared};
use crate::pool::{self, parallel, part, several};
use crate::real::Real;
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;

/// Multiply-adds that are worth a task of their own.
pub(super) const WORTH_A_TASK: usize = 200_000;

/// Where the padded image starts, from the image's first pixel. Usually `-pad`; a gradient's
/// border may be negative, and then part of the image is left out.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub top: isize,
    pub left: isize,
}

impl Origin {
    pub(super) fn of(conv: &Conv) -> Self {
        Origin { top: -(conv.y.pad as isize), left: -(conv.x.pad as isize) }
    }
}

/// `out = relu?(conv(x, w) + b)`.
pub fn forward<T: Vectors>(
    conv: &Conv,
    x: &[T],
    w: &[T],
    b: Option<&[T]>,
    relu: bool,
    out: &mut [T],
) {
    convolve(conv, Origin::of(conv), x, w, b, relu, out);
}

/// A piece of the work: a group of some images, or some rows of one.
struct Piece {
    images: Range<usize>,
    group: usize,
    rows: Range<usize>,
}

/// The forward pass with any origin.
pub(super) fn convolve<T: Vectors>(
    conv: &Conv,
    origin: Origin,
    x: &[T],
    w: &[T],
    b: Option<&[T]>,
    relu: bool,
    out: &mut [T],
) {
    if conv.is_empty() {
        return;
    }
    if winograd::fits::<T>(conv) && winograd::convolve(conv, origin, x, w, b, relu, out) {
        return;
    }
    let (filters, depth, plane) = (conv.filters(), conv.depth(), conv.plane());
    let tasks = (conv.work() / WORTH_A_TASK).clamp(1, pool::threads());
    let direct = reads_in_place(conv, T::lanes());
    // Few pixels an image: several images make one product.
    let together = if direct { 1 } else { (256 / plane).clamp(1, conv.n.div_ceil(tasks)) };
    let batches = conv.n.div_ceil(together);
    // Few images: some rows of one make a piece.
    let bands =
        if together > 1 { 1 } else { tasks.div_ceil(batches * conv.groups).min(conv.y.out) };
    let pieces = batches * conv.groups * bands;
    let weights = if direct { pack_weights(conv, w) } else { Scratch::new(0) };
    let to = Shared(out.as_mut_ptr());
    let tasks = several(tasks).min(pieces);
    parallel(tasks, |task| {
        for piece in part(pieces, tasks, task, 1) {
            let (batch, rest) = (piece / (conv.groups * bands), piece % (conv.groups * bands));
            let piece = Piece {
                images: batch * together..((batch + 1) * together).min(conv.n),
                group: rest / bands,
                rows: part(conv.y.out, bands, rest % bands, 1),
            };
            if piece.rows.is_empty() {
                continue;
            }
            let first = piece.group * filters;
            let bias = b.map(|b| &b[first..first + filters]);
            let padded = Padded::of(conv, piece.rows.len());
            let image_len = padded.len();
            // Whole vectors are read, also at the end of the last row.
            let mut images = Scratch::<T>::new(piece.images.len() * image_len + T::lanes());
            for (i, image) in piece.images.clone().enumerate() {
                let size = conv.y.size * conv.x.size;
                let start = (image * conv.c + piece.group * conv.channels()) * size;
                let top = origin.top + (piece.rows.start * conv.y.stride) as isize;
                padded.fill(
                    &x[start..start + conv.channels() * size],
                    conv.y.size,
                    conv.x.size,
                    top,
                    origin.left,
                    &mut images[i * image_len..(i + 1) * image_len],
                );
            }
            let out_start =
                (piece.images.start * conv.f + first) * plane + piece.rows.start * conv.x.out;
            if direct {
                T::dispatch(Direct {
                    conv,
                    padded,
                    image: &images,
                    weights: &weights[first * depth..(first + filters) * depth],
                    rows: piece.rows.len(),
                    bias,
                    relu,
                    // SAFETY: the output has this image, these filters and rows.
                    out: Shared(unsafe { to.at(out_start) }),
                });
                continue;
            }
            let a = Dense::rows(&w[first * depth..(first + filters) * depth], filters, depth);
            let pixels = piece.rows.len() * conv.x.out;
            let count = piece.images.len();
            let b = Patches { conv, padded, images: &images, pixels };
            let finish = Finish { row_bias: bias, relu, ..Finish::STORE };
            let block = Block {
                a: &a,
                b: Columns::Loose(&b),
                rows: 0..filters,
                columns: 0..count * pixels,
                depth: 0..depth,
                // SAFETY: the output has this image, these filters and rows.
                to: Shared(unsafe { to.at(out_start) }),
                stride: plane,
                finish,
            };
            if count == 1 {
                T::dispatch(block);
                continue;
            }
            let mut product = Scratch::<T>::new(filters * count * pixels);
            let product_start = Shared(product.as_mut_ptr());
            T::dispatch(Block { to: product_start, stride: count * pixels, ..block });
            for (i, row) in product.chunks_exact(pixels).enumerate() {
                let (filter, image) = (i / count, i % count);
                // SAFETY: whole planes of this piece's images and filters, which no other task has.
                unsafe {
                    let to = to.at(out_start + (image * conv.f + filter) * plane);
                    std::slice::from_raw_parts_mut(to, pixels).copy_from_slice(row);
                }
            }
        }
    });
}

/// Whether to read vectors of windows from the padded image: they must lie side by side, and fill
/// most of the vectors.
pub(super) fn reads_in_place(conv: &Conv, lanes: usize) -> bool {
    conv.x.stride == 1 && 4 * conv.x.out >= 3 * conv.x.out.next_multiple_of(lanes)
}

/// Puts the weights of every group into panels of filters; each holds, for every tap, its filters.
fn pack_weights<T: Vectors>(conv: &Conv, w: &[T]) -> Scratch<T> {
    let (filters, depth) = (conv.filters(), conv.depth());
    let mut packed = Scratch::new(w.len());
    let panels = filters.div_ceil(T::tile_rows());
    for group in 0..conv.groups {
        for panel in 0..panels {
            let range = part(filters, panels, panel, 1);
            let start = (group * filters + range.start) * depth;
            let len = range.len();
            let to = &mut packed[start..start + len * depth];
            for (r, row) in w[start..start + len * depth].chunks_exact(depth).enumerate() {
                for (tap, weight) in row.iter().enumerate() {
                    to[tap * len + r] = *weight;
                }
            }
        }
    }
    packed
}

/// A piece whose windows are read in place.
struct Direct<'a, T> {
    conv: &'a Conv,
    padded: Padded,
    image: &'a [T],
    weights: &'a [T],
    rows: usize,
    bias: Option<&'a [T]>,
    relu: bool,
    out: Shared<T>,
}

impl<T: Vectors> Work<T> for Direct<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let (conv, width) = (self.conv, self.padded.width);
        let (filters, depth) = (conv.filters(), conv.depth());
        let panels = filters.div_ceil(S::ROWS);
        let offsets = self.padded.offsets(conv);
        let in_row = conv.x.out.div_ceil(S::LANES);
        let vectors = self.rows * in_row;
        // A panel's weights and the image stay in the first-level cache together.
        for panel in 0..panels {
            let range = part(filters, panels, panel, 1);
            let weights = &self.weights[range.start * depth..];
            let bias = self.bias.map_or(std::ptr::null(), |bias| bias[range.start..].as_ptr());
            for first in (0..vectors).step_by(2) {
                let vector = |i: usize| {
                    let index = (first + i).min(vectors - 1);
                    let (row, column) = (index / in_row, index % in_row * S::LANES);
                    (
                        row * conv.y.stride * width + column,
                        row * conv.x.out + column,
                        S::LANES.min(conv.x.out - column),
                    )
                };
                let pair = [vector(0), vector(1)];
                // SAFETY: the padded image has a whole vector at every offset of every corner,
                // thanks to the spare elements at its end; the output has the pixels.
                unsafe {
                    S::pixel_kernel(range.len(), 2.min(vectors - first))(&Pixels {
                        weights: weights.as_ptr(),
                        offsets: offsets.as_ptr(),
                        taps: depth,
                        corners: pair.map(|(corner, ..)| self.image.as_ptr().add(corner)),
                        out: pair.map(|(_, out, _)| self.out.at(range.start * conv.plane() + out)),
                        counts: pair.map(|(_, _, count)| count),
                        plane: conv.plane(),
                        bias,
                        relu: self.relu,
                    });
                }
            }
        }
    }
}

/// The matrix of patches: a strip for every pixel of every image, with its inputs for every tap.
struct Patches<'a, T> {
    conv: &'a Conv,
    padded: Padded,
    images: &'a [T],
    /// Pixels of an image.
    pixels: usize,
}

impl<T: Real> Strips<T> for Patches<'_, T> {
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
        let (y, x) = (&self.conv.y, &self.conv.x);
        let image_len = self.padded.len();
        // A run is a stretch of pixels of one output row.
        let mut at = 0;
        while at < count {
            let (image, pixel) = ((first + at) / self.pixels, (first + at) % self.pixels);
            let (row, column) = (pixel / x.out, pixel % x.out);
            let run = (x.out - column).min(count - at);
            let corner = image * image_len + row * y.stride * self.padded.width + column * x.stride;
            let (mut v, mut u) = (p0 % x.taps, p0 / x.taps % y.taps);
            let mut channel = p0 / x.taps / y.taps;
            for p in 0..depth {
                let start = corner
                    + channel * self.padded.plane()
                    + u * y.dilation * self.padded.width
                    + v * x.dilation;
                // SAFETY: the windows of the run lie in the padded image; the rest is the caller's
                // word.
                unsafe {
                    let from = self.images.as_ptr().add(start);
                    let to = to.add(p * width + at);
                    if x.stride == 1 {
                        let mut i = 0;
                        while i + S::LANES <= run {
                            S::store(to.add(i), S::load(from.add(i)));
                            i += S::LANES;
                        }
                        if i < run {
                            S::store_first(to.add(i), S::load_first(from.add(i), run - i), run - i);
                        }
                    } else {
                        for i in 0..run {
                            *to.add(i) = *from.add(i * x.stride);
                        }
                    }
                }
                v += 1;
                if v == x.taps {
                    (v, u) = (0, u + 1);
                    if u == y.taps {
                        (u, channel) = (0, channel + 1);
                    }
                }
            }
            at += run;
        }
    }
}

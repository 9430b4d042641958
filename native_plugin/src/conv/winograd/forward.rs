//! The forward pass, which is also the gradient with respect to the input.
//!
//! A vector holds the same element of tiles from different rows of tiles, so that transforms need
//! no shuffles of their own: rows of the images are copied out, transposed as a block, and
//! transformed. A block of tiles goes through all steps while it is in the cache.

use super::super::forward::Origin;
use super::super::geometry::Conv;
use super::cut::Cut;
use super::rows::{Lines, Results};
use super::transforms::{filter_tile, input_tile, load_positions, output_tile, store_positions};
use super::{DEPTH, IN, OUT, POSITIONS};
use crate::gemm::Shared;
use crate::gemm::pack::{Dense, Strips};
use crate::gemm::tile::Tile;
use crate::pool::{parallel, part};
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering};

/// Computes `out = relu?(conv(x, w) + b)`, with any origin; tells whether all results are finite.
pub fn convolve<T: Vectors>(
    conv: &Conv,
    origin: Origin,
    x: &[T],
    w: &[T],
    b: Option<&[T]>,
    relu: bool,
    out: &mut [T],
) -> bool {
    let weights = transform_filters(conv, w);
    let cut = Cut::new(conv, T::lanes(), T::tile_rows());
    let finite = AtomicBool::new(true);
    let to = Shared(out.as_mut_ptr());
    parallel(cut.pieces(), |piece| {
        let piece = Piece {
            conv,
            origin,
            x,
            weights: &weights,
            b,
            relu,
            // SAFETY: nothing is moved; pieces write different tiles or filters.
            out: Shared(unsafe { to.at(0) }),
            cut,
            index: piece,
        };
        if !T::dispatch(piece) {
            finite.store(false, Ordering::Relaxed);
        }
    });
    finite.into_inner()
}

/// The filters of every group, transformed: for every position, for every panel of filters, for
/// every channel the panel's filters.
fn transform_filters<T: Vectors>(conv: &Conv, w: &[T]) -> Scratch<T> {
    let (filters, channels) = (conv.filters(), conv.channels());
    let panels = filters.div_ceil(T::tile_rows());
    let mut transformed = Scratch::new(conv.groups * POSITIONS * filters * channels);
    let to = Shared(transformed.as_mut_ptr());
    parallel(conv.groups * panels, |task| {
        let (group, panel) = (task / panels, task % panels);
        let w = &w[group * filters * conv.depth()..][..filters * conv.depth()];
        let range = part(filters, panels, panel, 1);
        let start = group * POSITIONS * filters * channels + range.start * channels;
        // SAFETY: every panel has its own part.
        let to = Shared(unsafe { to.at(start) });
        T::dispatch(FilterPanel { w, filters, channels, range, to });
    });
    transformed
}

struct FilterPanel<'a, T> {
    w: &'a [T],
    filters: usize,
    channels: usize,
    range: Range<usize>,
    to: Shared<T>,
}

impl<T: Vectors> Work<T> for FilterPanel<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let FilterPanel { w, filters, channels, range, to } = self;
        let count = range.len();
        let depth = channels * 9;
        let mut turned = Scratch::<T>::new(depth * S::LANES);
        // SAFETY: the filters exist, and a panel has at most as many as a vector has lanes or is
        // turned in parts.
        unsafe {
            for first in (0..count).step_by(S::LANES) {
                let lanes = S::LANES.min(count - first);
                Dense::rows(w, filters, depth).pack::<S>(
                    range.start + first,
                    lanes,
                    0,
                    depth,
                    turned.as_mut_ptr(),
                    S::LANES,
                );
                for channel in 0..channels {
                    let taps = turned.as_ptr().add(channel * 9 * S::LANES);
                    let mut w = [[S::splat(T::ZERO); 3]; 3];
                    for tap in 0..9 {
                        w[tap / 3][tap % 3] = S::load(taps.add(tap * S::LANES));
                    }
                    let to = to.at(channel * count + first);
                    store_positions::<S>(&filter_tile::<S>(&w), to, filters * channels, lanes);
                }
            }
        }
    }
}

/// One block of tiles, and one share of the filters.
struct Piece<'a, T> {
    conv: &'a Conv,
    origin: Origin,
    x: &'a [T],
    weights: &'a [T],
    b: Option<&'a [T]>,
    relu: bool,
    out: Shared<T>,
    cut: Cut,
    index: usize,
}

impl<T: Vectors> Work<T> for Piece<'_, T> {
    type Output = bool;

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) -> bool {
        let (conv, cut) = (self.conv, self.cut);
        let (channels, filters) = (conv.channels(), conv.filters());
        let [bundle_blocks, wide_blocks] = cut.blocks();
        let share = self.index % cut.shares;
        let rest = self.index / cut.shares;
        let (group, rest) =
            (rest / (bundle_blocks * wide_blocks), rest % (bundle_blocks * wide_blocks));
        let (bundle, left) = (rest / wide_blocks, rest % wide_blocks);
        let bundles =
            bundle * cut.bundles_at_once..((bundle + 1) * cut.bundles_at_once).min(cut.bundles);
        let tiles = left * cut.wide_at_once..((left + 1) * cut.wide_at_once).min(cut.wide);
        let panels = part(cut.panels, cut.shares, share, 1);
        let lines = Lines::new(self.origin, conv, &cut, &tiles);
        let vectors = bundles.len() * tiles.len();
        let width = vectors * S::LANES;
        let mut inputs = Scratch::<T>::new(POSITIONS * channels * width);
        let mut copied = Scratch::<T>::new(S::LANES * lines.stride::<S>());
        let mut turned = Scratch::<T>::new(S::LANES * lines.stride::<S>());
        // SAFETY: the sizes of the scratch memory are those that the parts work on; the output has
        // the tiles and filters of this piece.
        unsafe {
            for (i, bundle) in bundles.clone().enumerate() {
                let offsets = lines.find::<S>(bundle * S::LANES, group * channels);
                copied.fill(T::ZERO);
                for channel in 0..channels {
                    let image = self.x.as_ptr().add(channel * conv.y.size * conv.x.size);
                    lines.copy::<S>(image, &offsets, copied.as_mut_ptr());
                    lines.turn::<S>(copied.as_ptr(), turned.as_mut_ptr());
                    for tile in 0..tiles.len() {
                        let mut d = [[S::splat(T::ZERO); IN]; IN];
                        for row in 0..IN {
                            for column in 0..IN {
                                let at = row * lines.width + tile * OUT + column;
                                d[row][column] = S::load(turned.as_ptr().add(at * S::LANES));
                            }
                        }
                        let at = channel * width + (i * tiles.len() + tile) * S::LANES;
                        store_positions::<S>(
                            &input_tile::<S>(&d),
                            inputs.as_mut_ptr().add(at),
                            channels * width,
                            S::LANES,
                        );
                    }
                }
            }
            self.multiply::<S>(&inputs, width, group, panels, filters, bundles, tiles)
        }
    }
}

impl<T: Vectors> Piece<'_, T> {
    /// Multiplies with the filters, some panels at a time, and writes the outputs.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    unsafe fn multiply<S: Simd<Scalar = T>>(
        &self,
        inputs: &[T],
        width: usize,
        group: usize,
        panels: Range<usize>,
        filters: usize,
        bundles: Range<usize>,
        tiles: Range<usize>,
    ) -> bool {
        /// Panels at a time, so that their products stay in the cache.
        const PANELS: usize = 3;
        let (conv, cut) = (self.conv, self.cut);
        let channels = conv.channels();
        let vectors = width / S::LANES;
        let weights = &self.weights[group * POSITIONS * filters * channels..];
        let mut products = Scratch::<T>::new(POSITIONS * PANELS * S::ROWS * width);
        let results = Results { out_width: tiles.len() * OUT };
        let mut outputs = Scratch::<T>::new(S::LANES * OUT * results.out_width);
        let mut lines = Scratch::<T>::new(S::LANES * OUT * results.out_width);
        // SAFETY: as in `run`.
        unsafe {
            let mut check = S::splat(T::ZERO);
            for first in panels.clone().step_by(PANELS) {
                let some = first..(first + PANELS).min(panels.end);
                let start = part(filters, cut.panels, some.start, 1).start;
                let end = part(filters, cut.panels, some.end - 1, 1).end;
                let stride = (end - start) * width;
                for position in 0..POSITIONS {
                    for panel in some.clone() {
                        let range = part(filters, cut.panels, panel, 1);
                        for vector in (0..vectors).step_by(S::VECTORS) {
                            let count = S::VECTORS.min(vectors - vector);
                            let at = position * channels * width + vector * S::LANES;
                            for channel in (0..channels).step_by(DEPTH) {
                                let range = range.clone();
                                let from = (position * filters + range.start) * channels;
                                S::tile_kernel(range.len(), count)(&Tile {
                                    k: DEPTH.min(channels - channel),
                                    rows: range.len(),
                                    a: weights.as_ptr().add(from + channel * range.len()),
                                    b: inputs.as_ptr().add(at + channel * width),
                                    b_stride: width,
                                    c: products.as_mut_ptr().add(
                                        position * stride
                                            + (range.start - start) * width
                                            + vector * S::LANES,
                                    ),
                                    c_stride: width,
                                    columns: count * S::LANES,
                                    accumulate: channel > 0,
                                    column_bias: null(),
                                    row_bias: null(),
                                    relu: false,
                                });
                            }
                        }
                    }
                }
                for filter in start..end {
                    let filter_at = group * filters + filter;
                    let bias = S::splat(self.b.map_or(T::ZERO, |b| b[filter_at]));
                    for (i, bundle) in bundles.clone().enumerate() {
                        for tile in 0..tiles.len() {
                            let at = (filter - start) * width + (i * tiles.len() + tile) * S::LANES;
                            let m = load_positions::<S>(products.as_ptr().add(at), stride);
                            let y = output_tile::<S>(&m);
                            for row in 0..OUT {
                                for column in 0..OUT {
                                    let y = S::add(y[row][column], bias);
                                    check = S::fma(y, S::splat(T::ZERO), check);
                                    let y = if self.relu { S::relu(y) } else { y };
                                    let at = row * results.out_width + tile * OUT + column;
                                    S::store(outputs.as_mut_ptr().add(at * S::LANES), y);
                                }
                            }
                        }
                        results.turn::<S>(outputs.as_ptr(), lines.as_mut_ptr());
                        results.write::<S>(
                            conv,
                            &cut,
                            bundle * S::LANES,
                            tiles.start,
                            filter_at,
                            lines.as_ptr(),
                            self.out,
                        );
                    }
                }
            }
            S::sum(check) == T::ZERO
        }
    }
}

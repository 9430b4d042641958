//! The forward pass, which is also the gradient with respect to the input.
//!
//! A vector holds the same element of tiles from different rows of tiles, so that transforms need
//! no shuffles of their own: rows of the images are copied out, transposed as a block, and
//! transformed. A block of tiles goes through all steps while it is in the cache.

use super::super::forward::Origin;
use super::super::geometry::Conv;
use super::transforms::{filter_tile, input_tile, load_positions, output_tile, store_positions};
use super::{DEPTH, IN, OUT, POSITIONS};
use crate::gemm::Shared;
use crate::gemm::pack::{Dense, Strips};
use crate::gemm::tile::Tile;
use crate::pool::{self, parallel, part};
use crate::scratch::Scratch;
use crate::simd::{RowPointers, Simd, Vectors, Work};
use std::ops::Range;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering};

/// Elements of transformed inputs that a block has at the most, so that they stay in the cache.
const BLOCK: usize = 160 << 10;

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

/// How the work is cut: every group's rows of tiles go into vectors; a block is some vectors of
/// rows by some tiles of each row; a share is some panels of filters.
#[derive(Clone, Copy)]
struct Cut {
    /// Tiles of a plane, along both axes.
    high: usize,
    wide: usize,
    /// Vectors of rows of tiles, and how many a block has.
    bundles: usize,
    bundles_at_once: usize,
    /// Tiles of a row that a block has.
    wide_at_once: usize,
    /// Panels of filters, and into how many shares they are cut.
    panels: usize,
    shares: usize,
    groups: usize,
}

impl Cut {
    fn new(conv: &Conv, lanes: usize, tile_rows: usize) -> Self {
        let (high, wide) = (conv.y.out.div_ceil(OUT), conv.x.out.div_ceil(OUT));
        let bundles = (conv.n * high).div_ceil(lanes);
        let panels = conv.filters().div_ceil(tile_rows);
        // Two vectors make a tile of the product; four read the filters half as often.
        let vectors = if 4 * POSITIONS * lanes * conv.channels() <= BLOCK { 4 } else { 2 };
        let wide_at_once = wide.div_ceil(wide.div_ceil(vectors));
        let bundles_at_once = (vectors / wide_at_once).clamp(1, bundles);
        let cut = Cut {
            high,
            wide,
            bundles,
            bundles_at_once,
            wide_at_once,
            panels,
            shares: 1,
            groups: conv.groups,
        };
        // Too few blocks for all threads: several threads transform the same inputs.
        let shares = (2 * pool::threads()).div_ceil(cut.pieces());
        Cut { shares: shares.clamp(1, panels.div_ceil(2)), ..cut }
    }

    fn blocks(&self) -> [usize; 2] {
        [self.bundles.div_ceil(self.bundles_at_once), self.wide.div_ceil(self.wide_at_once)]
    }

    fn pieces(&self) -> usize {
        let [bundles, wide] = self.blocks();
        self.groups * bundles * wide * self.shares
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

/// Rows of a block of memory, evenly spaced.
struct Spaced<T>(*const T, usize);

impl<T> RowPointers<T> for Spaced<T> {
    #[inline(always)]
    unsafe fn at(&self, i: usize) -> *const T {
        // SAFETY: the row exists.
        unsafe { self.0.add(i * self.1) }
    }
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

/// The rows of the input that a vector of rows of tiles sees, copied side by side.
struct Lines<'a> {
    origin: Origin,
    conv: &'a Conv,
    high: usize,
    /// Columns of the image that exist, from the first that is seen.
    from: isize,
    skip: usize,
    count: usize,
    /// Columns that are seen.
    width: usize,
}

impl<'a> Lines<'a> {
    fn new(origin: Origin, conv: &'a Conv, cut: &Cut, tiles: &Range<usize>) -> Self {
        let width = tiles.len() * OUT + IN - OUT;
        let from = origin.left + (tiles.start * OUT) as isize;
        let skip = (-from).clamp(0, width as isize);
        let count = (conv.x.size as isize - from).clamp(skip, width as isize) - skip;
        Lines {
            origin,
            conv,
            high: cut.high,
            from: from + skip,
            skip: skip as usize,
            count: count as usize,
            width,
        }
    }

    /// Elements of a lane: its rows, filled up to whole vectors.
    fn stride<S: Simd>(&self) -> usize {
        (IN * self.width).next_multiple_of(S::LANES)
    }

    /// Where the rows of every lane start in the input, or nothing where there is no row.
    #[inline(always)]
    fn find<S: Simd>(&self, first: usize, channel: usize) -> [[Option<usize>; IN]; 16] {
        let conv = self.conv;
        let mut offsets = [[None; IN]; 16];
        for lane in 0..S::LANES {
            let (image, tile) = ((first + lane) / self.high, (first + lane) % self.high);
            if image >= conv.n || self.count == 0 {
                continue;
            }
            for row in 0..IN {
                let y = self.origin.top + (tile * OUT + row) as isize;
                if y >= 0 && y < conv.y.size as isize {
                    let plane = (image * conv.c + channel) * conv.y.size + y as usize;
                    offsets[lane][row] = Some((plane * conv.x.size) + self.from as usize);
                }
            }
        }
        offsets
    }

    /// Copies the rows; what lies outside of the image stays as it is.
    #[inline(always)]
    unsafe fn copy<S: Simd>(
        &self,
        x: *const S::Scalar,
        offsets: &[[Option<usize>; IN]; 16],
        to: *mut S::Scalar,
    ) {
        let stride = self.stride::<S>();
        // SAFETY: the rows have `count` elements from their offsets, and so have the lines.
        unsafe {
            for lane in 0..S::LANES {
                for row in 0..IN {
                    let Some(offset) = offsets[lane][row] else { continue };
                    let from = x.add(offset);
                    let to = to.add(lane * stride + row * self.width + self.skip);
                    let mut at = 0;
                    while at + S::LANES <= self.count {
                        S::store(to.add(at), S::load(from.add(at)));
                        at += S::LANES;
                    }
                    if at < self.count {
                        let n = self.count - at;
                        S::store_first(to.add(at), S::load_first(from.add(at), n), n);
                    }
                }
            }
        }
    }

    /// Puts the lanes side by side.
    #[inline(always)]
    unsafe fn turn<S: Simd>(&self, from: *const S::Scalar, to: *mut S::Scalar) {
        let stride = self.stride::<S>();
        // SAFETY: both have a whole number of blocks.
        unsafe {
            for at in (0..stride).step_by(S::LANES) {
                let rows = Spaced(from.add(at), stride);
                S::transpose(rows, to.add(at * S::LANES), S::LANES, S::LANES);
            }
        }
    }
}

/// The rows of the output that come from a vector of rows of tiles.
struct Results {
    out_width: usize,
}

impl Results {
    /// Elements of a lane.
    fn stride(&self) -> usize {
        OUT * self.out_width
    }

    /// Puts every lane's elements side by side.
    #[inline(always)]
    unsafe fn turn<S: Simd>(&self, from: *const S::Scalar, to: *mut S::Scalar) {
        // SAFETY: a lane has a multiple of 16 elements.
        unsafe {
            for at in (0..self.stride()).step_by(S::LANES) {
                let rows = Spaced(from.add(at * S::LANES), S::LANES);
                S::transpose(rows, to.add(at), self.stride(), S::LANES);
            }
        }
    }

    /// Copies the rows to where they belong.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    unsafe fn write<S: Simd>(
        &self,
        conv: &Conv,
        cut: &Cut,
        first: usize,
        tile: usize,
        filter: usize,
        from: *const S::Scalar,
        out: Shared<S::Scalar>,
    ) {
        let left = tile * OUT;
        let count = self.out_width.min(conv.x.out - left);
        // SAFETY: only rows and columns that exist are written.
        unsafe {
            for lane in 0..S::LANES {
                let (image, tile) = ((first + lane) / cut.high, (first + lane) % cut.high);
                if image >= conv.n {
                    return;
                }
                let plane = (image * conv.f + filter) * conv.plane();
                for row in 0..OUT.min(conv.y.out - tile * OUT) {
                    let to = out.at(plane + (tile * OUT + row) * conv.x.out + left);
                    let from = from.add(lane * self.stride() + row * self.out_width);
                    let mut at = 0;
                    while at + S::LANES <= count {
                        S::store(to.add(at), S::load(from.add(at)));
                        at += S::LANES;
                    }
                    if at < count {
                        let n = count - at;
                        S::store_first(to.add(at), S::load_first(from.add(at), n), n);
                    }
                }
            }
        }
    }
}

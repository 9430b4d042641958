//! Rows of images to vectors of tiles, and back.
//!
//! A vector holds the same element of tiles from different rows of tiles. Rows are copied side by
//! side, a lane each, with the zeros around the image; then blocks of them are transposed.

use super::super::forward::Origin;
use super::super::geometry::Conv;
use super::cut::Cut;
use super::{IN, OUT};
use crate::gemm::Shared;
use crate::simd::{RowPointers, Simd};
use std::ops::Range;

/// Rows of a block of memory, evenly spaced.
struct Spaced<T>(*const T, usize);

impl<T> RowPointers<T> for Spaced<T> {
    #[inline(always)]
    unsafe fn at(&self, i: usize) -> *const T {
        // SAFETY: the row exists.
        unsafe { self.0.add(i * self.1) }
    }
}

/// The rows of the input that a vector of rows of tiles sees, copied side by side.
pub struct Lines<'a> {
    origin: Origin,
    conv: &'a Conv,
    high: usize,
    /// Columns of the image that exist, from the first that is seen.
    from: isize,
    skip: usize,
    count: usize,
    /// Columns that are seen.
    pub width: usize,
}

impl<'a> Lines<'a> {
    pub fn new(origin: Origin, conv: &'a Conv, cut: &Cut, tiles: &Range<usize>) -> Self {
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
    pub fn stride<S: Simd>(&self) -> usize {
        (IN * self.width).next_multiple_of(S::LANES)
    }

    /// Where the rows of every lane start in the input, or nothing where there is no row.
    #[inline(always)]
    pub fn find<S: Simd>(&self, first: usize, channel: usize) -> [[Option<usize>; IN]; 16] {
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
    pub unsafe fn copy<S: Simd>(
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
    pub unsafe fn turn<S: Simd>(&self, from: *const S::Scalar, to: *mut S::Scalar) {
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
pub struct Results {
    pub out_width: usize,
}

impl Results {
    /// Elements of a lane.
    pub fn stride(&self) -> usize {
        OUT * self.out_width
    }

    /// Puts every lane's elements side by side.
    #[inline(always)]
    pub unsafe fn turn<S: Simd>(&self, from: *const S::Scalar, to: *mut S::Scalar) {
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
    pub unsafe fn write<S: Simd>(
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

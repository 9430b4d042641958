//! A part of a product that one thread does, and columns that are packed once for many products.

use super::pack::{Dense, Strips};
use super::tile::Tile;
use super::{Finish, Shared};
use crate::pool::part;
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;

/// The columns of B.
pub enum Columns<'a, T, B> {
    /// As they are, to be packed block by block.
    Loose(&'a B),
    /// All of them packed by [`Packed`], and at least [`PACKED_ROWS`] rows of A to multiply with.
    Packed(&'a Packed<T>),
}

/// A part of a product, done by one thread.
pub struct Block<'a, T, A, B> {
    /// The rows of A.
    pub a: &'a A,
    /// The columns of B.
    pub b: Columns<'a, T, B>,
    /// Which rows.
    pub rows: Range<usize>,
    /// Which columns; all, if they are packed.
    pub columns: Range<usize>,
    /// Which part of the inner dimension; all, if the columns are packed.
    pub depth: Range<usize>,
    /// C, all of it.
    pub to: Shared<T>,
    /// Elements from one row of C to the next.
    pub stride: usize,
    /// What happens at the end.
    pub finish: Finish<'a, T>,
}

/// Rows from which on products with packed columns are cut as all others are.
pub const PACKED_ROWS: usize = 7;

/// All columns of a matrix B, packed once for many products.
pub struct Packed<T> {
    elements: Scratch<T>,
}

impl<T: Vectors> Packed<T> {
    /// Packs the `n` columns of `op(B)`, `k` elements each.
    ///
    /// # Panics
    /// If the slice is too short.
    pub fn new(trans_b: bool, n: usize, k: usize, b: &[T]) -> Self {
        let b = if trans_b { Dense::rows(b, n, k) } else { Dense::columns(b, n, k) };
        let mut elements = Scratch::new(n.next_multiple_of(T::lanes()) * k);
        T::dispatch(PackAll { b: &b, n, k, to: elements.as_mut_ptr() });
        Packed { elements }
    }
}

struct PackAll<'a, T, B> {
    b: &'a B,
    n: usize,
    k: usize,
    to: *mut T,
}

impl<T: Vectors, B: Strips<T>> Work<T> for PackAll<'_, T, B> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let cut = Cut::new::<S>(PACKED_ROWS, self.n, self.k);
        let mut to = self.to;
        for j0 in (0..self.n).step_by(cut.columns) {
            let columns = cut.columns.min(self.n - j0);
            for block in 0..cut.depths {
                let depth = part(self.k, cut.depths, block, 1);
                // SAFETY: the strips exist; blocks have whole vectors, as the memory has.
                unsafe {
                    cut.pack::<S, B>(self.b, j0, columns, depth.start, depth.len(), to);
                    to = to.add(columns.next_multiple_of(S::LANES) * depth.len());
                }
            }
        }
    }
}

/// Bytes of a packed strip of A, which nearly fills the first-level cache: B passes through it once,
/// and the longer the strip is, the less often C is read and written.
const A_BYTES: usize = 28 << 10;
/// Bytes of packed strips of A that are kept while blocks of B pass over them.
const A_KEPT: usize = 2 << 20;
/// Bytes of a packed block of B, which stays in the second-level cache.
const B_BYTES: usize = 512 << 10;

/// How the columns of B and the inner dimension are cut into blocks, and the columns into tiles.
struct Cut {
    /// Columns of a block.
    columns: usize,
    /// Blocks of the inner dimension.
    depths: usize,
    /// Steps of the inner dimension that a block has at most.
    depth: usize,
    /// Whether the vectors of a narrow tile run along the rows, of which there are enough.
    narrow: bool,
}

impl Cut {
    #[inline(always)]
    fn new<S: Simd>(m: usize, n: usize, k: usize) -> Self {
        let size = size_of::<S::Scalar>();
        let tile_width = S::VECTORS * S::LANES;
        let depths = k.div_ceil(A_BYTES / size / S::ROWS).max(1);
        let depth = k.div_ceil(depths);
        let most = (B_BYTES / size / depth.max(1)).max(tile_width);
        let columns = n.min(most / tile_width * tile_width);
        Cut { columns, depths, depth, narrow: m >= S::ROWS / 2 }
    }

    #[inline(always)]
    fn is_narrow<S: Simd>(&self, count: usize) -> bool {
        count <= S::NARROW && self.narrow
    }

    /// How many of the columns that are left the next tile takes.
    #[inline(always)]
    fn take<S: Simd>(&self, left: usize) -> usize {
        let tile_width = S::VECTORS * S::LANES;
        match left % S::LANES {
            _ if left >= tile_width => tile_width,
            rest if self.is_narrow::<S>(rest) && left > rest && rest > 0 => left - rest,
            _ => left,
        }
    }

    /// The elements that a step of a tile has.
    #[inline(always)]
    fn width<S: Simd>(&self, count: usize) -> usize {
        if self.is_narrow::<S>(count) { count } else { count.next_multiple_of(S::LANES) }
    }

    /// Packs columns `first .. first + columns` for `p0 .. p0 + depth`, tile after tile.
    ///
    /// # Safety
    /// The range exists, and `to` has room for whole vectors of columns.
    #[inline(always)]
    unsafe fn pack<S: Simd, B: Strips<S::Scalar>>(
        &self,
        b: &B,
        first: usize,
        columns: usize,
        p0: usize,
        depth: usize,
        to: *mut S::Scalar,
    ) {
        let stretch = b.stretch().min(depth).max(1);
        for p in (0..depth).step_by(stretch) {
            let mut j = 0;
            while j < columns {
                let count = self.take::<S>(columns - j);
                let (width, steps) = (self.width::<S>(count), stretch.min(depth - p));
                // SAFETY: the caller's word.
                unsafe {
                    let to = to.add(j * depth + p * width);
                    b.pack::<S>(first + j, count, p0 + p, steps, to, width);
                }
                j += count;
            }
        }
    }
}

impl<T: Vectors, A: Strips<T>, B: Strips<T>> Work<T> for Block<'_, T, A, B> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let (m, n, k) = (self.rows.len(), self.columns.len(), self.depth.len());
        let cut = Cut::new::<S>(m, n, k);
        let panels = m.div_ceil(S::ROWS);
        // Narrow tiles read a little more of A than there is.
        let a_strip = S::ROWS * cut.depth.next_multiple_of(16);
        // Where several blocks of columns pass over A, its packed strips are kept.
        let kept = match self.b {
            Columns::Loose(_) if cut.columns < n => {
                (A_KEPT / size_of::<T>() / a_strip.max(1)).clamp(1, panels)
            }
            _ => 1,
        };
        let chunk = if kept > 1 { kept } else { panels.max(1) };
        let a_len = kept * a_strip + 64;
        let b_len = match self.b {
            Columns::Loose(_) => cut.columns.next_multiple_of(S::LANES) * cut.depth,
            Columns::Packed(_) => 0,
        };
        let mut scratch = Scratch::<T>::new(a_len + b_len);
        let (a_packed, b_packed) = scratch.split_at_mut(a_len);
        let (a_packed, b_packed) = (a_packed.as_mut_ptr(), b_packed.as_mut_ptr());
        let mut ready = 0;
        let column_blocks = n.div_ceil(cut.columns.max(1));
        for pass in 0..panels.div_ceil(chunk) * cut.depths * column_blocks {
            let (first_panel, block, j0) = if kept > 1 {
                let (rest, column_block) = (pass / column_blocks, pass % column_blocks);
                (rest / cut.depths * chunk, rest % cut.depths, column_block * cut.columns)
            } else {
                (0, pass % cut.depths, pass / cut.depths * cut.columns)
            };
            let columns = cut.columns.min(n - j0);
            let depth = part(k, cut.depths, block, 1);
            let (p0, depth) = (self.depth.start + depth.start, depth.len());
            let (first, last) = (block == 0, block + 1 == cut.depths);
            let b_packed: *const T = match self.b {
                // SAFETY: a block is the most there can be; the strips exist.
                Columns::Loose(b) => unsafe {
                    let at = self.columns.start + j0;
                    cut.pack::<S, B>(b, at, columns, p0, depth, b_packed);
                    b_packed
                },
                // The blocks were packed in this order.
                Columns::Packed(all) => all.elements[ready..].as_ptr(),
            };
            ready += columns.next_multiple_of(S::LANES) * depth;
            for panel in first_panel..(first_panel + chunk).min(panels) {
                let rows = part(m, panels, panel, 1);
                let i = self.rows.start + rows.start;
                let slot = if kept > 1 { panel - first_panel } else { 0 };
                // SAFETY: there are `kept` slots of a panel each.
                let a_packed = unsafe { a_packed.add(slot * a_strip) };
                if kept == 1 || j0 == 0 {
                    // SAFETY: a panel has at most ROWS rows; they exist.
                    unsafe {
                        self.a.pack::<S>(i, rows.len(), p0, depth, a_packed, rows.len());
                    }
                }
                let mut j = 0;
                while j < columns {
                    let count = cut.take::<S>(columns - j);
                    let width = cut.width::<S>(count);
                    let kernel = match cut.is_narrow::<S>(count) {
                        true => S::narrow_kernel(count),
                        false => S::tile_kernel(rows.len(), width / S::LANES),
                    };
                    let column = self.columns.start + j0 + j;
                    let bias = |bias: Option<&[T]>, at: usize| match bias {
                        Some(bias) if last => bias[at..].as_ptr(),
                        _ => std::ptr::null(),
                    };
                    // SAFETY: C has the row and the column; the packed parts are in this
                    // tile's order.
                    unsafe {
                        kernel(&Tile {
                            k: depth,
                            rows: rows.len(),
                            a: a_packed,
                            b: b_packed.add(j * depth),
                            b_stride: width,
                            c: self.to.at(i * self.stride + column),
                            c_stride: self.stride,
                            columns: count,
                            accumulate: self.finish.accumulate || !first,
                            column_bias: bias(self.finish.column_bias, column),
                            row_bias: bias(self.finish.row_bias, i),
                            relu: self.finish.relu && last,
                        });
                    }
                    j += count;
                }
            }
        }
    }
}

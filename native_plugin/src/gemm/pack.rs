//! Copies parts of a matrix into the order in which tiles read them.

use crate::real::Real;
use crate::simd::{RowPointers, Simd};

/// The strips of a matrix product: for A its rows, for B its columns. Either way a strip has
/// one element for every p of the inner dimension.
pub trait Strips<T: Real>: Sync {
    /// Writes strips `first .. first + count` for `p0 .. p0 + depth`: `to[p · width + i]` is
    /// element `p0 + p` of strip `first + i`. Entries with `count ≤ i < width` are arbitrary.
    ///
    /// # Safety
    /// The range exists, `to` is valid for writing `depth · width` elements, `count ≤ width`, and
    /// the caller is compiled for the instruction set of `S`. Must be `#[inline(always)]`.
    unsafe fn pack<S: Simd<Scalar = T>>(
        &self,
        first: usize,
        count: usize,
        p0: usize,
        depth: usize,
        to: *mut T,
        width: usize,
    );

    /// Elements of each strip to pack before going on to the next strips, so that memory is read
    /// in the order in which it lies.
    fn stretch(&self) -> usize {
        usize::MAX
    }
}

/// A dense matrix seen as strips.
#[derive(Clone, Copy)]
pub struct Dense<'a, T> {
    data: &'a [T],
    stride: usize,
    whole: bool,
}

impl<'a, T: Real> Dense<'a, T> {
    /// Strips that lie one after the other, `depth` elements each.
    ///
    /// # Panics
    /// If `data` is too short.
    pub fn rows(data: &'a [T], count: usize, depth: usize) -> Self {
        assert!(data.len() >= count * depth, "gemm: an operand is too short");
        Dense { data, stride: depth, whole: true }
    }

    /// Strips that lie side by side: element p of all of them, then element p + 1.
    ///
    /// # Panics
    /// If `data` is too short.
    pub fn columns(data: &'a [T], count: usize, depth: usize) -> Self {
        assert!(data.len() >= count * depth, "gemm: an operand is too short");
        Dense { data, stride: count, whole: false }
    }

    /// The same without the first `count` strips.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn skip(self, count: usize) -> Self {
        let start = if self.whole { count * self.stride } else { count };
        Dense { data: &self.data[start..], ..self }
    }

    /// Whether an element's neighbour is of the same strip, which makes packing dearer.
    pub fn is_rows(&self) -> bool {
        self.whole
    }
}

impl<T: Real> Strips<T> for Dense<'_, T> {
    fn stretch(&self) -> usize {
        if self.whole { usize::MAX } else { 16 }
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
        let stride = self.stride;
        if depth == 0 {
            return;
        }
        // SAFETY: the range exists, says the caller.
        unsafe {
            if self.whole {
                let from = self.data.as_ptr().add(first * stride + p0);
                let there = self.data.len() / stride - first;
                transpose::<S>(from, stride, count, there, depth, to, width);
            } else {
                let from = self.data.as_ptr().add(p0 * stride + first);
                copy::<S>(from, stride, count, depth, to, width);
            }
        }
    }
}

/// `to[p · width + i] = from[p · stride + i]`. Must be `#[inline(always)]`.
///
/// # Safety
/// Both sides are valid for `depth` runs of `count ≤ width` elements.
#[inline(always)]
pub unsafe fn copy<S: Simd>(
    from: *const S::Scalar,
    stride: usize,
    count: usize,
    depth: usize,
    to: *mut S::Scalar,
    width: usize,
) {
    // SAFETY: both sides are valid for `depth` runs of `count ≤ width` elements.
    unsafe {
        let mut at = 0;
        while at < count {
            let n = (count - at).min(S::LANES);
            let (mut from, mut to) = (from.add(at), to.add(at));
            if at + 2 * S::LANES <= count {
                for _ in 0..depth {
                    S::store(to, S::load(from));
                    S::store(to.add(S::LANES), S::load(from.add(S::LANES)));
                    (from, to) = (from.wrapping_add(stride), to.wrapping_add(width));
                }
                at += 2 * S::LANES;
                continue;
            }
            if n == S::LANES {
                for _ in 0..depth {
                    S::store(to, S::load(from));
                    (from, to) = (from.wrapping_add(stride), to.wrapping_add(width));
                }
            } else {
                for _ in 0..depth {
                    S::store_first(to, S::load_first(from, n), n);
                    (from, to) = (from.wrapping_add(stride), to.wrapping_add(width));
                }
            }
            at += S::LANES;
        }
    }
}

/// `to[p · width + i] = from[i · stride + p]` for `count` strips of the `there` that exist.
#[inline(always)]
unsafe fn transpose<S: Simd>(
    from: *const S::Scalar,
    stride: usize,
    count: usize,
    there: usize,
    depth: usize,
    to: *mut S::Scalar,
    width: usize,
) {
    // SAFETY: `from` has `there` runs of `depth` elements, `to` is `depth · width` long. A block
    // that would reach over the end of the runs starts earlier and does some work twice.
    unsafe {
        for at in (0..count).step_by(S::LANES) {
            let n = (count - at).min(S::LANES);
            let (from, to) = (from.add(at * stride), to.add(at));
            if depth < S::LANES {
                for p in 0..depth {
                    for i in 0..n {
                        *to.add(p * width + i) = *from.add(i * stride + p);
                    }
                }
            } else if at + S::LANES <= there {
                let quarter = (S::LANES / 4).max(1);
                let bases = [0, 1, 2, 3].map(|q| from.wrapping_add(q * quarter * stride));
                let rows = Spaced { bases, quarter, stride };
                transpose_blocks::<S, _>(rows, depth, to, width, n);
            } else {
                transpose_blocks::<S, _>(
                    Clamped { from, stride, last: n - 1 },
                    depth,
                    to,
                    width,
                    n,
                );
            }
        }
    }
}

/// Rows at even distances, from few base addresses, so that they fit the registers.
#[derive(Clone, Copy)]
struct Spaced<T> {
    bases: [*const T; 4],
    quarter: usize,
    stride: usize,
}

/// Rows at even distances; those that do not exist repeat the last one.
#[derive(Clone, Copy)]
struct Clamped<T> {
    from: *const T,
    stride: usize,
    last: usize,
}

/// Rows that start later.
trait Later<T>: RowPointers<T> + Copy {
    /// The same rows from element `p`. Must be `#[inline(always)]`.
    unsafe fn later(self, p: usize) -> Self;
}

impl<T> RowPointers<T> for Spaced<T> {
    #[inline(always)]
    unsafe fn at(&self, i: usize) -> *const T {
        // SAFETY: the row exists.
        unsafe { self.bases[i / self.quarter].add(i % self.quarter * self.stride) }
    }
}

impl<T: Copy> Later<T> for Spaced<T> {
    #[inline(always)]
    unsafe fn later(self, p: usize) -> Self {
        let [a, b, c, d] = self.bases;
        let bases = [a.wrapping_add(p), b.wrapping_add(p), c.wrapping_add(p), d.wrapping_add(p)];
        Spaced { bases, ..self }
    }
}

impl<T> RowPointers<T> for Clamped<T> {
    #[inline(always)]
    unsafe fn at(&self, i: usize) -> *const T {
        // SAFETY: the last row exists.
        unsafe { self.from.add(i.min(self.last) * self.stride) }
    }
}

impl<T: Copy> Later<T> for Clamped<T> {
    #[inline(always)]
    unsafe fn later(self, p: usize) -> Self {
        Clamped { from: self.from.wrapping_add(p), ..self }
    }
}

/// Transposes block after block.
#[inline(always)]
unsafe fn transpose_blocks<S: Simd, R: Later<S::Scalar>>(
    rows: R,
    depth: usize,
    to: *mut S::Scalar,
    width: usize,
    count: usize,
) {
    // SAFETY: the caller's word; stores of whole vectors stay within a row of `to`.
    unsafe {
        for p in (0..depth).step_by(S::LANES) {
            let p = p.min(depth - S::LANES);
            let (rows, to) = (rows.later(p), to.add(p * width));
            if count == S::LANES {
                S::transpose(rows, to, width, S::LANES);
            } else {
                S::transpose(rows, to, width, count);
            }
        }
    }
}

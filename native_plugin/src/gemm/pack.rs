//! Copies parts of a matrix into the order in which tiles read them.

use crate::real::Real;
use crate::simd::Simd;

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
        Dense {
            data,
            stride: depth,
            whole: true,
        }
    }

    /// Strips that lie side by side: element p of all of them, then element p + 1.
    ///
    /// # Panics
    /// If `data` is too short.
    pub fn columns(data: &'a [T], count: usize, depth: usize) -> Self {
        assert!(data.len() >= count * depth, "gemm: an operand is too short");
        Dense {
            data,
            stride: count,
            whole: false,
        }
    }

    /// The same without the first `count` strips.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn skip(self, count: usize) -> Self {
        let start = if self.whole {
            count * self.stride
        } else {
            count
        };
        Dense {
            data: &self.data[start..],
            ..self
        }
    }

    /// Whether an element's neighbour is of the same strip, which makes packing dearer.
    pub fn is_rows(&self) -> bool {
        self.whole
    }
}

impl<T: Real> Strips<T> for Dense<'_, T> {
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
        // SAFETY: the range exists, says the caller.
        unsafe {
            if self.whole {
                let from = self.data.as_ptr().add(first * stride + p0);
                transpose::<S>(from, stride, count, depth, to, width);
            } else {
                let from = self.data.as_ptr().add(p0 * stride + first);
                copy::<S>(from, stride, count, depth, to, width);
            }
        }
    }
}

/// `to[p · width + i] = from[p · stride + i]`.
#[inline(always)]
unsafe fn copy<S: Simd>(
    from: *const S::Scalar,
    stride: usize,
    count: usize,
    depth: usize,
    to: *mut S::Scalar,
    width: usize,
) {
    // SAFETY: both sides are valid for `depth` runs of `count ≤ width` elements.
    unsafe {
        for at in (0..count).step_by(S::LANES) {
            let n = (count - at).min(S::LANES);
            let (mut from, mut to) = (from.add(at), to.add(at));
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
        }
    }
}

/// `to[p · width + i] = from[i · stride + p]`.
#[inline(always)]
unsafe fn transpose<S: Simd>(
    from: *const S::Scalar,
    stride: usize,
    count: usize,
    depth: usize,
    to: *mut S::Scalar,
    width: usize,
) {
    // SAFETY: `from` has `count` runs of `depth` elements, `to` is `depth · width` long. A block
    // that would reach over the end starts earlier and does some work twice.
    unsafe {
        for at in (0..count).step_by(S::LANES) {
            let n = (count - at).min(S::LANES);
            // The strips beyond the last one repeat it.
            let row = |i: usize| from.add((at + i.min(n - 1)) * stride);
            if depth < S::LANES {
                for p in 0..depth {
                    for i in 0..n {
                        *to.add(p * width + at + i) = *row(i).add(p);
                    }
                }
                continue;
            }
            let mut p = 0;
            while p < depth {
                let start = p.min(depth - S::LANES);
                let to = to.add(start * width + at);
                if at + S::LANES <= width {
                    S::transpose(|i| row(i).add(start), |j, v| S::store(to.add(j * width), v));
                } else {
                    S::transpose(
                        |i| row(i).add(start),
                        |j, v| S::store_first(to.add(j * width), v, n),
                    );
                }
                p += S::LANES;
            }
        }
    }
}

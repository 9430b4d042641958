//! The innermost loops of convolutions that read the padded image where it is.

use crate::simd::Simd;
use std::mem::MaybeUninit;

/// A tile of the forward pass: some filters, and two vectors of pixels (or one).
///
/// A vector of pixels is part of one output row, so that for every weight the inputs that meet it
/// lie side by side.
pub struct Pixels<T> {
    /// Weights packed: for every tap the tile's filters.
    pub weights: *const T,
    /// Where each tap is, from a window's corner.
    pub offsets: *const usize,
    /// How many taps there are.
    pub taps: usize,
    /// The first window's corner of each vector.
    pub corners: [*const T; 2],
    /// Where each vector goes, for the first filter.
    pub out: [*mut T; 2],
    /// How many pixels of each vector exist.
    pub counts: [usize; 2],
    /// Elements from one filter's output to the next.
    pub plane: usize,
    /// One entry a filter, or null.
    pub bias: *const T,
    /// Whether to take the ReLU at the end.
    pub relu: bool,
}

/// Computes a tile of a fixed size.
///
/// # Safety
/// The pointers are valid for the sizes; the corners for whole vectors at every offset. The
/// processor supports the instruction set of the kernel.
pub type PixelKernel<T> = unsafe fn(&Pixels<T>);

/// The body of every [`PixelKernel`]: `R` filters, `V` vectors.
///
/// # Safety
/// As [`PixelKernel`]; the caller is compiled for the instruction set of `S`.
#[inline(always)]
pub unsafe fn pixels<S: Simd, const R: usize, const V: usize>(tile: &Pixels<S::Scalar>) {
    // SAFETY: the packed weights have R elements a tap, the rest is the caller's word.
    unsafe {
        let mut sums = [[S::splat(S::Scalar::default()); V]; R];
        let mut weights = tile.weights;
        for tap in 0..tile.taps {
            let offset = *tile.offsets.add(tap);
            let mut inputs = [S::splat(S::Scalar::default()); V];
            for v in 0..V {
                inputs[v] = S::load(tile.corners[v].add(offset));
            }
            for r in 0..R {
                let weight = S::splat(*weights.add(r));
                for v in 0..V {
                    sums[r][v] = S::fma(weight, inputs[v], sums[r][v]);
                }
            }
            weights = weights.add(R);
        }
        // As in the matrix product, memory keeps the loop above in registers.
        let mut stored = MaybeUninit::<Aligned<S::Scalar>>::uninit();
        let stored = stored.as_mut_ptr().cast::<S::Scalar>();
        for r in 0..R {
            for v in 0..V {
                S::store(stored.add((r * V + v) * S::LANES), sums[r][v]);
            }
        }
        for r in 0..R {
            let zero = S::Scalar::default();
            let bias = S::splat(if tile.bias.is_null() { zero } else { *tile.bias.add(r) });
            for v in 0..V {
                let sum = S::add(S::load(stored.add((r * V + v) * S::LANES)), bias);
                let sum = if tile.relu { S::relu(sum) } else { sum };
                let out = tile.out[v].add(r * tile.plane);
                if tile.counts[v] == S::LANES {
                    S::store(out, sum);
                } else {
                    S::store_first(out, sum, tile.counts[v]);
                }
            }
        }
    }
}

/// Room for the largest tile.
#[repr(align(64))]
struct Aligned<T>([[T; 16]; 28]);

/// A tile of the weights' gradient: some taps, and one or two vectors of filters, summed over the
/// windows of an image.
pub struct Taps<T> {
    /// Upstream gradient, for every window the tile's filters: whole vectors.
    pub dout: *const T,
    /// The first window's corner.
    pub corner: *const T,
    /// Where the tile's taps are, from a window's corner.
    pub offsets: *const usize,
    /// Rows of windows.
    pub rows: usize,
    /// Windows in a row.
    pub columns: usize,
    /// Elements of the input from one row of windows to the next.
    pub row_stride: usize,
    /// Elements of the input from one window to the next.
    pub column_stride: usize,
    /// The gradient, for every tap the tile's filters: added to.
    pub sums: *mut T,
}

/// Computes a tile of a fixed size.
///
/// # Safety
/// The pointers are valid for the sizes, and the processor supports the instruction set.
pub type TapKernel<T> = unsafe fn(&Taps<T>);

/// The body of every [`TapKernel`]: `R` taps, `V` vectors of filters.
///
/// # Safety
/// As [`TapKernel`]; the caller is compiled for the instruction set of `S`.
#[inline(always)]
pub unsafe fn taps<S: Simd, const R: usize, const V: usize>(tile: &Taps<S::Scalar>) {
    // SAFETY: the caller's word.
    unsafe {
        let mut sums = [[S::splat(S::Scalar::default()); V]; R];
        let (mut dout, mut row) = (tile.dout, tile.corner);
        for _ in 0..tile.rows {
            let mut corner = row;
            for _ in 0..tile.columns {
                let mut filters = [S::splat(S::Scalar::default()); V];
                for v in 0..V {
                    filters[v] = S::load(dout.add(v * S::LANES));
                }
                for r in 0..R {
                    let input = S::splat(*corner.add(*tile.offsets.add(r)));
                    for v in 0..V {
                        sums[r][v] = S::fma(input, filters[v], sums[r][v]);
                    }
                }
                dout = dout.add(V * S::LANES);
                corner = corner.wrapping_add(tile.column_stride);
            }
            row = row.wrapping_add(tile.row_stride);
        }
        let mut stored = MaybeUninit::<Aligned<S::Scalar>>::uninit();
        let stored = stored.as_mut_ptr().cast::<S::Scalar>();
        for r in 0..R {
            for v in 0..V {
                S::store(stored.add((r * V + v) * S::LANES), sums[r][v]);
            }
        }
        for i in 0..R * V {
            let to = tile.sums.add(i * S::LANES);
            S::store(to, S::add(S::load(to), S::load(stored.add(i * S::LANES))));
        }
    }
}

//! The innermost loop: one tile of C, all of it in registers.

use crate::simd::Simd;
use std::mem::MaybeUninit;

/// One tile of `C = A·B`, with what happens to it on the way out.
pub struct Tile<T> {
    /// Length of the inner dimension.
    pub k: usize,
    /// Rows of the tile.
    pub rows: usize,
    /// A packed: for every p of k, the tile's rows.
    pub a: *const T,
    /// B: for every p of k, the tile's columns, whole vectors.
    pub b: *const T,
    /// Elements from one p of B to the next.
    pub b_stride: usize,
    /// First element of the tile in C.
    pub c: *mut T,
    /// Elements from one row of C to the next.
    pub c_stride: usize,
    /// Columns that exist, more than `(vectors - 1) · LANES`.
    pub columns: usize,
    /// Whether to add to C.
    pub accumulate: bool,
    /// What is added to every row: one entry a column, or null.
    pub column_bias: *const T,
    /// What is added to every column: one entry a row, or null.
    pub row_bias: *const T,
    /// Whether to take the ReLU at the end.
    pub relu: bool,
}

/// Computes a tile of a fixed size.
///
/// # Safety
/// The pointers of the tile are valid for its sizes, and the processor supports the instruction
/// set of the kernel.
pub type TileKernel<T> = unsafe fn(&Tile<T>);

/// The body of every [`TileKernel`]: `R` rows, `V` vectors a row.
///
/// # Safety
/// As [`TileKernel`]; the caller is compiled for the instruction set of `S`.
#[inline(always)]
pub unsafe fn compute<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    /// Steps during which C can be on its way from memory.
    const LONG: usize = 128;
    let last = tile.columns - (V - 1) * S::LANES;
    // SAFETY: the packed A has R elements for each p, B has V whole vectors, and C has R rows of
    // `columns` elements, of which only the last vector is not whole.
    unsafe {
        if tile.k >= LONG {
            for r in 0..R {
                for v in 0..V {
                    S::prefetch(tile.c.wrapping_add(r * tile.c_stride + v * S::LANES));
                }
            }
        }
        let mut sums = [[S::splat(S::Scalar::default()); V]; R];
        let (mut a, mut b) = (tile.a, tile.b);
        for _ in 0..tile.k {
            let mut columns = [S::splat(S::Scalar::default()); V];
            for v in 0..V {
                columns[v] = S::load(b.add(v * S::LANES));
            }
            for r in 0..R {
                let x = S::splat(*a.add(r));
                for v in 0..V {
                    sums[r][v] = S::fma(x, columns[v], sums[r][v]);
                }
            }
            a = a.add(R);
            b = b.add(tile.b_stride);
        }
        // What comes once a tile need not be unrolled; going through memory keeps the sums of the
        // loop above in registers.
        let mut out = MaybeUninit::<Aligned<S::Scalar>>::uninit();
        let out = out.as_mut_ptr().cast::<S::Scalar>();
        for r in 0..R {
            for v in 0..V {
                S::store(out.add((r * V + v) * S::LANES), sums[r][v]);
            }
        }
        for r in 0..R {
            let row = tile.c.add(r * tile.c_stride);
            for v in 0..V {
                let at = v * S::LANES;
                let whole = v + 1 < V || last == S::LANES;
                let read = |p| {
                    if whole { S::load(p) } else { S::load_first(p, last) }
                };
                let mut sum = S::load(out.add((r * V + v) * S::LANES));
                if tile.accumulate {
                    sum = S::add(sum, read(row.add(at)));
                }
                if !tile.column_bias.is_null() {
                    sum = S::add(sum, read(tile.column_bias.add(at)));
                }
                if !tile.row_bias.is_null() {
                    sum = S::add(sum, S::splat(*tile.row_bias.add(r)));
                }
                if tile.relu {
                    sum = S::relu(sum);
                }
                if whole {
                    S::store(row.add(at), sum);
                } else {
                    S::store_first(row.add(at), sum, last);
                }
            }
        }
    }
}

/// Room for the largest tile.
#[repr(align(64))]
struct Aligned<T>([[T; 16]; 28]);

/// A tile of `C` columns, fewer than a vector is worth: here the vectors run along the rows, `H` of
/// them. The packed A is read beyond its end, less than `H` vectors.
///
/// # Safety
/// As [`TileKernel`], B being packed without gaps; the caller is compiled for the instruction set
/// of `S`.
#[inline(always)]
pub unsafe fn narrow<S: Simd, const H: usize, const C: usize>(tile: &Tile<S::Scalar>) {
    /// Sums of every other p are apart, so that additions need not wait for each other.
    const APART: usize = 2;
    // SAFETY: the caller's word.
    unsafe {
        let mut sums = [[[S::splat(S::Scalar::default()); C]; H]; APART];
        let (mut a, mut b) = (tile.a, tile.b);
        for _ in 0..tile.k / APART {
            for u in 0..APART {
                for h in 0..H {
                    let rows = S::load(a.add(u * tile.rows + h * S::LANES));
                    for c in 0..C {
                        sums[u][h][c] = S::fma(rows, S::splat(*b.add(u * C + c)), sums[u][h][c]);
                    }
                }
            }
            (a, b) = (a.add(APART * tile.rows), b.add(APART * C));
        }
        if tile.k % APART == 1 {
            for h in 0..H {
                let rows = S::load(a.add(h * S::LANES));
                for c in 0..C {
                    sums[0][h][c] = S::fma(rows, S::splat(*b.add(c)), sums[0][h][c]);
                }
            }
        }
        let mut out = MaybeUninit::<Aligned<S::Scalar>>::uninit();
        let out = out.as_mut_ptr().cast::<S::Scalar>();
        for h in 0..H {
            for c in 0..C {
                let sum = S::add(sums[0][h][c], sums[1][h][c]);
                S::store(out.add((c * H + h) * S::LANES), sum);
            }
        }
        for r in 0..tile.rows {
            for c in 0..C {
                let to = tile.c.add(r * tile.c_stride + c);
                let mut sum = *out.add(c * H * S::LANES + r);
                if tile.accumulate {
                    sum += *to;
                }
                if !tile.column_bias.is_null() {
                    sum += *tile.column_bias.add(c);
                }
                if !tile.row_bias.is_null() {
                    sum += *tile.row_bias.add(r);
                }
                *to = if tile.relu && sum <= S::Scalar::default() {
                    S::Scalar::default()
                } else {
                    sum
                };
            }
        }
    }
}

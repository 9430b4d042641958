//! Vectors: the few operations that matrix products need, once for each instruction set.
//!
//! [`Simd`] is implemented by a type for every pair of instruction set and element type. Its
//! functions are inlined into callers that enable the instruction set, and nowhere else.
//!
//! Everything here works on raw pointers. The contract is the same throughout: pointers are valid
//! for the elements that the text names, the processor supports the instruction set, and the
//! caller is compiled for it.

use crate::conv::direct::{PixelKernel, Pixels, TapKernel, Taps};
use crate::gemm::tile::{Tile, TileKernel};
use crate::real::Real;

/// Where the rows of a block start. A trait and not a closure, because closures may end up outside
/// of the code that is compiled for the instruction set.
pub trait RowPointers<T> {
    /// Start of row `i`. Must be `#[inline(always)]`.
    ///
    /// # Safety
    /// The row exists.
    unsafe fn at(&self, i: usize) -> *const T;
}

/// Writes a vector, or the start of one.
#[inline(always)]
unsafe fn put<S: Simd>(to: *mut S::Scalar, v: S::Vector, count: usize) {
    // SAFETY: the caller's word.
    unsafe { if count == S::LANES { S::store(to, v) } else { S::store_first(to, v, count) } }
}

/// Vector operations of one instruction set on one element type.
pub trait Simd: 'static {
    /// The element type.
    type Scalar: Real;
    /// A vector register.
    type Vector: Copy;
    /// Elements in a vector.
    const LANES: usize;
    /// Most rows of a tile of the matrix product.
    const ROWS: usize;
    /// Most vectors in a row of a tile; `ROWS · VECTORS` accumulators fit the register file.
    const VECTORS: usize;
    /// Most columns of a tile whose vectors run along the rows.
    const NARROW: usize;

    /// All elements `x`.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set (as for every function below).
    unsafe fn splat(x: Self::Scalar) -> Self::Vector;
    /// Asks for the cache line of an element, which need not exist.
    ///
    /// # Safety
    /// As above.
    #[inline(always)]
    unsafe fn prefetch(p: *const Self::Scalar) {
        // SAFETY: every x86-64 processor has the instruction, and it never faults.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(p.cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = p;
    }
    /// Reads `LANES` elements.
    ///
    /// # Safety
    /// `p` is valid for reading `LANES` elements.
    unsafe fn load(p: *const Self::Scalar) -> Self::Vector;
    /// Writes `LANES` elements.
    ///
    /// # Safety
    /// `p` is valid for writing `LANES` elements.
    unsafe fn store(p: *mut Self::Scalar, v: Self::Vector);
    /// Reads `count ≤ LANES` elements; the others are 0.
    ///
    /// # Safety
    /// `p` is valid for reading `count` elements.
    unsafe fn load_first(p: *const Self::Scalar, count: usize) -> Self::Vector;
    /// Reads the elements `from .. to` of the `LANES`; the others are 0.
    ///
    /// # Safety
    /// `p` is valid for reading these elements, and `from ≤ to ≤ LANES`.
    unsafe fn load_between(p: *const Self::Scalar, from: usize, to: usize) -> Self::Vector;
    /// Writes the first `count ≤ LANES` elements.
    ///
    /// # Safety
    /// `p` is valid for writing `count` elements.
    unsafe fn store_first(p: *mut Self::Scalar, v: Self::Vector, count: usize);
    /// `a · b + c`.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set.
    unsafe fn fma(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `a + b`.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set.
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `max(0, a)`; NaN stays NaN.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set.
    unsafe fn relu(a: Self::Vector) -> Self::Vector;
    /// The sum of the elements.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set.
    unsafe fn sum(a: Self::Vector) -> Self::Scalar;
    /// Transposes a `LANES × LANES` block of rows: element j of the first `count` rows goes to
    /// `to[j · width ..]`.
    ///
    /// # Safety
    /// Every row is valid for reading `LANES` elements, `to` for writing `count` elements at every
    /// j · width.
    unsafe fn transpose(
        rows: impl RowPointers<Self::Scalar>,
        to: *mut Self::Scalar,
        width: usize,
        count: usize,
    );

    /// The kernel for a tile of `rows ≤ ROWS` rows and `vectors ≤ VECTORS` vectors a row.
    fn tile_kernel(rows: usize, vectors: usize) -> TileKernel<Self::Scalar>;
    /// The kernel for at most `ROWS` rows of `columns ≤ NARROW` columns.
    fn narrow_kernel(columns: usize) -> TileKernel<Self::Scalar>;
    /// The kernel for `filters ≤ ROWS` filters and `vectors ≤ VECTORS` vectors of pixels.
    fn pixel_kernel(filters: usize, vectors: usize) -> PixelKernel<Self::Scalar>;
    /// The kernel for `taps ≤ ROWS` taps and `vectors ≤ VECTORS` vectors of filters.
    fn tap_kernel(taps: usize, vectors: usize) -> TapKernel<Self::Scalar>;
}

/// Work that is generic over the instruction set.
pub trait Work<T: Real> {
    /// What the work returns.
    type Output;
    /// Does it. Must be `#[inline(always)]`.
    ///
    /// # Safety
    /// The caller is compiled for the instruction set of `S`.
    unsafe fn run<S: Simd<Scalar = T>>(self) -> Self::Output;
}

/// An element type together with its vectors.
pub trait Vectors: Real {
    /// Does `work` on the best instruction set there is.
    fn dispatch<W: Work<Self>>(work: W) -> W::Output;
    /// Elements in a vector on the best instruction set there is.
    fn lanes() -> usize;
    /// Most rows of a tile on the best instruction set there is.
    fn tile_rows() -> usize;
    /// Most columns of a tile on the best instruction set there is.
    fn tile_width() -> usize;
}

/// The sizes of the instruction set: lanes, rows of a tile, columns of a tile.
struct Sizes;

impl<T: Real> Work<T> for Sizes {
    type Output = [usize; 3];

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) -> [usize; 3] {
        [S::LANES, S::ROWS, S::VECTORS * S::LANES]
    }
}

/// Makes the list of kernels of a type by size, `[rows - 1][columns - 1]`.
macro_rules! kernel_table {
    ($type:ty, $kernel:ident, $simd:ty, $columns:tt, [$($rows:literal)*]) => {
        [$(kernel_table!(@row $type, $kernel, $simd, $rows, $columns)),*]
    };
    (@row $type:ty, $kernel:ident, $simd:ty, $rows:literal, [$($columns:literal)*]) => {
        [$($kernel::<$simd, $rows, $columns> as $type),*]
    };
}

/// Makes the functions that pick a kernel by size.
macro_rules! kernels {
    (
        $t:ty, $simd:ty, $tile:ident, $narrow:ident, $pixel:ident, $tap:ident,
        $rows:tt, $vectors:tt, $high:tt, $columns:tt
    ) => {
        #[inline(always)]
        fn tile_kernel(rows: usize, vectors: usize) -> TileKernel<$t> {
            static KERNELS: [[TileKernel<$t>; <$simd>::VECTORS]; <$simd>::ROWS] =
                kernel_table!(TileKernel<$t>, $tile, $simd, $vectors, $rows);
            KERNELS[rows - 1][vectors - 1]
        }
        #[inline(always)]
        fn narrow_kernel(columns: usize) -> TileKernel<$t> {
            static KERNELS: [[TileKernel<$t>; <$simd>::NARROW]; 1] =
                kernel_table!(TileKernel<$t>, $narrow, $simd, $columns, $high);
            KERNELS[0][columns - 1]
        }
        #[inline(always)]
        fn pixel_kernel(filters: usize, vectors: usize) -> PixelKernel<$t> {
            static KERNELS: [[PixelKernel<$t>; <$simd>::VECTORS]; <$simd>::ROWS] =
                kernel_table!(PixelKernel<$t>, $pixel, $simd, $vectors, $rows);
            KERNELS[filters - 1][vectors - 1]
        }
        #[inline(always)]
        fn tap_kernel(taps: usize, vectors: usize) -> TapKernel<$t> {
            static KERNELS: [[TapKernel<$t>; <$simd>::VECTORS]; <$simd>::ROWS] =
                kernel_table!(TapKernel<$t>, $tap, $simd, $vectors, $rows);
            KERNELS[taps - 1][vectors - 1]
        }
    };
}

macro_rules! dispatching {
    ($t:ident, $avx512:ident, $avx2:ident, $portable:ident) => {
        impl Vectors for $t {
            #[inline]
            fn dispatch<W: Work<$t>>(work: W) -> W::Output {
                match crate::cpu::isa() {
                    // SAFETY: `isa()` names only what the processor was seen to support.
                    #[cfg(target_arch = "x86_64")]
                    crate::cpu::Isa::Avx512 => unsafe { x86::run_avx512::<x86::$avx512, W>(work) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    crate::cpu::Isa::Avx2 => unsafe { x86::run_avx2::<x86::$avx2, W>(work) },
                    // SAFETY: needs nothing beyond the compile target.
                    _ => unsafe { work.run::<portable::$portable>() },
                }
            }

            fn lanes() -> usize {
                Self::dispatch(Sizes)[0]
            }

            fn tile_rows() -> usize {
                Self::dispatch(Sizes)[1]
            }

            fn tile_width() -> usize {
                Self::dispatch(Sizes)[2]
            }
        }
    };
}
dispatching!(f32, Avx512F32, Avx2F32, PortableF32);
dispatching!(f64, Avx512F64, Avx2F64, PortableF64);

#[expect(clippy::undocumented_unsafe_blocks, reason = "the contract is the trait's")]
mod portable;
#[cfg(target_arch = "x86_64")]
#[expect(clippy::undocumented_unsafe_blocks, reason = "the contract is the trait's")]
mod x86;

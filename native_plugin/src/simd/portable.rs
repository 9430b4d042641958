//! Arrays the size of a 128-bit register, which the compiler turns into vectors.

use super::{PixelKernel, Pixels, RowPointers, Simd, TapKernel, Taps, Tile, TileKernel};
use crate::conv::direct::{pixels, taps};
use crate::gemm::tile::{compute, narrow};

unsafe fn tile_portable<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: needs nothing beyond the compile target; the caller vouches for `tile`.
    unsafe { compute::<S, R, V>(tile) }
}

unsafe fn narrow_portable<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: needs nothing beyond the compile target; the caller vouches for `tile`.
    unsafe { narrow::<S, R, V>(tile) }
}

unsafe fn pixels_portable<S: Simd, const R: usize, const V: usize>(tile: &Pixels<S::Scalar>) {
    // SAFETY: needs nothing beyond the compile target; the caller vouches for `tile`.
    unsafe { pixels::<S, R, V>(tile) }
}

unsafe fn taps_portable<S: Simd, const R: usize, const V: usize>(tile: &Taps<S::Scalar>) {
    // SAFETY: needs nothing beyond the compile target; the caller vouches for `tile`.
    unsafe { taps::<S, R, V>(tile) }
}

macro_rules! portable {
    ($name:ident, $t:ident, $lanes:literal, $high:literal) => {
        /// What every processor of the architecture can do.
        pub struct $name;

        impl Simd for $name {
            type Scalar = $t;
            type Vector = [$t; $lanes];
            const LANES: usize = $lanes;
            const ROWS: usize = 4;
            const VECTORS: usize = 2;
            const NARROW: usize = 1;

            #[inline(always)]
            unsafe fn splat(x: $t) -> [$t; $lanes] {
                [x; $lanes]
            }
            #[inline(always)]
            unsafe fn load(p: *const $t) -> [$t; $lanes] {
                unsafe { p.cast::<[$t; $lanes]>().read_unaligned() }
            }
            #[inline(always)]
            unsafe fn store(p: *mut $t, v: [$t; $lanes]) {
                unsafe { p.cast::<[$t; $lanes]>().write_unaligned(v) }
            }
            #[inline(always)]
            unsafe fn load_first(p: *const $t, count: usize) -> [$t; $lanes] {
                let mut v = [0.0; $lanes];
                for (i, x) in v.iter_mut().enumerate().take(count) {
                    *x = unsafe { *p.add(i) };
                }
                v
            }
            #[inline(always)]
            unsafe fn load_between(p: *const $t, from: usize, to: usize) -> [$t; $lanes] {
                let mut v = [0.0; $lanes];
                for (i, x) in v.iter_mut().enumerate().take(to).skip(from) {
                    *x = unsafe { *p.wrapping_add(i) };
                }
                v
            }
            #[inline(always)]
            unsafe fn store_first(p: *mut $t, v: [$t; $lanes], count: usize) {
                for (i, x) in v.iter().enumerate().take(count) {
                    unsafe { *p.add(i) = *x };
                }
            }
            #[inline(always)]
            unsafe fn fma(a: [$t; $lanes], b: [$t; $lanes], c: [$t; $lanes]) -> [$t; $lanes] {
                // Without the instruction, `mul_add` is a call of a slow library function.
                if cfg!(target_arch = "aarch64") {
                    std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
                } else {
                    std::array::from_fn(|i| a[i] * b[i] + c[i])
                }
            }
            #[inline(always)]
            unsafe fn add(a: [$t; $lanes], b: [$t; $lanes]) -> [$t; $lanes] {
                std::array::from_fn(|i| a[i] + b[i])
            }
            #[inline(always)]
            unsafe fn relu(a: [$t; $lanes]) -> [$t; $lanes] {
                a.map(|x| if x <= 0.0 { 0.0 } else { x })
            }
            #[inline(always)]
            unsafe fn sum(a: [$t; $lanes]) -> $t {
                a.iter().sum()
            }
            #[inline(always)]
            unsafe fn transpose(
                rows: impl RowPointers<$t>,
                to: *mut $t,
                width: usize,
                count: usize,
            ) {
                for i in 0..count {
                    for j in 0..$lanes {
                        unsafe { *to.add(j * width + i) = *rows.at(i).add(j) };
                    }
                }
            }
            kernels!(
                $t,
                $name,
                tile_portable,
                narrow_portable,
                pixels_portable,
                taps_portable,
                [1 2 3 4],
                [1 2],
                [$high],
                [1]
            );
        }
    };
}
portable!(PortableF32, f32, 4, 1);
portable!(PortableF64, f64, 2, 2);

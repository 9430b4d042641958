//! AVX-512 and AVX2.

use super::{PixelKernel, Pixels, RowPointers, Simd, TapKernel, Taps, Tile, TileKernel, Work, put};
use crate::conv::direct::{pixels, taps};
use crate::gemm::tile::{compute, narrow};
use core::arch::x86_64::*;

/// AVX-512, 16 float32.
pub struct Avx512F32;
/// AVX-512, 8 float64.
pub struct Avx512F64;
/// AVX2, 8 float32.
pub struct Avx2F32;
/// AVX2, 4 float64.
pub struct Avx2F64;

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
pub unsafe fn run_avx512<S: Simd, W: Work<S::Scalar>>(work: W) -> W::Output {
    // SAFETY: this function is compiled for the instruction set.
    unsafe { work.run::<S>() }
}

#[target_feature(enable = "avx2,fma")]
pub unsafe fn run_avx2<S: Simd, W: Work<S::Scalar>>(work: W) -> W::Output {
    // SAFETY: this function is compiled for the instruction set.
    unsafe { work.run::<S>() }
}

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn tile_avx512<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { compute::<S, R, V>(tile) }
}

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn narrow_avx512<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { narrow::<S, R, V>(tile) }
}

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn pixels_avx512<S: Simd, const R: usize, const V: usize>(tile: &Pixels<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { pixels::<S, R, V>(tile) }
}

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
unsafe fn taps_avx512<S: Simd, const R: usize, const V: usize>(tile: &Taps<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { taps::<S, R, V>(tile) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn tile_avx2<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { compute::<S, R, V>(tile) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn narrow_avx2<S: Simd, const R: usize, const V: usize>(tile: &Tile<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { narrow::<S, R, V>(tile) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn pixels_avx2<S: Simd, const R: usize, const V: usize>(tile: &Pixels<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { pixels::<S, R, V>(tile) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn taps_avx2<S: Simd, const R: usize, const V: usize>(tile: &Taps<S::Scalar>) {
    // SAFETY: this function is compiled for the instruction set; the caller vouches for `tile`.
    unsafe { taps::<S, R, V>(tile) }
}

impl Simd for Avx512F32 {
    type Scalar = f32;
    type Vector = __m512;
    const LANES: usize = 16;
    const ROWS: usize = 14;
    const VECTORS: usize = 2;
    const NARROW: usize = 6;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> __m512 {
        unsafe { _mm512_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: __m512) {
        unsafe { _mm512_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn load_first(p: *const f32, count: usize) -> __m512 {
        unsafe { _mm512_maskz_loadu_ps(((1u32 << count) - 1) as u16, p) }
    }
    #[inline(always)]
    unsafe fn load_between(p: *const f32, from: usize, to: usize) -> __m512 {
        unsafe { _mm512_maskz_loadu_ps(((1u32 << to) - (1u32 << from)) as u16, p) }
    }
    #[inline(always)]
    unsafe fn store_first(p: *mut f32, v: __m512, count: usize) {
        unsafe { _mm512_mask_storeu_ps(p, ((1u32 << count) - 1) as u16, v) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn relu(a: __m512) -> __m512 {
        unsafe { _mm512_max_ps(_mm512_setzero_ps(), a) }
    }
    #[inline(always)]
    unsafe fn sum(a: __m512) -> f32 {
        unsafe { _mm512_reduce_add_ps(a) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: impl RowPointers<f32>, to: *mut f32, width: usize, count: usize) {
        for j in [0, 4, 8, 12] {
            let [a, b, c, d] = unsafe {
                [
                    quarters_f32(&rows, 0, j),
                    quarters_f32(&rows, 1, j),
                    quarters_f32(&rows, 2, j),
                    quarters_f32(&rows, 3, j),
                ]
            };
            unsafe {
                let ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
                let cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
                put::<Self>(to.add(j * width), _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)), count);
                put::<Self>(
                    to.add((j + 1) * width),
                    _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)),
                    count,
                );
                let ab = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
                let cd = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
                put::<Self>(
                    to.add((j + 2) * width),
                    _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
                    count,
                );
                put::<Self>(
                    to.add((j + 3) * width),
                    _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)),
                    count,
                );
            }
        }
    }
    kernels!(f32, Avx512F32, tile_avx512, narrow_avx512, pixels_avx512, taps_avx512, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], [1 2], [1], [1 2 3 4 5 6]);
}

impl Simd for Avx512F64 {
    type Scalar = f64;
    type Vector = __m512d;
    const LANES: usize = 8;
    const ROWS: usize = 14;
    const VECTORS: usize = 2;
    const NARROW: usize = 3;

    #[inline(always)]
    unsafe fn splat(x: f64) -> __m512d {
        unsafe { _mm512_set1_pd(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> __m512d {
        unsafe { _mm512_loadu_pd(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f64, v: __m512d) {
        unsafe { _mm512_storeu_pd(p, v) }
    }
    #[inline(always)]
    unsafe fn load_first(p: *const f64, count: usize) -> __m512d {
        unsafe { _mm512_maskz_loadu_pd(((1u32 << count) - 1) as u8, p) }
    }
    #[inline(always)]
    unsafe fn load_between(p: *const f64, from: usize, to: usize) -> __m512d {
        unsafe { _mm512_maskz_loadu_pd(((1u32 << to) - (1u32 << from)) as u8, p) }
    }
    #[inline(always)]
    unsafe fn store_first(p: *mut f64, v: __m512d, count: usize) {
        unsafe { _mm512_mask_storeu_pd(p, ((1u32 << count) - 1) as u8, v) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn add(a: __m512d, b: __m512d) -> __m512d {
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn relu(a: __m512d) -> __m512d {
        unsafe { _mm512_max_pd(_mm512_setzero_pd(), a) }
    }
    #[inline(always)]
    unsafe fn sum(a: __m512d) -> f64 {
        unsafe { _mm512_reduce_add_pd(a) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: impl RowPointers<f64>, to: *mut f64, width: usize, count: usize) {
        for j in [0, 2, 4, 6] {
            let [a, b] = unsafe { [quarters_f64(&rows, 0, j), quarters_f64(&rows, 1, j)] };
            unsafe {
                put::<Self>(to.add(j * width), _mm512_unpacklo_pd(a, b), count);
                put::<Self>(to.add((j + 1) * width), _mm512_unpackhi_pd(a, b), count);
            }
        }
    }
    kernels!(f64, Avx512F64, tile_avx512, narrow_avx512, pixels_avx512, taps_avx512, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], [1 2], [2], [1 2 3]);
}

impl Simd for Avx2F32 {
    type Scalar = f32;
    type Vector = __m256;
    const LANES: usize = 8;
    const ROWS: usize = 6;
    const VECTORS: usize = 2;
    const NARROW: usize = 3;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m256 {
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> __m256 {
        unsafe { _mm256_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: __m256) {
        unsafe { _mm256_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn load_first(p: *const f32, count: usize) -> __m256 {
        unsafe { _mm256_maskload_ps(p, first_of_8(count)) }
    }
    #[inline(always)]
    unsafe fn load_between(p: *const f32, from: usize, to: usize) -> __m256 {
        unsafe {
            let mask = _mm256_andnot_si256(first_of_8(from), first_of_8(to));
            _mm256_maskload_ps(p, mask)
        }
    }
    #[inline(always)]
    unsafe fn store_first(p: *mut f32, v: __m256, count: usize) {
        unsafe { _mm256_maskstore_ps(p, first_of_8(count), v) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn relu(a: __m256) -> __m256 {
        unsafe { _mm256_max_ps(_mm256_setzero_ps(), a) }
    }
    #[inline(always)]
    unsafe fn sum(a: __m256) -> f32 {
        unsafe {
            let v = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
            let v = _mm_add_ps(v, _mm_movehl_ps(v, v));
            _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps(v, v, 1)))
        }
    }
    #[inline(always)]
    unsafe fn transpose(rows: impl RowPointers<f32>, to: *mut f32, width: usize, count: usize) {
        for j in [0, 4] {
            let [a, b, c, d] = unsafe {
                [
                    halves_f32(&rows, 0, j),
                    halves_f32(&rows, 1, j),
                    halves_f32(&rows, 2, j),
                    halves_f32(&rows, 3, j),
                ]
            };
            unsafe {
                let ab = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
                let cd = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
                put::<Self>(to.add(j * width), _mm256_castpd_ps(_mm256_unpacklo_pd(ab, cd)), count);
                put::<Self>(
                    to.add((j + 1) * width),
                    _mm256_castpd_ps(_mm256_unpackhi_pd(ab, cd)),
                    count,
                );
                let ab = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
                let cd = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
                put::<Self>(
                    to.add((j + 2) * width),
                    _mm256_castpd_ps(_mm256_unpacklo_pd(ab, cd)),
                    count,
                );
                put::<Self>(
                    to.add((j + 3) * width),
                    _mm256_castpd_ps(_mm256_unpackhi_pd(ab, cd)),
                    count,
                );
            }
        }
    }
    kernels!(f32, Avx2F32, tile_avx2, narrow_avx2, pixels_avx2, taps_avx2, [1 2 3 4 5 6], [1 2], [1], [1 2 3]);
}

impl Simd for Avx2F64 {
    type Scalar = f64;
    type Vector = __m256d;
    const LANES: usize = 4;
    const ROWS: usize = 6;
    const VECTORS: usize = 2;
    const NARROW: usize = 1;

    #[inline(always)]
    unsafe fn splat(x: f64) -> __m256d {
        unsafe { _mm256_set1_pd(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> __m256d {
        unsafe { _mm256_loadu_pd(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f64, v: __m256d) {
        unsafe { _mm256_storeu_pd(p, v) }
    }
    #[inline(always)]
    unsafe fn load_first(p: *const f64, count: usize) -> __m256d {
        unsafe { _mm256_maskload_pd(p, first_of_4(count)) }
    }
    #[inline(always)]
    unsafe fn load_between(p: *const f64, from: usize, to: usize) -> __m256d {
        unsafe {
            let mask = _mm256_andnot_si256(first_of_4(from), first_of_4(to));
            _mm256_maskload_pd(p, mask)
        }
    }
    #[inline(always)]
    unsafe fn store_first(p: *mut f64, v: __m256d, count: usize) {
        unsafe { _mm256_maskstore_pd(p, first_of_4(count), v) }
    }
    #[inline(always)]
    unsafe fn fma(a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn add(a: __m256d, b: __m256d) -> __m256d {
        unsafe { _mm256_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn relu(a: __m256d) -> __m256d {
        unsafe { _mm256_max_pd(_mm256_setzero_pd(), a) }
    }
    #[inline(always)]
    unsafe fn sum(a: __m256d) -> f64 {
        unsafe {
            let v = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd(a, 1));
            _mm_cvtsd_f64(_mm_add_sd(v, _mm_unpackhi_pd(v, v)))
        }
    }
    #[inline(always)]
    unsafe fn transpose(rows: impl RowPointers<f64>, to: *mut f64, width: usize, count: usize) {
        for j in [0, 2] {
            let [a, b] = unsafe { [halves_f64(&rows, 0, j), halves_f64(&rows, 1, j)] };
            unsafe {
                put::<Self>(to.add(j * width), _mm256_unpacklo_pd(a, b), count);
                put::<Self>(to.add((j + 1) * width), _mm256_unpackhi_pd(a, b), count);
            }
        }
    }
    kernels!(f64, Avx2F64, tile_avx2, narrow_avx2, pixels_avx2, taps_avx2, [1 2 3 4 5 6], [1 2], [2], [1]);
}

/// Four columns from `j` of the rows 4q + r: quarter q has those of one row, so that
/// transposing each quarter by itself puts the rows in order.
#[inline(always)]
unsafe fn quarters_f32(rows: &impl RowPointers<f32>, r: usize, j: usize) -> __m512 {
    unsafe {
        let v = _mm512_castps128_ps512(_mm_loadu_ps(rows.at(r).add(j)));
        let second = _mm_loadu_ps(rows.at(4 + r).add(j));
        let v = _mm512_mask_broadcast_f32x4(v, 0x00f0, second);
        let v = _mm512_mask_broadcast_f32x4(v, 0x0f00, _mm_loadu_ps(rows.at(8 + r).add(j)));
        _mm512_mask_broadcast_f32x4(v, 0xf000, _mm_loadu_ps(rows.at(12 + r).add(j)))
    }
}

/// Two columns from `j` of the rows 2q + r, in the same way.
#[inline(always)]
unsafe fn quarters_f64(rows: &impl RowPointers<f64>, r: usize, j: usize) -> __m512d {
    unsafe {
        let v = _mm512_castpd128_pd512(_mm_loadu_pd(rows.at(r).add(j)));
        let v = _mm512_mask_broadcast_f64x2(v, 0x0c, _mm_loadu_pd(rows.at(2 + r).add(j)));
        let v = _mm512_mask_broadcast_f64x2(v, 0x30, _mm_loadu_pd(rows.at(4 + r).add(j)));
        _mm512_mask_broadcast_f64x2(v, 0xc0, _mm_loadu_pd(rows.at(6 + r).add(j)))
    }
}

/// Four columns from `j` of the rows 4h + r, in the same way.
#[inline(always)]
unsafe fn halves_f32(rows: &impl RowPointers<f32>, r: usize, j: usize) -> __m256 {
    unsafe {
        let v = _mm256_castps128_ps256(_mm_loadu_ps(rows.at(r).add(j)));
        _mm256_insertf128_ps(v, _mm_loadu_ps(rows.at(4 + r).add(j)), 1)
    }
}

/// Two columns from `j` of the rows 2h + r, in the same way.
#[inline(always)]
unsafe fn halves_f64(rows: &impl RowPointers<f64>, r: usize, j: usize) -> __m256d {
    unsafe {
        let v = _mm256_castpd128_pd256(_mm_loadu_pd(rows.at(r).add(j)));
        _mm256_insertf128_pd(v, _mm_loadu_pd(rows.at(2 + r).add(j)), 1)
    }
}

/// A mask of the first `count` of 8 lanes.
#[inline(always)]
unsafe fn first_of_8(count: usize) -> __m256i {
    unsafe {
        let index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), index)
    }
}

/// A mask of the first `count` of 4 lanes.
#[inline(always)]
unsafe fn first_of_4(count: usize) -> __m256i {
    unsafe {
        let index = _mm256_setr_epi64x(0, 1, 2, 3);
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), index)
    }
}

//! Matrix products against the definition, over odd shapes.
#![allow(missing_docs)]

mod common;

use common::{Draw, Element, Guarded, everywhere, succeed};
use nndl_native::ffi::*;

struct Shape {
    trans_a: bool,
    trans_b: bool,
    m: usize,
    n: usize,
    k: usize,
}

impl Shape {
    /// `op(A)·op(B)` as it is defined.
    fn product(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let Shape { trans_a, trans_b, m, n, k } = *self;
        let mut c = vec![0.0; m * n];
        for i in 0..m {
            for p in 0..k {
                let x = if trans_a { a[p * m + i] } else { a[i * k + p] };
                for j in 0..n {
                    c[i * n + j] += x * if trans_b { b[j * k + p] } else { b[p * n + j] };
                }
            }
        }
        c
    }
}

type Gemm<T> =
    unsafe extern "C" fn(u32, u32, u32, u32, u32, *const T, *const T, u32, *mut T) -> i32;
#[rustfmt::skip]
type Batched<T> = unsafe extern "C" fn(
    u32, u32, u32, u32, u32, u32, u32, u32, *const T, *const T, u32, *mut T,
) -> i32;
type Affine<T> =
    unsafe extern "C" fn(u32, u32, u32, *const T, *const T, *const T, u32, *mut T) -> i32;

fn check_gemm<T: Element>(draw: &mut Draw, gemm: Gemm<T>, shape: &Shape, what: &str) {
    let Shape { trans_a, trans_b, m, n, k } = *shape;
    let beta = draw.one_of(&[0, 1]);
    let (a, b) = (draw.array::<T>(m * k), draw.array::<T>(k * n));
    let mut c = if beta == 1 { draw.array(m * n) } else { Guarded::unwritten(m * n) };
    let mut right = shape.product(&a.to_f64(), &b.to_f64());
    if beta == 1 {
        right.iter_mut().zip(c.to_f64()).for_each(|(right, c)| *right += c);
    }
    let what = format!("{what}: {m}x{k}x{n} {trans_a} {trans_b} beta {beta}");
    let [ta, tb] = [trans_a, trans_b].map(u32::from);
    let [m, n, k] = [m, n, k].map(|size| size as u32);
    // SAFETY: the arrays have the lengths of the sizes.
    let status = unsafe { gemm(ta, tb, m, n, k, a.ptr(), b.ptr(), beta, c.mut_ptr()) };
    succeed(status, &what);
    c.check(&right, k as usize, &what);
}

fn check_affine<T: Element>(draw: &mut Draw, affine: Affine<T>, shape: &Shape, what: &str) {
    let Shape { m, n, k, .. } = *shape;
    let relu = draw.one_of(&[0, 1]);
    let (x, w, b) = (draw.array::<T>(m * k), draw.array::<T>(k * n), draw.array::<T>(n));
    let mut out = Guarded::unwritten(m * n);
    let mut right = shape.product(&x.to_f64(), &w.to_f64());
    for (i, right) in right.iter_mut().enumerate() {
        *right += b.to_f64()[i % n];
        *right = if relu == 1 { right.max(0.0) } else { *right };
    }
    let what = format!("{what}: affine {m}x{k}x{n} relu {relu}");
    let [m, n, k] = [m, n, k].map(|size| size as u32);
    // SAFETY: the arrays have the lengths of the sizes.
    let status = unsafe { affine(m, k, n, x.ptr(), w.ptr(), b.ptr(), relu, out.mut_ptr()) };
    succeed(status, &what);
    out.check(&right, k as usize, &what);
}

fn check_both(draw: &mut Draw, shape: Shape, what: &str) {
    check_gemm::<f32>(draw, nndl_gemm_f32, &shape, what);
    check_gemm::<f64>(draw, nndl_gemm_f64, &shape, what);
    let shape = Shape { trans_a: false, trans_b: false, ..shape };
    if shape.n > 0 {
        check_affine::<f32>(draw, nndl_affine_f32, &shape, what);
        check_affine::<f64>(draw, nndl_affine_f64, &shape, what);
    }
}

#[test]
fn products_of_odd_shapes() {
    everywhere(|what| {
        let mut draw = Draw::new(1);
        for _ in 0..150 {
            let [m, n, k] = [(); 3].map(|()| draw.whole(0, 70));
            let [trans_a, trans_b] = [(); 2].map(|()| draw.one_of(&[false, true]));
            check_both(&mut draw, Shape { trans_a, trans_b, m, n, k }, what);
        }
    });
}

#[test]
fn products_that_are_cut_into_blocks_and_tasks() {
    everywhere(|what| {
        let mut draw = Draw::new(2);
        for (m, n, k) in [
            (100, 100, 1003),
            (1003, 100, 37),
            (17, 1500, 300),
            (5, 3, 20_001),
            (1, 1, 5000),
            (1, 700, 700),
            (700, 1, 700),
            (97, 33, 700),
            (300, 290, 310),
        ] {
            for [trans_a, trans_b] in [[false, false], [true, false], [false, true], [true, true]] {
                check_both(&mut draw, Shape { trans_a, trans_b, m, n, k }, what);
            }
        }
    });
}

fn check_batched<T: Element>(draw: &mut Draw, batched: Batched<T>, shape: &Shape, what: &str) {
    let Shape { trans_a, trans_b, m, n, k } = *shape;
    let planes = draw.whole(0, 7);
    let [of_a, of_b] = [(); 2].map(|()| draw.one_of(&[1, 2, planes.max(1)]));
    let (a, b) = (draw.array::<T>(of_a * m * k), draw.array::<T>(of_b * k * n));
    let mut c = Guarded::unwritten(planes * m * n);
    let (left, right) = (a.to_f64(), b.to_f64());
    let products = (0..planes)
        .flat_map(|i| shape.product(&left[i % of_a * m * k..], &right[i % of_b * k * n..]));
    let products: Vec<f64> = products.collect();
    let what = format!("{what}: {planes} planes of {of_a} and {of_b}, {m}x{k}x{n}");
    let [ta, tb] = [trans_a, trans_b].map(u32::from);
    let [p, pa, pb, m, n, k] = [planes, of_a, of_b, m, n, k].map(|size| size as u32);
    // SAFETY: the arrays have the lengths of the sizes.
    let status = unsafe { batched(ta, tb, p, pa, pb, m, n, k, a.ptr(), b.ptr(), 0, c.mut_ptr()) };
    succeed(status, &what);
    c.check(&products, k as usize, &what);
}

#[test]
fn products_of_many_planes() {
    everywhere(|what| {
        let mut draw = Draw::new(3);
        for _ in 0..60 {
            let [m, n, k] = [(); 3].map(|()| draw.whole(0, 90));
            let [trans_a, trans_b] = [(); 2].map(|()| draw.one_of(&[false, true]));
            let shape = Shape { trans_a, trans_b, m, n, k };
            check_batched::<f32>(&mut draw, nndl_gemm_batched_f32, &shape, what);
            check_batched::<f64>(&mut draw, nndl_gemm_batched_f64, &shape, what);
        }
    });
}

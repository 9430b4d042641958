//! Times matrix products of the shapes that training has.

use nndl_native::gemm::{Finish, gemm};
use nndl_native::simd::Vectors;
use nndl_native::{cpu, pool};
use std::time::Instant;

fn time(mut work: impl FnMut()) -> (f64, f64) {
    work();
    let (start, mut times) = (Instant::now(), vec![]);
    while start.elapsed().as_secs_f64() < 0.4 || times.len() < 5 {
        let start = Instant::now();
        work();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

fn run<T: Vectors>() {
    let shapes = [
        (64, 64, 64, false, false),
        (256, 256, 256, false, false),
        (512, 512, 512, false, false),
        (1024, 1024, 1024, false, false),
        (100, 100, 3072, false, false),
        (3072, 100, 100, true, false),
        (100, 3072, 100, false, true),
        (100, 100, 100, false, false),
        (100, 10, 100, false, false),
        (200, 50, 3072, false, false),
        (3072, 50, 200, true, false),
        (50, 100, 8192, false, false),
        (8192, 100, 50, true, false),
        (50, 8192, 100, false, true),
        (32, 51200, 147, false, false),
    ];
    for (m, n, k, trans_a, trans_b) in shapes {
        let a: Vec<T> = (0..m * k).map(|i| T::from_f64((i % 7) as f64)).collect();
        let b: Vec<T> = (0..n * k).map(|i| T::from_f64((i % 5) as f64)).collect();
        let mut c = vec![T::ZERO; m * n];
        let work = 2.0 * (m * n * k) as f64 * 1e-9;
        print!(
            "{m:5} x{k:5} x{n:6} {}{}",
            if trans_a { "T" } else { "N" },
            if trans_b { "T" } else { "N" }
        );
        for threads in [1, 2] {
            pool::set_threads(threads);
            let (least, median) =
                time(|| gemm(trans_a, trans_b, m, n, k, &a, &b, Finish::STORE, &mut c));
            print!(
                " | {threads} thread: {:8.1} us {:6.1} GF, median {:8.1} us {:6.1} GF",
                least * 1e6,
                work / least,
                median * 1e6,
                work / median
            );
        }
        println!();
    }
}

fn main() {
    println!("{:?}", cpu::isa());
    run::<f32>();
    run::<f64>();
}

//! Times 3×3 convolutions with and without Winograd's filtering, and compares both with float64.

use nndl_native::conv::{Axis, Conv, backward_data, backward_weights, forward, winograd};
use nndl_native::{cpu, pool};
use std::time::Instant;

fn time(mut work: impl FnMut()) -> f64 {
    work();
    let (start, mut least) = (Instant::now(), f64::INFINITY);
    let mut runs = 0;
    while start.elapsed().as_secs_f64() < 0.2 || runs < 3 {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed().as_secs_f64());
        runs += 1;
    }
    least
}

/// Numbers that look normally distributed, from a small generator.
fn draw(len: usize, seed: u64, scale: f64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
    };
    (0..len).map(|_| f64::from(((next() + next() + next() + next()) * scale) as f32)).collect()
}

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

fn error(ours: &[f32], exact: &[f64]) -> f64 {
    let square = |x: f64| x * x;
    let off: f64 = ours.iter().zip(exact).map(|(a, b)| square(f64::from(*a) - b)).sum();
    (off / exact.iter().map(|x| x * x).sum::<f64>()).sqrt()
}

fn main() {
    println!("{:?}", cpu::isa());
    let args: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let threads = args.first().copied().unwrap_or(2);
    for (n, c, f, size) in [
        (100, 16, 32, 32),
        (100, 32, 64, 16),
        (100, 64, 128, 8),
        (100, 128, 256, 4),
        (100, 64, 64, 32),
        (50, 32, 32, 32),
        (1, 64, 64, 32),
    ] {
        let axis = Axis { size, taps: 3, stride: 1, pad: 1, dilation: 1, out: size };
        let conv = Conv { n, c, f, groups: 1, y: axis, x: axis };
        let x: Vec<f64> = draw(conv.input_len(), 1, 2.0).iter().map(|x| x.max(0.0)).collect();
        let w = draw(conv.weight_len(), 2, (4.0 / (9.0 * c as f64)).sqrt());
        let dout = draw(conv.output_len(), 3, 1.0);
        let (mut out, mut dx, mut dw) = (dout.clone(), x.clone(), w.clone());
        pool::set_threads(2);
        forward(&conv, &x, &w, None, false, &mut out);
        backward_data(&conv, &dout, &w, &mut dx);
        backward_weights(&conv, &dout, &x, &mut dw, None);
        let (x, w, dout) = (narrow(&x), narrow(&w), narrow(&dout));
        let (mut a, mut b, mut d) = (dout.clone(), x.clone(), w.clone());
        let work = 2e-9 * conv.work() as f64;
        println!("n {n} c {c} f {f} {size}x{size}");
        pool::set_threads(threads);
        for allowed in [false, true] {
            winograd::allow(allowed);
            let times = [
                time(|| forward(&conv, &x, &w, None, false, &mut a)),
                time(|| backward_data(&conv, &dout, &w, &mut b)),
                time(|| backward_weights(&conv, &dout, &x, &mut d, None)),
            ];
            let errors = [error(&a, &out), error(&b, &dx), error(&d, &dw)];
            let name = if allowed { "winograd" } else { "direct" };
            print!("  {name:9}");
            for (time, error) in times.iter().zip(errors) {
                print!(" {:8.3} ms {:6.1} GF {error:.1e}", time * 1e3, work / time);
            }
            println!();
        }
    }
}

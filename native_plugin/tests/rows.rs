//! Norms, losses, elementwise kernels and steps against their definitions.
#![allow(missing_docs)]

mod common;

use common::{Draw, Guarded, everywhere, message, succeed};
use nndl_native::ffi::*;
use nndl_native::status::{PANICKED, REFUSED};

/// Mean and biased variance.
fn statistics(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count)
}

/// The gradient with respect to values that are normalised together: `scaled` is the upstream
/// gradient times gamma.
fn gradient(values: &[f64], scaled: &[f64], eps: f64) -> Vec<f64> {
    let (mean, variance) = statistics(values);
    let (count, inverse) = (values.len() as f64, 1.0 / (variance + eps).sqrt());
    let normal: Vec<f64> = values.iter().map(|x| (x - mean) * inverse).collect();
    let sum: f64 = scaled.iter().sum::<f64>() / count;
    let products: f64 = scaled.iter().zip(&normal).map(|(d, x)| d * x).sum::<f64>() / count;
    scaled.iter().zip(&normal).map(|(d, x)| inverse * (d - sum - x * products)).collect()
}

/// Runs forward and backward of a norm whose sets of indices are normalised together.
fn check_norm(
    draw: &mut Draw,
    channels: usize,
    channel_of: impl Fn(usize) -> usize,
    sets: &[Vec<usize>],
    call: impl Fn(&Arrays, &mut Outputs),
    what: &str,
) {
    let len: usize = sets.iter().map(Vec::len).sum();
    let arrays = Arrays {
        x: draw.array(len),
        dout: draw.array(len),
        gamma: draw.array(channels),
        beta: draw.array(channels),
    };
    let mut outputs = Outputs {
        out: Guarded::unwritten(len),
        mean: Guarded::unwritten(sets.len()),
        variance: Guarded::unwritten(sets.len()),
        dx: Guarded::unwritten(len),
        dgamma: Guarded::unwritten(channels),
        dbeta: Guarded::unwritten(channels),
    };
    call(&arrays, &mut outputs);
    let (x, dout) = (arrays.x.to_f64(), arrays.dout.to_f64());
    let (gamma, beta) = (arrays.gamma.to_f64(), arrays.beta.to_f64());
    let (mut out, mut dx) = (vec![0.0; len], vec![0.0; len]);
    let (mut dgamma, mut dbeta) = (vec![0.0; channels], vec![0.0; channels]);
    let (mut means, mut variances) = (vec![], vec![]);
    for set in sets {
        let values: Vec<f64> = set.iter().map(|i| x[*i]).collect();
        let scaled: Vec<f64> = set.iter().map(|i| dout[*i] * gamma[channel_of(*i)]).collect();
        let (mean, variance) = statistics(&values);
        for (i, dxi) in set.iter().zip(gradient(&values, &scaled, EPS)) {
            let normal = (x[*i] - mean) / (variance + EPS).sqrt();
            let channel = channel_of(*i);
            out[*i] = gamma[channel] * normal + beta[channel];
            dgamma[channel] += dout[*i] * normal;
            dbeta[channel] += dout[*i];
            dx[*i] = dxi;
        }
        means.push(mean);
        variances.push(variance);
    }
    outputs.out.check(&out, 100, what);
    outputs.mean.check(&means, 100, what);
    outputs.variance.check(&variances, 100, what);
    outputs.dx.check(&dx, 1000, what);
    outputs.dgamma.check(&dgamma, 1000 + len, what);
    outputs.dbeta.check(&dbeta, 1000 + len, what);
}

const EPS: f64 = 1e-2;

struct Arrays {
    x: Guarded<f32>,
    dout: Guarded<f32>,
    gamma: Guarded<f32>,
    beta: Guarded<f32>,
}

struct Outputs {
    out: Guarded<f32>,
    mean: Guarded<f32>,
    variance: Guarded<f32>,
    dx: Guarded<f32>,
    dgamma: Guarded<f32>,
    dbeta: Guarded<f32>,
}

#[test]
fn batch_norm_of_odd_sizes() {
    everywhere(|what| {
        let mut draw = Draw::new(6);
        for round in 0..30 {
            let big = round == 0;
            let n = if big { 301 } else { draw.whole(1, 40) };
            let c = if big { 131 } else { draw.whole(1, 40) };
            let s = if big { 1 } else { draw.one_of(&[1, 1, 2, 35, 100]) };
            let what = format!("{what}: batch norm {n} {c} {s}");
            let sets: Vec<Vec<usize>> =
                (0..c).map(|j| (0..n * s).map(|i| (i / s * c + j) * s + i % s).collect()).collect();
            let call = |arrays: &Arrays, out: &mut Outputs| {
                let [n, c, s] = [n, c, s].map(|size| size as u32);
                let Arrays { x, dout, gamma, beta } = arrays;
                // SAFETY: the arrays have the lengths of the sizes.
                unsafe {
                    let status = nndl_batchnorm_forward_f32(
                        n,
                        c,
                        s,
                        x.ptr(),
                        gamma.ptr(),
                        beta.ptr(),
                        EPS,
                        out.out.mut_ptr(),
                        out.mean.mut_ptr(),
                        out.variance.mut_ptr(),
                    );
                    succeed(status, &what);
                    let status = nndl_batchnorm_backward_f32(
                        n,
                        c,
                        s,
                        dout.ptr(),
                        x.ptr(),
                        gamma.ptr(),
                        out.mean.ptr(),
                        out.variance.ptr(),
                        EPS,
                        1,
                        out.dx.mut_ptr(),
                        out.dgamma.mut_ptr(),
                        out.dbeta.mut_ptr(),
                    );
                    succeed(status, &what);
                }
            };
            check_norm(&mut draw, c, |i| i / s % c, &sets, call, &what);
        }
    });
}

#[test]
fn group_norm_of_odd_sizes() {
    everywhere(|what| {
        let mut draw = Draw::new(7);
        for round in 0..30 {
            let n = if round == 0 { 90 } else { draw.whole(1, 20) };
            let [g, cg] = if round == 0 { [1, 1000] } else { [(); 2].map(|()| draw.whole(1, 9)) };
            let s = if round == 0 { 1 } else { draw.one_of(&[1, 2, 35, 100]) };
            let what = format!("{what}: group norm {n} {g} {cg} {s}");
            let size = cg * s;
            let sets: Vec<Vec<usize>> =
                (0..n * g).map(|group| (group * size..(group + 1) * size).collect()).collect();
            let call = |arrays: &Arrays, out: &mut Outputs| {
                let [n, g, cg, s] = [n, g, cg, s].map(|size| size as u32);
                let Arrays { x, dout, gamma, beta } = arrays;
                // SAFETY: the arrays have the lengths of the sizes.
                unsafe {
                    let status = nndl_groupnorm_forward_f32(
                        n,
                        g,
                        cg,
                        s,
                        x.ptr(),
                        gamma.ptr(),
                        beta.ptr(),
                        EPS,
                        out.out.mut_ptr(),
                        out.mean.mut_ptr(),
                        out.variance.mut_ptr(),
                    );
                    succeed(status, &what);
                    let status = nndl_groupnorm_backward_f32(
                        n,
                        g,
                        cg,
                        s,
                        dout.ptr(),
                        x.ptr(),
                        gamma.ptr(),
                        out.mean.ptr(),
                        out.variance.ptr(),
                        EPS,
                        out.dx.mut_ptr(),
                        out.dgamma.mut_ptr(),
                        out.dbeta.mut_ptr(),
                    );
                    succeed(status, &what);
                }
            };
            check_norm(&mut draw, g * cg, |i| i / s % (g * cg), &sets, call, &what);
        }
    });
}

#[test]
fn softmax_loss_of_odd_sizes() {
    everywhere(|what| {
        let mut draw = Draw::new(8);
        for _ in 0..40 {
            let (n, c) = (draw.whole(1, 30), draw.whole(1, 50));
            let x = draw.array::<f32>(n * c);
            let labels: Vec<i32> = (0..n).map(|_| draw.whole(0, c - 1) as i32).collect();
            let (mut right_dx, mut right) = (vec![], 0.0);
            for (row, label) in x.to_f64().chunks(c).zip(&labels) {
                let sum: f64 = row.iter().map(|x| x.exp()).sum();
                right += (sum.ln() - row[*label as usize]) / n as f64;
                let hit = |j: usize| if j == *label as usize { 1.0 } else { 0.0 };
                right_dx.extend(
                    row.iter().enumerate().map(|(j, x)| (x.exp() / sum - hit(j)) / n as f64),
                );
            }
            let mut dx = Guarded::<f32>::unwritten(n * c);
            let mut loss = f64::NAN;
            // SAFETY: the arrays have the lengths of the sizes.
            let status = unsafe {
                let (n, c) = (n as u32, c as u32);
                nndl_softmax_loss_f32(n, c, x.ptr(), labels.as_ptr(), dx.mut_ptr(), &mut loss)
            };
            succeed(status, what);
            dx.check(&right_dx, 16, what);
            assert!((loss - right).abs() < 1e-6, "{what}: {loss} should be {right}");
        }
    });
}

#[test]
fn elementwise_kernels_of_every_small_length() {
    everywhere(|what| {
        let mut draw = Draw::new(9);
        for n in (0..70).chain([100_003]) {
            let what = format!("{what}: length {n}");
            let (x, dout) = (draw.array::<f32>(n), draw.array::<f32>(n));
            // Some are exactly 0.
            let x = Guarded::new(x.values().iter().enumerate().map(|(i, x)| match i % 5 {
                0 => 0.0,
                _ => *x,
            }));
            let mask: Vec<u8> = (0..n).map(|_| draw.whole(0, 1) as u8).collect();
            let (xs, douts) = (x.to_f64(), dout.to_f64());
            let mut out = Guarded::<f32>::unwritten(n);
            let mut sum = f64::NAN;
            let [mut w, mut m, mut v] = [(); 3].map(|()| Guarded::new(x.values().to_vec()));
            let len = n as u32;
            // SAFETY: all arrays have n elements.
            unsafe {
                succeed(nndl_relu_forward_f32(len, x.ptr(), out.mut_ptr()), &what);
                let right: Vec<f64> = xs.iter().map(|x| x.max(0.0)).collect();
                out.check(&right, 0, &what);
                succeed(nndl_relu_backward_f32(len, dout.ptr(), x.ptr(), out.mut_ptr()), &what);
                let pairs = || xs.iter().zip(&douts);
                let right: Vec<f64> =
                    pairs().map(|(x, d)| if *x > 0.0 { *d } else { 0.0 }).collect();
                out.check(&right, 0, &what);
                let status = nndl_mask_scale_f32(len, x.ptr(), mask.as_ptr(), 2.0, out.mut_ptr());
                succeed(status, &what);
                let right: Vec<f64> =
                    xs.iter().zip(&mask).map(|(x, keep)| 2.0 * x * f64::from(*keep)).collect();
                out.check(&right, 0, &what);
                // In place: the same array is read and written.
                let status = nndl_mask_scale_f32(len, w.mut_ptr(), mask.as_ptr(), 2.0, w.mut_ptr());
                succeed(status, &what);
                w.check(&right, 0, &what);
                succeed(nndl_sum_squares_f32(len, x.ptr(), &mut sum), &what);
                let right: f64 = xs.iter().map(|x| x * x).sum();
                assert!((sum - right).abs() <= 1e-12 * right, "{what}: {sum}, not {right}");

                let mut w = Guarded::new(x.values().to_vec());
                succeed(nndl_add_scaled_f32(len, -0.5, dout.ptr(), w.mut_ptr()), &what);
                let right: Vec<f64> = pairs().map(|(x, d)| x - 0.5 * d).collect();
                w.check(&right, 1, &what);
                let [mut w, mut speed] = [(); 2].map(|()| Guarded::new(x.values().to_vec()));
                let (moved, rolling) = (w.mut_ptr(), speed.mut_ptr());
                let status = nndl_momentum_step_f32(len, moved, dout.ptr(), rolling, 0.1, 0.9);
                succeed(status, &what);
                let speeds: Vec<f64> = pairs().map(|(x, d)| 0.9 * x - 0.1 * d).collect();
                speed.check(&speeds, 4, &what);
                let right: Vec<f64> = xs.iter().zip(&speeds).map(|(x, v)| x + v).collect();
                w.check(&right, 4, &what);

                let mut w = Guarded::new(x.values().to_vec());
                let status = nndl_adam_step_f32(
                    len,
                    w.mut_ptr(),
                    dout.ptr(),
                    m.mut_ptr(),
                    v.mut_ptr(),
                    0.1,
                    0.9,
                    0.99,
                    0.1,
                    3.0,
                );
                succeed(status, &what);
                let right: Vec<f64> = pairs()
                    .map(|(x, d)| {
                        let first = (0.9 * x + 0.1 * d) / (1.0 - 0.9f64.powi(3));
                        let second = (0.99 * x + 0.01 * d * d) / (1.0 - 0.99f64.powi(3));
                        x - 0.1 * first / (second.sqrt() + 0.1)
                    })
                    .collect();
                let usable: Vec<usize> =
                    (0..n).filter(|i| 0.99 * xs[*i] + 0.01 * douts[*i].powi(2) > 1e-3).collect();
                for i in usable {
                    let got = f64::from(w.values()[i]);
                    assert!((got - right[i]).abs() < 1e-5, "{what}: {got}, not {}", right[i]);
                }
            }
        }
    });
}

#[test]
fn panics_and_misuse_end_as_a_status() {
    everywhere(|_| {
        assert_eq!(nndl_test_panic(), PANICKED);
        assert!(message().contains("a panic on purpose"), "{}", message());
        let x = Guarded::<f32>::new([0.0; 10]);
        let mut dx = Guarded::<f32>::unwritten(10);
        let mut loss = 0.0;
        // SAFETY: the arrays have the lengths of the sizes.
        unsafe {
            let status =
                nndl_softmax_loss_f32(1, 10, x.ptr(), [10].as_ptr(), dx.mut_ptr(), &mut loss);
            assert_eq!(status, PANICKED);
            let status = nndl_relu_forward_f32(8, dx.ptr(), dx.mut_ptr().add(1));
            assert_eq!(status, REFUSED);
            assert!(message().contains("overlaps"), "{}", message());
            assert_eq!(nndl_relu_forward_f32(8, std::ptr::null(), dx.mut_ptr()), REFUSED);
        }
    });
}

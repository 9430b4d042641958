//! Activations, softmax, embeddings, LSTMs and upsampling against their definitions.
#![allow(missing_docs)]

mod common;

use common::{Draw, Element, Guarded, everywhere, message, succeed};
use nndl_native::ffi::*;
use nndl_native::status::REFUSED;

type Map<T> = unsafe extern "C" fn(u32, *const T, *mut T) -> i32;
type Slope<T> = unsafe extern "C" fn(u32, *const T, *const T, *mut T) -> i32;

fn check_map<T: Element>(draw: &mut Draw, map: Map<T>, f: impl Fn(f64) -> f64, what: &str) {
    let n = draw.whole(0, 9000);
    let x = draw.array::<T>(n);
    let mut out = Guarded::unwritten(n);
    // SAFETY: the arrays have the length.
    succeed(unsafe { map(n as u32, x.ptr(), out.mut_ptr()) }, what);
    let right: Vec<f64> = x.to_f64().into_iter().map(f).collect();
    out.check(&right, 16, what);
}

fn check_slope<T: Element>(draw: &mut Draw, slope: Slope<T>, f: impl Fn(f64) -> f64, what: &str) {
    let n = draw.whole(0, 9000);
    let (dout, x) = (draw.array::<T>(n), draw.array::<T>(n));
    let mut dx = Guarded::unwritten(n);
    // SAFETY: the arrays have the length.
    succeed(unsafe { slope(n as u32, dout.ptr(), x.ptr(), dx.mut_ptr()) }, what);
    let pairs = dout.to_f64().into_iter().zip(x.to_f64());
    let right: Vec<f64> = pairs.map(|(d, x)| d * f(x)).collect();
    dx.check(&right, 16, what);
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The normal distribution by its series about 0, enough for |x| ≤ 1.
fn normal(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for i in 1..40 {
        term *= x * x / f64::from(2 * i + 1);
        sum += term;
    }
    0.5 + sum * density(x)
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

#[test]
fn activations() {
    everywhere(|what| {
        let mut draw = Draw::new(1);
        let draw = &mut draw;
        check_map(draw, nndl_tanh_forward_f32, f64::tanh, what);
        check_map(draw, nndl_tanh_forward_f64, f64::tanh, what);
        check_map(draw, nndl_sigmoid_forward_f32, sigmoid, what);
        check_map(draw, nndl_sigmoid_forward_f64, sigmoid, what);
        check_map(draw, nndl_gelu_forward_f32, |x| x * normal(x), what);
        check_map(draw, nndl_gelu_forward_f64, |x| x * normal(x), what);
        check_slope(draw, nndl_tanh_backward_f32, |out| 1.0 - out * out, what);
        check_slope(draw, nndl_tanh_backward_f64, |out| 1.0 - out * out, what);
        check_slope(draw, nndl_sigmoid_backward_f32, |out| out * (1.0 - out), what);
        check_slope(draw, nndl_sigmoid_backward_f64, |out| out * (1.0 - out), what);
        check_slope(draw, nndl_gelu_backward_f32, |x| normal(x) + x * density(x), what);
        check_slope(draw, nndl_gelu_backward_f64, |x| normal(x) + x * density(x), what);
    });
}

#[test]
fn softmax_of_odd_rows() {
    everywhere(|what| {
        let mut draw = Draw::new(2);
        for (n, c) in [(1, 1), (7, 3), (33, 17), (100, 131), (0, 4), (4, 0)] {
            let x = draw.array::<f32>(n * c);
            let mut right = x.to_f64();
            for row in right.chunks_exact_mut(c.max(1)) {
                let sum: f64 = row.iter().map(|x| x.exp()).sum();
                row.iter_mut().for_each(|x| *x = x.exp() / sum);
            }
            let mut out = Guarded::unwritten(n * c);
            // SAFETY: the arrays have the lengths of the sizes.
            let status =
                unsafe { nndl_softmax_forward_f32(n as u32, c as u32, x.ptr(), out.mut_ptr()) };
            succeed(status, what);
            out.check(&right, 16, what);
            right.iter_mut().for_each(|x| *x = x.ln());
            let mut log = Guarded::unwritten(n * c);
            // SAFETY: as above.
            let status =
                unsafe { nndl_log_softmax_forward_f32(n as u32, c as u32, x.ptr(), log.mut_ptr()) };
            succeed(status, what);
            log.check(&right, 32, what);
        }
    });
}

#[test]
fn an_lstm_over_odd_sequences() {
    everywhere(|what| {
        let mut draw = Draw::new(3);
        for (t, n, h) in [(1, 1, 1), (2, 3, 5), (3, 40, 33), (1, 25, 64), (2, 29, 101)] {
            let wh = draw.array::<f32>(4 * h * h);
            let (h0, c0) = (draw.array::<f32>(n * h), draw.array::<f32>(n * h));
            let mut gates = draw.array::<f32>(4 * t * n * h);
            let (weights, mut sums) = (wh.to_f64(), gates.to_f64());
            let (mut before, mut cell) = (h0.to_f64(), c0.to_f64());
            let [mut c, mut tanh, mut state] =
                [(); 3].map(|()| Guarded::<f32>::unwritten(t * n * h));
            // SAFETY: the arrays have the lengths of the sizes.
            let status = unsafe {
                nndl_lstm_forward_f32(
                    t as u32,
                    n as u32,
                    h as u32,
                    wh.ptr(),
                    h0.ptr(),
                    c0.ptr(),
                    gates.mut_ptr(),
                    c.mut_ptr(),
                    tanh.mut_ptr(),
                    state.mut_ptr(),
                )
            };
            succeed(status, what);
            let (mut cells, mut states) = (vec![], vec![]);
            for sums in sums.chunks_exact_mut(4 * n * h) {
                for (row, sums) in sums.chunks_exact_mut(4 * h).enumerate() {
                    for (k, sum) in sums.iter_mut().enumerate() {
                        *sum += (0..h)
                            .map(|j| before[row * h + j] * weights[j * 4 * h + k])
                            .sum::<f64>();
                    }
                }
                let gate = |at: usize, gate: usize| sums[(at / h * 4 + gate) * h + at % h];
                for at in 0..n * h {
                    let open = sigmoid(gate(at, 0)) * gate(at, 3).tanh();
                    cell[at] = sigmoid(gate(at, 1)) * cell[at] + open;
                    before[at] = sigmoid(gate(at, 2)) * cell[at].tanh();
                }
                cells.extend_from_slice(&cell);
                states.extend_from_slice(&before);
            }
            c.check(&cells, 64 * h, what);
            state.check(&states, 64 * h, what);
        }
    });
}

#[test]
fn embeddings_and_their_gradient() {
    everywhere(|what| {
        let mut draw = Draw::new(4);
        for (n, v, d) in [(1, 1, 1), (7, 3, 5), (1000, 50, 64), (0, 3, 2)] {
            let x: Vec<i32> = (0..n).map(|_| draw.whole(0, v - 1) as i32).collect();
            let (w, dout) = (draw.array::<f64>(v * d), draw.array::<f64>(n * d));
            let (table, up) = (w.to_f64(), dout.to_f64());
            let (mut right, mut sums) = (vec![], vec![0.0; v * d]);
            for (i, index) in x.iter().enumerate() {
                let row = *index as usize * d;
                right.extend_from_slice(&table[row..row + d]);
                (0..d).for_each(|j| sums[row + j] += up[i * d + j]);
            }
            let (mut out, mut dw) = (Guarded::unwritten(n * d), Guarded::unwritten(v * d));
            let [p, q, r] = [n, v, d].map(|size| size as u32);
            // SAFETY: the arrays have the lengths of the sizes.
            unsafe {
                let status =
                    nndl_embedding_forward_f64(p, q, r, x.as_ptr(), w.ptr(), out.mut_ptr());
                succeed(status, what);
                let status =
                    nndl_embedding_backward_f64(p, q, r, x.as_ptr(), dout.ptr(), dw.mut_ptr());
                succeed(status, what);
            }
            out.check(&right, 1, what);
            dw.check(&sums, n, what);
        }
    });
}

#[test]
fn an_index_outside_the_table_is_refused() {
    let w = [0.0f32; 6];
    for index in [-1, 3, i32::MIN] {
        let mut out = [7.0f32; 2];
        // SAFETY: the arrays have the lengths of the sizes.
        let status =
            unsafe { nndl_embedding_forward_f32(1, 3, 2, &index, w.as_ptr(), out.as_mut_ptr()) };
        assert_eq!(status, REFUSED);
        assert!(message().contains("outside the table of 3 rows"), "{}", message());
        assert_eq!(out, [7.0; 2]);
    }
}

//! Convolution and pooling against their definitions, over odd geometries.
#![allow(missing_docs)]

mod common;

use common::{Draw, Element, Guarded, everywhere, message, succeed};
use nndl_native::conv::winograd;
use nndl_native::ffi::*;
use nndl_native::status::REFUSED;

#[derive(Clone, Copy, Debug)]
struct Axis {
    size: usize,
    taps: usize,
    stride: usize,
    pad: usize,
    dilation: usize,
    out: usize,
}

#[derive(Clone, Copy, Debug)]
struct Conv {
    n: usize,
    c: usize,
    f: usize,
    groups: usize,
    y: Axis,
    x: Axis,
}

impl Conv {
    fn draw(draw: &mut Draw) -> Self {
        let mut axis = || {
            let [taps, dilation] = [draw.whole(1, 4), draw.one_of(&[1, 1, 2])];
            let pad = draw.whole(0, 4);
            let reach = (taps - 1) * dilation + 1;
            let size = reach.saturating_sub(2 * pad).max(1) + draw.whole(0, 34);
            let stride = draw.one_of(&[1, 1, 2, 3]);
            Axis { size, taps, stride, pad, dilation, out: (size + 2 * pad - reach) / stride + 1 }
        };
        let (y, x) = (axis(), axis());
        let groups = draw.one_of(&[1, 1, 2, 3]);
        let [c, f] = [(); 2].map(|()| groups * draw.whole(1, 6));
        Conv { n: draw.whole(0, 5), c, f, groups, y, x }
    }

    fn numbers(&self) -> [u32; 16] {
        let Conv { n, c, f, groups, y, x } = *self;
        [
            n, c, y.size, x.size, f, y.taps, x.taps, y.stride, x.stride, y.pad, x.pad, y.dilation,
            x.dilation, groups, y.out, x.out,
        ]
        .map(|number| number as u32)
    }

    fn depth(&self) -> usize {
        self.c / self.groups * self.y.taps * self.x.taps
    }

    fn input_len(&self) -> usize {
        self.n * self.c * self.y.size * self.x.size
    }

    fn output_len(&self) -> usize {
        self.n * self.f * self.y.out * self.x.out
    }

    /// Calls `meet(output, input, weight)` for every product that the layer is a sum of.
    fn each(&self, mut meet: impl FnMut(usize, usize, usize)) {
        let Conv { n, c, f, groups, y, x } = *self;
        let channels = c / groups;
        let inside = |axis: Axis, out: usize, tap: usize| {
            (out * axis.stride + tap * axis.dilation)
                .checked_sub(axis.pad)
                .filter(|at| *at < axis.size)
        };
        let mut output = 0;
        for image in 0..n {
            for filter in 0..f {
                for i in 0..y.out {
                    for j in 0..x.out {
                        for weight in 0..self.depth() {
                            let (v, u) = (weight % x.taps, weight / x.taps % y.taps);
                            let channel =
                                filter / (f / groups) * channels + weight / x.taps / y.taps;
                            if let (Some(i), Some(j)) = (inside(y, i, u), inside(x, j, v)) {
                                let input = ((image * c + channel) * y.size + i) * x.size + j;
                                meet(output, input, filter * self.depth() + weight);
                            }
                        }
                        output += 1;
                    }
                }
            }
        }
    }
}

type Forward<T> =
    unsafe extern "C" fn(*const u32, *const T, *const T, *const T, u32, *mut T) -> i32;
type Data<T> = unsafe extern "C" fn(*const u32, *const T, *const T, *mut T) -> i32;
type Weights<T> = unsafe extern "C" fn(*const u32, *const T, *const T, *mut T, *mut T) -> i32;

fn check_conv<T: Element>(
    draw: &mut Draw,
    conv: Conv,
    (forward, data, weights): (Forward<T>, Data<T>, Weights<T>),
    what: &str,
) {
    let numbers = conv.numbers();
    let what = format!("{what}: {conv:?}");
    let plane = conv.y.out * conv.x.out;
    let x = draw.array::<T>(conv.input_len());
    let w = draw.array::<T>(conv.f * conv.depth());
    let b = draw.array::<T>(conv.f);
    let dout = draw.array::<T>(conv.output_len());
    let (with_bias, relu) = (draw.one_of(&[false, true]), draw.one_of(&[0, 1]));
    let (xs, ws, bs, douts) = (x.to_f64(), w.to_f64(), b.to_f64(), dout.to_f64());

    let mut right = vec![0.0; conv.output_len()];
    let mut right_dx = vec![0.0; conv.input_len()];
    let mut right_dw = vec![0.0; conv.f * conv.depth()];
    conv.each(|output, input, weight| {
        right[output] += xs[input] * ws[weight];
        right_dx[input] += douts[output] * ws[weight];
        right_dw[weight] += douts[output] * xs[input];
    });
    let mut right_db = vec![0.0; conv.f];
    for (i, right) in right.iter_mut().enumerate() {
        let filter = i / plane % conv.f;
        right_db[filter] += douts[i];
        *right += if with_bias { bs[filter] } else { 0.0 };
        *right = if relu == 1 { right.max(0.0) } else { *right };
    }

    let mut out = Guarded::<T>::unwritten(conv.output_len());
    let mut dx = Guarded::<T>::unwritten(conv.input_len());
    let mut dw = Guarded::<T>::unwritten(conv.f * conv.depth());
    let mut db = Guarded::<T>::unwritten(conv.f);
    let bias = if with_bias { b.ptr() } else { std::ptr::null() };
    // SAFETY: the arrays have the lengths of the geometry.
    unsafe {
        let status = forward(numbers.as_ptr(), x.ptr(), w.ptr(), bias, relu, out.mut_ptr());
        succeed(status, &what);
        succeed(data(numbers.as_ptr(), dout.ptr(), w.ptr(), dx.mut_ptr()), &what);
        let status = weights(numbers.as_ptr(), dout.ptr(), x.ptr(), dw.mut_ptr(), db.mut_ptr());
        succeed(status, &what);
    }
    let windows = conv.n * plane;
    out.check(&right, conv.depth(), &format!("forward, {what}"));
    dx.check(&right_dx, conv.f * conv.depth(), &format!("data, {what}"));
    dw.check(&right_dw, windows, &format!("weights, {what}"));
    db.check(&right_db, windows, &format!("bias, {what}"));
}

fn check_both(draw: &mut Draw, conv: Conv, what: &str) {
    let f32_kernels = (
        nndl_conv_forward_f32 as _,
        nndl_conv_backward_data_f32 as _,
        nndl_conv_backward_weights_f32 as _,
    );
    let f64_kernels = (
        nndl_conv_forward_f64 as _,
        nndl_conv_backward_data_f64 as _,
        nndl_conv_backward_weights_f64 as _,
    );
    check_conv::<f32>(draw, conv, f32_kernels, what);
    check_conv::<f64>(draw, conv, f64_kernels, what);
}

#[test]
fn convolutions_of_odd_geometries() {
    everywhere(|what| {
        let mut draw = Draw::new(3);
        for _ in 0..60 {
            let conv = Conv::draw(&mut draw);
            check_both(&mut draw, conv, what);
        }
    });
}

#[test]
fn convolutions_that_are_cut_into_tasks() {
    everywhere(|what| {
        let mut draw = Draw::new(4);
        let axis = |size, taps, stride, pad| Axis {
            size,
            taps,
            stride,
            pad,
            dilation: 1,
            out: (size + 2 * pad - taps) / stride + 1,
        };
        let square = |n, c, f, size, taps, stride, pad| {
            let axis = axis(size, taps, stride, pad);
            Conv { n, c, f, groups: 1, y: axis, x: axis }
        };
        for conv in [
            square(5, 3, 33, 32, 7, 1, 3),
            square(1, 17, 40, 24, 3, 1, 1),
            square(7, 20, 30, 5, 3, 1, 1),
            square(2, 8, 50, 21, 3, 2, 1),
        ] {
            check_both(&mut draw, conv, what);
        }
    });
}

/// Geometries whose gradient of the input is added up from what each window gives: some images at a
/// time, some rows of an image at a time, some channels at a time.
fn scattered() -> Vec<Conv> {
    let axis = |size, taps, stride, pad, dilation| Axis {
        size,
        taps,
        stride,
        pad,
        dilation,
        out: (size + 2 * pad - (taps - 1) * dilation - 1) / stride + 1,
    };
    let conv = |n, [c, f, groups]: [usize; 3], y, x| Conv { n, c, f, groups, y, x };
    let square = |n, sizes, axis| conv(n, sizes, axis, axis);
    vec![
        square(11, [24, 40, 1], axis(14, 4, 2, 1, 1)),
        square(3, [5, 8, 1], axis(12, 5, 1, 0, 1)),
        square(2, [3, 6, 1], axis(61, 3, 2, 1, 1)),
        square(1, [40, 9, 1], axis(33, 5, 3, 2, 1)),
        square(9, [6, 12, 3], axis(9, 3, 2, 0, 2)),
        square(4, [3, 4, 1], axis(10, 2, 4, 0, 1)),
        conv(3, [7, 5, 1], axis(40, 3, 2, 3, 1), axis(9, 4, 3, 1, 2)),
        conv(2, [4, 6, 2], axis(5, 5, 1, 0, 1), axis(70, 3, 5, 2, 1)),
        conv(6, [2, 3, 1], axis(4, 1, 2, 0, 1), axis(4, 1, 1, 3, 1)),
        conv(2, [3, 2, 1], axis(90, 88, 3, 1, 1), axis(81, 80, 4_000_000, 0, 1)),
    ]
}

#[test]
fn gradients_that_windows_add_up() {
    everywhere(|what| {
        let mut draw = Draw::new(11);
        for conv in scattered() {
            check_both(&mut draw, conv, what);
        }
    });
}

#[test]
fn gradients_that_windows_add_up_are_repeatable_and_spread_no_infinities() {
    everywhere(|what| {
        let mut draw = Draw::new(12);
        for conv in scattered() {
            let numbers = conv.numbers();
            let w = draw.array::<f32>(conv.f * conv.depth());
            let mut dout: Vec<f32> = (0..conv.output_len()).map(|_| draw.number() as f32).collect();
            let run = |dout: &[f32]| {
                let mut dx = vec![0.0f32; conv.input_len()];
                // SAFETY: the arrays have the lengths of the geometry.
                let status = unsafe {
                    nndl_conv_backward_data_f32(
                        numbers.as_ptr(),
                        dout.as_ptr(),
                        w.ptr(),
                        dx.as_mut_ptr(),
                    )
                };
                succeed(status, what);
                dx
            };
            let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            let usual = run(&dout);
            assert!(bits(&run(&dout)) == bits(&usual), "{what}: {conv:?}");
            let bad = dout.len() / 2;
            dout[bad] = f32::INFINITY;
            let mut meets = vec![false; conv.input_len()];
            conv.each(|output, input, _| meets[input] |= output == bad);
            for ((now, before), meets) in run(&dout).iter().zip(&usual).zip(meets) {
                assert!(now.is_finite() != meets, "{what}: {conv:?}");
                assert!(meets || now.to_bits() == before.to_bits(), "{what}: {conv:?}");
            }
        }
    });
}

/// 3×3 filters with stride 1 and so many channels that float32 goes by Winograd's filtering.
fn filtered(n: usize, [c, f, groups]: [usize; 3], sizes: [usize; 2], pads: [usize; 2]) -> Conv {
    let axis = |i: usize| {
        let (size, pad) = (sizes[i], pads[i]);
        Axis { size, taps: 3, stride: 1, pad, dilation: 1, out: size + 2 * pad - 2 }
    };
    Conv { n, c, f, groups, y: axis(0), x: axis(1) }
}

#[test]
fn convolutions_by_minimal_filtering() {
    everywhere(|what| {
        let mut draw = Draw::new(6);
        for conv in [
            filtered(5, [32, 33, 1], [9, 14], [1, 1]),
            filtered(23, [37, 48, 1], [4, 4], [1, 1]),
            filtered(3, [32, 50, 1], [20, 7], [0, 2]),
            filtered(2, [40, 65, 1], [3, 37], [3, 0]),
            filtered(4, [96, 70, 2], [8, 11], [1, 1]),
            filtered(1, [64, 130, 1], [16, 5], [1, 4]),
        ] {
            check_both(&mut draw, conv, what);
        }
    });
}

#[test]
fn infinities_mean_the_same_with_minimal_filtering() {
    everywhere(|what| {
        let mut draw = Draw::new(7);
        let conv = filtered(5, [32, 48, 1], [9, 14], [1, 1]);
        let numbers = conv.numbers();
        let w = draw.array::<f32>(conv.f * conv.depth());
        for bad in [f32::INFINITY, f32::NAN, f32::MAX] {
            let mut x: Vec<f32> = (0..conv.input_len()).map(|_| draw.number() as f32).collect();
            x[1234] = bad;
            let dout: Vec<f32> = (0..conv.output_len()).map(|i| x[i % x.len()]).collect();
            let run = |allowed: bool| {
                winograd::allow(allowed);
                let mut out = vec![0.0f32; conv.output_len()];
                let mut dx = vec![0.0f32; conv.input_len()];
                let mut dw = vec![0.0f32; conv.f * conv.depth()];
                let (x, w, dout) = (x.as_ptr(), w.ptr(), dout.as_ptr());
                // SAFETY: the arrays have the lengths of the geometry.
                unsafe {
                    let null = std::ptr::null();
                    let g = numbers.as_ptr();
                    succeed(nndl_conv_forward_f32(g, x, w, null, 0, out.as_mut_ptr()), what);
                    succeed(nndl_conv_backward_data_f32(g, dout, w, dx.as_mut_ptr()), what);
                    let null = std::ptr::null_mut();
                    succeed(
                        nndl_conv_backward_weights_f32(g, dout, x, dw.as_mut_ptr(), null),
                        what,
                    );
                }
                winograd::allow(true);
                [out, dx, dw].map(|array| array.into_iter().map(f32::to_bits).collect::<Vec<_>>())
            };
            assert!(run(true) == run(false), "{what}: {bad}");
        }
    });
}

#[test]
fn impossible_geometries_are_refused() {
    let numbers = [1u32, 4, 8, 8, 4, 3, 3, 1, 1, 1, 1, 1, 1, 2, 8, 8];
    let zeros = [(5, 0), (6, 0), (7, 0), (8, 0), (11, 0), (13, 0), (13, 3), (14, 0)];
    // Windows beyond the padded image, and images that are lost in their padding.
    let lost = [(7, 1_000_000_000), (8, 2), (11, 2), (14, 9), (15, 200), (9, 100_000), (10, 5000)];
    for (index, value) in zeros.into_iter().chain(lost) {
        let mut numbers = numbers;
        numbers[index] = value;
        let (x, w) = (Guarded::<f32>::unwritten(256), Guarded::<f32>::unwritten(72));
        let mut out = Guarded::<f32>::unwritten(256);
        // SAFETY: nothing is read or written with such a geometry.
        let status = unsafe {
            nndl_conv_forward_f32(
                numbers.as_ptr(),
                x.ptr(),
                w.ptr(),
                std::ptr::null(),
                0,
                out.mut_ptr(),
            )
        };
        assert_eq!(status, REFUSED, "{index} = {value}");
        assert!(!message().is_empty());
    }
}

#[derive(Debug)]
struct Pool {
    planes: usize,
    size: [usize; 2],
    window: [usize; 2],
    stride: [usize; 2],
    out: [usize; 2],
}

impl Pool {
    fn draw(draw: &mut Draw) -> Self {
        let window = [(); 2].map(|()| draw.whole(1, 4));
        let stride = [(); 2].map(|()| draw.whole(1, 4));
        let size = window.map(|window| window + draw.whole(0, 40));
        let out = [0, 1].map(|i| (size[i] - window[i]) / stride[i] + 1);
        let (window, stride) = if draw.one_of(&[false, true]) && size[0] > 1 && size[1] > 1 {
            ([2, 2], [2, 2])
        } else {
            (window, stride)
        };
        let out = if window == [2, 2] { [size[0] / 2, size[1] / 2] } else { out };
        let out = [0, 1].map(|i| out[i].min((size[i] - window[i]) / stride[i] + 1));
        Pool { planes: draw.whole(0, 7), size, window, stride, out }
    }

    fn numbers(&self) -> [u32; 10] {
        let Pool { planes, size: [h, w], window, stride, out } = *self;
        let [kh, kw] = window;
        [1, planes, h, w, kh, kw, stride[0], stride[1], out[0], out[1]].map(|number| number as u32)
    }

    /// Calls `meet(output, input, place)` for every pixel of every window.
    fn each(&self, mut meet: impl FnMut(usize, usize, usize)) {
        let Pool { planes, size: [h, w], window, stride, out } = *self;
        for output in 0..planes * out[0] * out[1] {
            let (i, j) = (output / out[1] % out[0], output % out[1]);
            for u in 0..window[0] {
                for v in 0..window[1] {
                    let place = (i * stride[0] + u) * w + j * stride[1] + v;
                    meet(output, output / (out[0] * out[1]) * h * w + place, place);
                }
            }
        }
    }
}

#[test]
fn pooling_of_odd_geometries() {
    everywhere(|what| {
        let mut draw = Draw::new(5);
        for _ in 0..60 {
            let pool = Pool::draw(&mut draw);
            let what = format!("{what}: {pool:?}");
            let [inputs, outputs] = [pool.size, pool.out].map(|[h, w]| pool.planes * h * w);
            // Few values, so that maxima are tied.
            let x = Guarded::new((0..inputs).map(|_| draw.whole(0, 5) as f32));
            let dout = draw.array::<f32>(outputs);
            let (xs, douts) = (x.to_f64(), dout.to_f64());
            let mut right = vec![f64::NEG_INFINITY; outputs];
            let mut places = vec![0; outputs];
            let (mut means, mut right_shares) = (vec![0.0; outputs], vec![0.0; inputs]);
            let area = (pool.window[0] * pool.window[1]) as f64;
            pool.each(|output, input, place| {
                if xs[input] > right[output] {
                    (right[output], places[output]) = (xs[input], place as i32);
                }
                means[output] += xs[input] / area;
                right_shares[input] += douts[output] / area;
            });
            let mut right_dx = vec![0.0; inputs];
            let plane = pool.size[0] * pool.size[1];
            for (i, place) in places.iter().enumerate() {
                right_dx[i / (pool.out[0] * pool.out[1]) * plane + *place as usize] += douts[i];
            }

            let numbers = pool.numbers();
            let mut argmax = vec![-1; outputs];
            let [mut out, mut mean] = [(); 2].map(|()| Guarded::<f32>::unwritten(outputs));
            let [mut dx, mut shares] = [(); 2].map(|()| Guarded::<f32>::unwritten(inputs));
            // SAFETY: the arrays have the lengths of the geometry.
            unsafe {
                let numbers = numbers.as_ptr();
                let status =
                    nndl_max_pool_forward_f32(numbers, x.ptr(), out.mut_ptr(), argmax.as_mut_ptr());
                succeed(status, &what);
                let status =
                    nndl_max_pool_backward_f32(numbers, dout.ptr(), argmax.as_ptr(), dx.mut_ptr());
                succeed(status, &what);
                succeed(nndl_avg_pool_forward_f32(numbers, x.ptr(), mean.mut_ptr()), &what);
                let status = nndl_avg_pool_backward_f32(numbers, dout.ptr(), shares.mut_ptr());
                succeed(status, &what);
            }
            assert_eq!(argmax, places, "{what}");
            out.check(&right, 0, &what);
            dx.check(&right_dx, 16, &what);
            mean.check(&means, 16, &what);
            shares.check(&right_shares, 16, &what);
        }
    });
}

#[test]
fn a_place_outside_of_its_plane_is_an_error() {
    let numbers = [1u32, 1, 4, 4, 2, 2, 2, 2, 2, 2];
    let dout = Guarded::<f32>::new([1.0; 4]);
    for place in [-1, 16, i32::MAX, i32::MIN] {
        let mut dx = Guarded::<f32>::unwritten(16);
        // SAFETY: the arrays have the lengths of the geometry.
        let status = unsafe {
            let argmax = [0, 2, 8, place];
            nndl_max_pool_backward_f32(numbers.as_ptr(), dout.ptr(), argmax.as_ptr(), dx.mut_ptr())
        };
        assert_ne!(status, 0);
        dx.values();
    }
}

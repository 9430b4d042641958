//! Max and average pooling. Planes are independent of each other and are what threads share.

use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Elements that are worth a thread of their own.
const WORTH_A_TASK: usize = 16 << 10;

/// The geometry of a pooling layer, as `PoolGeometry` in `kernels/types.ts`.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Planes: images times channels.
    pub planes: usize,
    /// Channels.
    pub channels: usize,
    /// Input height and width.
    pub size: [usize; 2],
    /// Window height and width.
    pub window: [usize; 2],
    /// Vertical and horizontal step.
    pub stride: [usize; 2],
    /// Output height and width.
    pub out: [usize; 2],
}

impl Pool {
    /// Reads n, c, h, w, kh, kw, strideH, strideW, outH, outW.
    pub fn new(numbers: &[u32; 10]) -> Result<Self, String> {
        let [n, c, h, w, kh, kw, sh, sw, oh, ow] = numbers.map(|number| number as usize);
        for [size, window, stride, out] in [[h, kh, sh, oh], [w, kw, sw, ow]] {
            if window == 0 || stride == 0 {
                return Err("a window or stride is 0".to_owned());
            }
            if out > 0 && (out - 1).saturating_mul(stride).saturating_add(window) > size {
                return Err("windows reach beyond the input".to_owned());
            }
        }
        if h.saturating_mul(w) > i32::MAX as usize {
            return Err("a plane is too large for its positions".to_owned());
        }
        Ok(Pool {
            planes: n * c,
            channels: c,
            size: [h, w],
            window: [kh, kw],
            stride: [sh, sw],
            out: [oh, ow],
        })
    }

    /// Elements of the input.
    pub fn input_len(&self) -> usize {
        self.planes * self.input_plane()
    }

    /// Elements of the output.
    pub fn output_len(&self) -> usize {
        self.planes * self.output_plane()
    }

    fn input_plane(&self) -> usize {
        self.size[0] * self.size[1]
    }

    fn output_plane(&self) -> usize {
        self.out[0] * self.out[1]
    }

    fn is_empty(&self) -> bool {
        self.planes * self.output_plane() == 0
    }

    /// Max pooling of one plane.
    pub fn max_of_plane<T: Real>(&self, x: &[T], out: &mut [T], argmax: &mut [i32]) {
        if self.window == [2, 2] && self.stride == [2, 2] {
            max_of_quads(self, x, out, argmax);
        } else {
            max_of_windows(self, x, out, argmax);
        }
    }

    fn tasks(&self) -> usize {
        tasks_for(self.input_len(), WORTH_A_TASK).min(self.planes.max(1))
    }
}

/// Max pooling; `argmax` gets the place of the first maximum of every window in its plane.
pub fn max_forward<T: Real>(pool: &Pool, x: &[T], out: &mut [T], argmax: &mut [i32]) {
    if pool.is_empty() {
        return;
    }
    let (plane, to) = (pool.input_plane(), pool.output_plane());
    parallel_rows(pool.planes, 1, pool.tasks(), (out, argmax), |range, (out, argmax)| {
        let planes = x[range.start * plane..].chunks_exact(plane);
        let outputs = out.chunks_exact_mut(to).zip(argmax.chunks_exact_mut(to));
        for (x, (out, argmax)) in planes.zip(outputs) {
            pool.max_of_plane(x, out, argmax);
        }
    });
}

/// Sends every entry of `dout` to its place.
///
/// # Panics
/// If a place is not in its plane.
pub fn max_backward<T: Real>(pool: &Pool, dout: &[T], argmax: &[i32], dx: &mut [T]) {
    if pool.is_empty() {
        dx.fill(T::ZERO);
        return;
    }
    let (plane, from) = (pool.input_plane(), pool.output_plane());
    parallel_rows(pool.planes, 1, pool.tasks(), dx, |range, dx| {
        let douts = dout[range.start * from..].chunks_exact(from);
        let places = argmax[range.start * from..].chunks_exact(from);
        for (dx, (dout, places)) in dx.chunks_exact_mut(plane).zip(douts.zip(places)) {
            dx.fill(T::ZERO);
            for (dout, place) in dout.iter().zip(places) {
                dx[*place as usize] += *dout;
            }
        }
    });
}

/// Average pooling.
pub fn average_forward<T: Real>(pool: &Pool, x: &[T], out: &mut [T]) {
    if pool.is_empty() {
        return;
    }
    let (plane, to) = (pool.input_plane(), pool.output_plane());
    parallel_rows(pool.planes, 1, pool.tasks(), out, |range, out| {
        let planes = x[range.start * plane..].chunks_exact(plane);
        for (x, out) in planes.zip(out.chunks_exact_mut(to)) {
            average_of_windows(pool, x, out);
        }
    });
}

/// Shares every entry of `dout` among its window.
pub fn average_backward<T: Real>(pool: &Pool, dout: &[T], dx: &mut [T]) {
    if pool.is_empty() {
        dx.fill(T::ZERO);
        return;
    }
    let (plane, from) = (pool.input_plane(), pool.output_plane());
    parallel_rows(pool.planes, 1, pool.tasks(), dx, |range, dx| {
        let douts = dout[range.start * from..].chunks_exact(from);
        for (dx, dout) in dx.chunks_exact_mut(plane).zip(douts) {
            share_among_windows(pool, dout, dx);
        }
    });
}

/// Whether `value` takes the place of `max`: the first NaN wins, and stays.
#[inline(always)]
fn beats<T: Real>(value: T, max: T) -> bool {
    // Only NaN differs from itself.
    #[allow(clippy::eq_op)]
    let nan = (value != value) & (max == max);
    (value > max) | nan
}

multiversion! {
    /// Windows of 2 × 2 side by side.
    fn max_of_quads<T>(pool: &Pool, x: &[T], out: &mut [T], argmax: &mut [i32]) {
        let ([_, w], ow) = (pool.size, pool.out[1]);
        let outputs = out.chunks_exact_mut(ow).zip(argmax.chunks_exact_mut(ow));
        for (row, (out, argmax)) in outputs.enumerate() {
            let top = x[2 * row * w..][..2 * ow].as_chunks::<2>().0;
            let bottom = x[(2 * row + 1) * w..][..2 * ow].as_chunks::<2>().0;
            let start = (2 * row * w) as i32;
            let below = w as i32;
            let windows = top.iter().zip(bottom).zip(out).zip(argmax);
            for (j, (((top, bottom), out), argmax)) in windows.enumerate() {
                let corner = start + 2 * j as i32;
                let (mut max, mut place) = (top[0], corner);
                for (value, at) in [
                    (top[1], corner + 1),
                    (bottom[0], corner + below),
                    (bottom[1], corner + below + 1),
                ] {
                    let better = beats(value, max);
                    max = if better { value } else { max };
                    place = if better { at } else { place };
                }
                (*out, *argmax) = (max, place);
            }
        }
    }

    fn max_of_windows<T>(pool: &Pool, x: &[T], out: &mut [T], argmax: &mut [i32]) {
        let ([_, w], [kh, kw], [sh, sw]) = (pool.size, pool.window, pool.stride);
        let ow = pool.out[1];
        let outputs = out.chunks_exact_mut(ow).zip(argmax.chunks_exact_mut(ow));
        for (row, (out, argmax)) in outputs.enumerate() {
            for (j, (out, argmax)) in out.iter_mut().zip(argmax).enumerate() {
                let corner = row * sh * w + j * sw;
                let (mut max, mut place) = (x[corner], corner);
                for u in 0..kh {
                    let start = corner + u * w;
                    for (v, value) in x[start..start + kw].iter().enumerate() {
                        if beats(*value, max) {
                            (max, place) = (*value, start + v);
                        }
                    }
                }
                *out = max;
                *argmax = place as i32;
            }
        }
    }

    fn average_of_windows<T>(pool: &Pool, x: &[T], out: &mut [T]) {
        let ([_, w], [kh, kw], [sh, sw]) = (pool.size, pool.window, pool.stride);
        let area = T::from_f64((kh * kw) as f64);
        for (row, out) in out.chunks_exact_mut(pool.out[1]).enumerate() {
            out.fill(T::ZERO);
            for u in 0..kh {
                let x = &x[(row * sh + u) * w..][..w];
                for (j, out) in out.iter_mut().enumerate() {
                    *out += x[j * sw..j * sw + kw].iter().copied().sum();
                }
            }
            for out in out {
                *out = *out / area;
            }
        }
    }

    fn share_among_windows<T>(pool: &Pool, dout: &[T], dx: &mut [T]) {
        let ([_, w], [kh, kw], [sh, sw]) = (pool.size, pool.window, pool.stride);
        let area = T::from_f64((kh * kw) as f64);
        dx.fill(T::ZERO);
        for (row, dout) in dout.chunks_exact(pool.out[1]).enumerate() {
            for u in 0..kh {
                let dx = &mut dx[(row * sh + u) * w..][..w];
                for (j, dout) in dout.iter().enumerate() {
                    let share = *dout / area;
                    for dx in &mut dx[j * sw..j * sw + kw] {
                        *dx += share;
                    }
                }
            }
        }
    }
}

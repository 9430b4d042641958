//! Activations and their gradients. Each works in place, on blocks that stay in the first-level
//! cache: what is not in place already is copied there first.

use crate::elementwise::UNIT;
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Elements that are worth a thread of their own.
pub(crate) const WORTH_A_TASK: usize = 6 << 10;

/// Elements of a block.
const BLOCK: usize = 1 << 11;

/// `out = work(x)` for every block, where `x` is in `out` already if it is not given.
fn forward<T: Real>(x: Option<&[T]>, out: &mut [T], work: impl Fn(&mut [T]) + Sync) {
    let n = out.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), out, |part, out| {
        for (at, out) in part.step_by(BLOCK).zip(out.chunks_mut(BLOCK)) {
            if let Some(x) = x {
                out.copy_from_slice(&x[at..at + out.len()]);
            }
            work(out);
        }
    });
}

/// `dx = work(dout, other)` for every block, where `dout` is in `dx` already if it is not given.
fn backward<T: Real>(
    dout: Option<&[T]>,
    other: &[T],
    dx: &mut [T],
    work: impl Fn(&[T], &mut [T]) + Sync,
) {
    let n = dx.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), dx, |part, dx| {
        for (at, dx) in part.step_by(BLOCK).zip(dx.chunks_mut(BLOCK)) {
            let block = at..at + dx.len();
            if let Some(dout) = dout {
                dx.copy_from_slice(&dout[block.clone()]);
            }
            work(&other[block], dx);
        }
    });
}

/// `out = tanh x`.
pub fn tanh_forward<T: Real>(x: Option<&[T]>, out: &mut [T]) {
    forward(x, out, tanh);
}

/// `dx = dout · (1 - out²)`.
pub fn tanh_backward<T: Real>(dout: Option<&[T]>, out: &[T], dx: &mut [T]) {
    backward(dout, out, dx, tanh_slope);
}

/// `out = 1 / (1 + e⁻ˣ)`.
pub fn sigmoid_forward<T: Real>(x: Option<&[T]>, out: &mut [T]) {
    forward(x, out, sigmoid);
}

/// `dx = dout · out · (1 - out)`.
pub fn sigmoid_backward<T: Real>(dout: Option<&[T]>, out: &[T], dx: &mut [T]) {
    backward(dout, out, dx, sigmoid_slope);
}

/// `out = x · Φ(x)`.
pub fn gelu_forward<T: Real>(x: Option<&[T]>, out: &mut [T]) {
    forward(x, out, gelu);
}

/// `dx = dout · (Φ(x) + x · φ(x))`.
pub fn gelu_backward<T: Real>(dout: Option<&[T]>, x: &[T], dx: &mut [T]) {
    backward(dout, x, dx, gelu_slope);
}

/// `out = x where x > 0, else alpha · x`.
pub fn leaky_relu_forward<T: Real>(alpha: T, x: Option<&[T]>, out: &mut [T]) {
    forward(x, out, |out| leaky_relu(alpha, out));
}

/// `dx = dout where x > 0, else alpha · dout`.
pub fn leaky_relu_backward<T: Real>(alpha: T, dout: Option<&[T]>, x: &[T], dx: &mut [T]) {
    backward(dout, x, dx, |x, dx| leaky_slope(alpha, x, dx));
}

multiversion! {
    /// Takes the hyperbolic tangent in place.
    pub fn tanh<T>(x: &mut [T]) {
        for x in x {
            *x = x.tanh();
        }
    }

    fn tanh_slope<T>(out: &[T], dx: &mut [T]) {
        for (dx, out) in dx.iter_mut().zip(out) {
            *dx *= T::ONE - *out * *out;
        }
    }

    /// Takes the logistic function in place.
    pub fn sigmoid<T>(x: &mut [T]) {
        for x in x {
            let small = (if *x > T::ZERO { -*x } else { *x }).exp_of_nonpositive();
            *x = (if *x >= T::ZERO { T::ONE } else { small }) / (T::ONE + small);
        }
    }

    fn sigmoid_slope<T>(out: &[T], dx: &mut [T]) {
        for (dx, out) in dx.iter_mut().zip(out) {
            *dx *= *out * (T::ONE - *out);
        }
    }

    fn gelu<T>(x: &mut [T]) {
        for x in x {
            // Infinitely far below 0 there is nothing left, rather than infinitely much of it.
            let share = x.normal();
            *x = if share == T::ZERO { T::ZERO } else { *x * share };
        }
    }

    fn gelu_slope<T>(x: &[T], dx: &mut [T]) {
        let at_zero = T::from_f64(0.398_942_280_401_432_7);
        let half = T::from_f64(-0.5);
        for (dx, x) in dx.iter_mut().zip(x) {
            let density = at_zero * (half * *x * *x).exp_of_nonpositive();
            let bend = if density == T::ZERO { T::ZERO } else { *x * density };
            *dx *= x.normal() + bend;
        }
    }

    fn leaky_relu<T>(alpha: T, x: &mut [T]) {
        for x in x {
            *x = if *x > T::ZERO { *x } else { alpha * *x };
        }
    }

    fn leaky_slope<T>(alpha: T, x: &[T], dx: &mut [T]) {
        for (dx, x) in dx.iter_mut().zip(x) {
            *dx = if *x > T::ZERO { *dx } else { alpha * *dx };
        }
    }
}

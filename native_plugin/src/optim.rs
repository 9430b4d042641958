//! Steps of the update rules: one pass over the weights and what goes with them.
//!
//! RMSProp and Adam square gradients, and float32 holds the squares of numbers up to 1.8e19. Pieces
//! with larger ones are done in float64. A mean square that float32 does not hold is infinite, and
//! its weight stays where it is.

use crate::elementwise::{UNIT, WORTH_A_TASK};
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// `w -= rate · dw`.
pub fn sgd_step<T: Real>(w: &mut [T], dw: &[T], rate: f64) {
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), w, |part, w| {
        sgd(w, &dw[part], T::from_f64(rate));
    });
}

/// `v = momentum·v - rate·dw; w += v`.
pub fn momentum_step<T: Real>(w: &mut [T], dw: &[T], v: &mut [T], rate: f64, momentum: f64) {
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), (w, v), |part, (w, v)| {
        with_momentum(w, &dw[part], v, T::from_f64(rate), T::from_f64(momentum));
    });
}

/// `p = v; v = momentum·v - rate·dw; w += -momentum·p + (1 + momentum)·v`.
pub fn nesterov_step<T: Real>(w: &mut [T], dw: &[T], v: &mut [T], rate: f64, momentum: f64) {
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), (w, v), |part, (w, v)| {
        let (rate, ahead) = (T::from_f64(rate), T::from_f64(1.0 + momentum));
        nesterov(w, &dw[part], v, rate, T::from_f64(momentum), ahead);
    });
}

/// `cache = decay·cache + (1 - decay)·dw²; w -= rate·dw / (sqrt(cache) + epsilon)`.
pub fn rmsprop_step<T: Real>(
    w: &mut [T],
    dw: &[T],
    cache: &mut [T],
    rate: f64,
    decay: f64,
    epsilon: f64,
) {
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), (w, cache), |part, (w, cache)| {
        let pieces = w.chunks_mut(PIECE).zip(dw[part].chunks(PIECE)).zip(cache.chunks_mut(PIECE));
        for ((w, dw), cache) in pieces {
            if are_large(dw, cache, T::from_f64(LARGE), T::from_f64(LARGE * LARGE)) {
                rmsprop_wide(w, dw, cache, rate, decay, epsilon);
                continue;
            }
            let [rate, keep, take, epsilon] = [rate, decay, 1.0 - decay, epsilon].map(T::from_f64);
            rmsprop(w, dw, cache, rate, keep, take, epsilon);
        }
    });
}

/// The numbers of an Adam step.
#[derive(Clone, Copy)]
pub struct Adam {
    /// Learning rate.
    pub rate: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root.
    pub epsilon: f64,
    /// Number of the step, 1 for the first.
    pub t: f64,
}

/// Adam: `m` and `v` are the moments.
pub fn adam_step<T: Real>(w: &mut [T], dw: &[T], m: &mut [T], v: &mut [T], adam: Adam) {
    let rate = adam.rate / (1.0 - adam.beta1.powf(adam.t));
    let scale = 1.0 / (1.0 - adam.beta2.powf(adam.t));
    let [step, correction, epsilon] = [rate, scale, adam.epsilon].map(T::from_f64);
    let first = [adam.beta1, 1.0 - adam.beta1].map(T::from_f64);
    let second = [adam.beta2, 1.0 - adam.beta2].map(T::from_f64);
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), (w, m, v), |part, (w, m, v)| {
        let moved = w.chunks_mut(PIECE).zip(dw[part].chunks(PIECE));
        let kept = m.chunks_mut(PIECE).zip(v.chunks_mut(PIECE));
        for ((w, dw), (m, v)) in moved.zip(kept) {
            if are_large(dw, v, T::from_f64(LARGE), T::from_f64(LARGE * LARGE / scale)) {
                moments_wide(w, dw, m, v, adam, rate, scale);
                continue;
            }
            moments(w, dw, m, v, first, second, step, correction, epsilon);
        }
    });
}

/// Elements that are looked at together: they stay in the nearest cache.
const PIECE: usize = 1024;

/// Gradients whose squares float32 holds with room for corrections.
const LARGE: f64 = 1e18;

/// A mean square as it is when it has been stored.
fn stored<T: Real>(square: f64, held: T) -> f64 {
    if held.to_f64().is_infinite() { f64::INFINITY } else { square }
}

fn rmsprop_wide<T: Real>(
    w: &mut [T],
    dw: &[T],
    cache: &mut [T],
    rate: f64,
    decay: f64,
    epsilon: f64,
) {
    for ((w, dw), cache) in w.iter_mut().zip(dw).zip(cache) {
        let dw = dw.to_f64();
        let average = decay * cache.to_f64() + (1.0 - decay) * dw * dw;
        *cache = T::from_f64(average);
        let root = stored(average, *cache).sqrt() + epsilon;
        *w = T::from_f64(w.to_f64() - rate * dw / root);
    }
}

fn moments_wide<T: Real>(
    w: &mut [T],
    dw: &[T],
    m: &mut [T],
    v: &mut [T],
    Adam { beta1, beta2, epsilon, .. }: Adam,
    rate: f64,
    scale: f64,
) {
    for (((w, dw), m), v) in w.iter_mut().zip(dw).zip(m).zip(v) {
        let dw = dw.to_f64();
        let first = beta1 * m.to_f64() + (1.0 - beta1) * dw;
        let second = beta2 * v.to_f64() + (1.0 - beta2) * dw * dw;
        *m = T::from_f64(first);
        *v = T::from_f64(second);
        let root = (stored(second, *v) * scale).sqrt() + epsilon;
        *w = T::from_f64(w.to_f64() - rate * first / root);
    }
}

multiversion! {
    fn are_large<T>(dw: &[T], squares: &[T], most: T, most_square: T) -> bool {
        const LANES: usize = 32;
        let larger = |a: T, b: T| if a > b { a } else { b };
        let (mut high, mut low, mut square) = ([T::ZERO; LANES], [T::ZERO; LANES], [T::ZERO; LANES]);
        let (dws, dw_rest) = dw.as_chunks::<LANES>();
        let (whole, rest) = squares.as_chunks::<LANES>();
        for (dw, squares) in dws.iter().zip(whole) {
            for l in 0..LANES {
                high[l] = larger(dw[l], high[l]);
                low[l] = larger(-dw[l], low[l]);
                square[l] = larger(squares[l], square[l]);
            }
        }
        let past = |values: &[T], most: T| values.iter().any(|value| *value > most);
        past(&high, most) || past(&low, most) || past(&square, most_square)
            || dw_rest.iter().any(|dw| *dw > most || *dw < -most) || past(rest, most_square)
    }

    fn sgd<T>(w: &mut [T], dw: &[T], rate: T) {
        for (w, dw) in w.iter_mut().zip(dw) {
            *w -= rate * *dw;
        }
    }

    fn with_momentum<T>(w: &mut [T], dw: &[T], v: &mut [T], rate: T, momentum: T) {
        for ((w, dw), v) in w.iter_mut().zip(dw).zip(v) {
            *v = momentum * *v - rate * *dw;
            *w += *v;
        }
    }

    fn nesterov<T>(w: &mut [T], dw: &[T], v: &mut [T], rate: T, momentum: T, ahead: T) {
        for ((w, dw), v) in w.iter_mut().zip(dw).zip(v) {
            let previous = *v;
            *v = momentum * previous - rate * *dw;
            *w += ahead * *v - momentum * previous;
        }
    }

    fn rmsprop<T>(
        w: &mut [T],
        dw: &[T],
        cache: &mut [T],
        rate: T,
        keep: T,
        take: T,
        epsilon: T,
    ) {
        for ((w, dw), cache) in w.iter_mut().zip(dw).zip(cache) {
            *cache = keep * *cache + take * *dw * *dw;
            *w -= rate * *dw / (cache.sqrt() + epsilon);
        }
    }

    fn moments<T>(
        w: &mut [T],
        dw: &[T],
        m: &mut [T],
        v: &mut [T],
        first: [T; 2],
        second: [T; 2],
        step: T,
        correction: T,
        epsilon: T,
    ) {
        for (((w, dw), m), v) in w.iter_mut().zip(dw).zip(m).zip(v) {
            *m = first[0] * *m + first[1] * *dw;
            *v = second[0] * *v + second[1] * *dw * *dw;
            *w -= step * *m / ((*v * correction).sqrt() + epsilon);
        }
    }
}

//! Steps of the update rules: one pass over the weights and what goes with them.

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
        let [rate, keep, take, epsilon] = [rate, decay, 1.0 - decay, epsilon].map(T::from_f64);
        rmsprop(w, &dw[part], cache, rate, keep, take, epsilon);
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
    let step = adam.rate / (1.0 - adam.beta1.powf(adam.t));
    let correction = 1.0 / (1.0 - adam.beta2.powf(adam.t));
    let [step, correction, epsilon] = [step, correction, adam.epsilon].map(T::from_f64);
    let first = [adam.beta1, 1.0 - adam.beta1].map(T::from_f64);
    let second = [adam.beta2, 1.0 - adam.beta2].map(T::from_f64);
    let n = w.len();
    parallel_rows(n, UNIT, tasks_for(n, WORTH_A_TASK), (w, m, v), |part, (w, m, v)| {
        moments(w, &dw[part], m, v, first, second, step, correction, epsilon);
    });
}

multiversion! {
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

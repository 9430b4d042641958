//! Batch and group normalisation, forward and backward.
//!
//! Sums run in the element type over short stretches and in float64 from there on; variances are
//! sums of squared deviations, put together from parts by the formula of Chan, Golub and LeVeque
//! ("Updating formulae and a pairwise algorithm for computing sample variances", 1979).

mod batch;
mod group;
mod images;
mod rows;
mod sweeps;

pub use batch::{
    Batch, Upstream, batchnorm_apply, batchnorm_backward, batchnorm_forward,
    batchnorm_relu_pool_backward, batchnorm_relu_pool_forward,
};
pub use group::{Groups, groupnorm_backward, groupnorm_forward};

use crate::real::Real;

/// Elements that are worth a thread of their own.
const WORTH_A_TASK: usize = 16 << 10;

/// Mean and spread of some values. The mean comes in two parts, a rough one and a correction, so
/// that the difference of two close means keeps its digits.
#[derive(Clone, Copy)]
pub struct Moments {
    centre: f64,
    correction: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

/// A number as the nearest element and what is left, so that `x - high - low` keeps the digits
/// that a difference of close numbers has.
fn in_two<T: Real>(value: f64) -> (T, T) {
    let high = T::from_f64(value);
    (high, T::from_f64(value - high.to_f64()))
}

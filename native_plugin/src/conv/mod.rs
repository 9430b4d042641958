//! Convolution.
//!
//! Every image is copied once into a frame of zeros, so that no loop asks whether a pixel exists.
//! If windows lie side by side (horizontal stride 1), the inner loops read whole vectors of them
//! straight from there; otherwise patches are copied out first, block by block ("im2col").

mod backward;
pub mod direct;
mod forward;
mod geometry;
mod scatter;
pub mod winograd;

pub use backward::{backward_data, backward_weights};
pub use forward::forward;
pub use geometry::{Axis, Conv};

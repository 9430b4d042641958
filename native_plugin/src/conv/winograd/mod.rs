//! 3×3 convolutions with stride 1 by Winograd's minimal filtering, F(4×4, 3×3): a tile of 4×4
//! outputs from 6×6 inputs takes 36 multiplications instead of 144.
//!
//! Inputs and filters are transformed, multiplied position by position (36 matrix products over the
//! channels), and the products are transformed back. Source: Lavin and Gray, "Fast algorithms for
//! convolutional neural networks" (2016). The usual interpolation points 0, ±1, ±2 lose too much in
//! float32; 0, ±5/8, ±3/2 keep the error to about twice that of the plain sum (Barabasz et al.,
//! "Error analysis and improving the accuracy of Winograd convolution", 2020, on choosing points).
//!
//! A value that is not finite spreads over its tile. Callers look for such results and then do
//! the work again by the plain way, so that infinities mean the same everywhere.

mod cut;
mod forward;
mod rows;
mod transforms;
mod weights;

pub(super) use forward::convolve;
pub(super) use weights::backward_weights;

use super::geometry::Conv;
use std::sync::atomic::{AtomicBool, Ordering};

/// Outputs of a tile along an axis.
const OUT: usize = 4;
/// Inputs of a tile along an axis.
const IN: usize = 6;
/// Products of a tile.
const POSITIONS: usize = IN * IN;

/// Products that are summed in one go: the sums of stretches are added, which rounds less.
const DEPTH: usize = 32;

static ALLOWED: AtomicBool = AtomicBool::new(true);

/// Whether convolutions may be computed this way; they may unless told otherwise.
pub fn allow(allowed: bool) {
    ALLOWED.store(allowed, Ordering::Relaxed);
}

/// Whether this way is possible, allowed and faster for elements of `T`.
pub(super) fn fits<T>(conv: &Conv) -> bool {
    /// Fewer channels than this do not pay for the transforms.
    const CHANNELS: usize = 32;
    /// Fewer multiply-adds than this are done before the transforms of the filters are.
    const WORK: usize = 4_000_000;
    size_of::<T>() == size_of::<f32>()
        && [&conv.y, &conv.x]
            .iter()
            .all(|axis| (axis.taps, axis.stride, axis.dilation) == (3, 1, 1) && axis.out >= 3)
        && conv.channels().min(conv.filters()) >= CHANNELS
        && conv.work() >= WORK
        && ALLOWED.load(Ordering::Relaxed)
}

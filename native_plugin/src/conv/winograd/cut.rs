//! How the forward pass is cut into pieces.

use super::super::geometry::Conv;
use super::{OUT, POSITIONS};
use crate::pool;

/// Elements of transformed inputs that a block has at the most, so that they stay in the cache.
const BLOCK: usize = 160 << 10;

/// How the work is cut: every group's rows of tiles go into vectors; a block is some vectors of
/// rows by some tiles of each row; a share is some panels of filters.
#[derive(Clone, Copy)]
pub struct Cut {
    /// Tiles of a plane, along both axes.
    pub high: usize,
    pub wide: usize,
    /// Vectors of rows of tiles, and how many a block has.
    pub bundles: usize,
    pub bundles_at_once: usize,
    /// Tiles of a row that a block has.
    pub wide_at_once: usize,
    /// Panels of filters, and into how many shares they are cut.
    pub panels: usize,
    pub shares: usize,
    pub groups: usize,
}

impl Cut {
    pub fn new(conv: &Conv, lanes: usize, tile_rows: usize) -> Self {
        let (high, wide) = (conv.y.out.div_ceil(OUT), conv.x.out.div_ceil(OUT));
        let bundles = (conv.n * high).div_ceil(lanes);
        let panels = conv.filters().div_ceil(tile_rows);
        // Two vectors make a tile of the product; four read the filters half as often.
        let vectors = if 4 * POSITIONS * lanes * conv.channels() <= BLOCK { 4 } else { 2 };
        let wide_at_once = wide.div_ceil(wide.div_ceil(vectors));
        let bundles_at_once = (vectors / wide_at_once).clamp(1, bundles);
        let cut = Cut {
            high,
            wide,
            bundles,
            bundles_at_once,
            wide_at_once,
            panels,
            shares: 1,
            groups: conv.groups,
        };
        // Too few blocks for all threads: several threads transform the same inputs.
        let shares = (2 * pool::threads()).div_ceil(cut.pieces());
        Cut { shares: shares.clamp(1, panels.div_ceil(2)), ..cut }
    }

    pub fn blocks(&self) -> [usize; 2] {
        [self.bundles.div_ceil(self.bundles_at_once), self.wide.div_ceil(self.wide_at_once)]
    }

    pub fn pieces(&self) -> usize {
        let [bundles, wide] = self.blocks();
        self.groups * bundles * wide * self.shares
    }
}

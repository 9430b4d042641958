//! How the forward pass is cut into pieces.

use super::super::geometry::Conv;
use super::{OUT, POSITIONS};
use crate::gemm::HELD_UP;
use crate::pool;

/// Elements of transformed inputs that a block has at the most, so that they stay in the cache.
const BLOCK: usize = 160 << 10;

/// Filters whose products take as long as the transforms of what they are multiplied with.
const TRANSFORM: f64 = 17.0;

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
        // Where blocks are few, several threads transform the same inputs, each for a share of the
        // filters: the cheapest way, if some thread is held up for a part of its last piece.
        let (threads, blocks, filters) = (pool::threads(), cut.pieces(), conv.filters() as f64);
        let cost = |shares: usize| {
            let rounds = (blocks * shares).div_ceil(threads) as f64 + HELD_UP;
            rounds * (TRANSFORM + filters / shares as f64)
        };
        let shares = (1..=panels.div_ceil(2)).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
        Cut { shares: shares.unwrap_or(1), ..cut }
    }

    pub fn blocks(&self) -> [usize; 2] {
        [self.bundles.div_ceil(self.bundles_at_once), self.wide.div_ceil(self.wide_at_once)]
    }

    pub fn pieces(&self) -> usize {
        let [bundles, wide] = self.blocks();
        self.groups * bundles * wide * self.shares
    }
}

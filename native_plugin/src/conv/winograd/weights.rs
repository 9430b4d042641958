//! The gradient with respect to the filters: inputs and upstream gradients of every tile are
//! transformed, multiplied position by position (36 matrix products over the tiles), and the sums
//! are transformed back.
//!
//! A vector holds the same element of several channels. The images go through in chunks that fit
//! the cache; how they are cut does not depend on the number of threads, and neither does the sum.

use super::super::geometry::Conv;
use super::transforms::{
    gradient_tile, input_tile, load_positions, store_positions, upstream_tile,
};
use super::{IN, OUT, POSITIONS};
use crate::gemm::Shared;
use crate::gemm::pack::{Dense, Strips};
use crate::gemm::tile::Tile;
use crate::pool::{parallel, part};
use crate::scratch::Scratch;
use crate::simd::{Simd, Vectors, Work};
use std::ops::Range;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering};

/// Transformed elements of a chunk of images, about.
const CHUNK: usize = 1 << 20;

/// Tiles that are summed in one go: the sums of stretches are added, which rounds less.
const DEPTH: usize = 24;

/// Writes the gradient of the filters; tells whether all of it is finite.
pub fn backward_weights<T: Vectors>(conv: &Conv, dout: &[T], x: &[T], dw: &mut [T]) -> bool {
    let finite = AtomicBool::new(true);
    for group in 0..conv.groups {
        let sums = Sums::new(conv, group);
        sums.add_all(dout, x);
        let dw = Shared(dw[group * conv.filters() * conv.depth()..].as_mut_ptr());
        parallel(sums.panels, |panel| {
            // SAFETY: every panel has its own filters.
            let dw = Shared(unsafe { dw.at(0) });
            if !T::dispatch(Finish { sums: &sums, panel, dw }) {
                finite.store(false, Ordering::Relaxed);
            }
        });
    }
    finite.into_inner()
}

/// The products of one group of channels, and the memory to make them.
struct Sums<'a, T> {
    conv: &'a Conv,
    group: usize,
    /// Tiles of a plane, along both axes.
    high: usize,
    wide: usize,
    /// Panels of filters.
    panels: usize,
    /// Channels, filled up to whole vectors.
    channels: usize,
    /// For every position, filter and channel.
    sums: Shared<T>,
    memory: Scratch<T>,
}

impl<'a, T: Vectors> Sums<'a, T> {
    fn new(conv: &'a Conv, group: usize) -> Self {
        let channels = conv.channels().next_multiple_of(T::lanes());
        let mut memory = Scratch::new(POSITIONS * conv.filters() * channels);
        Sums {
            conv,
            group,
            high: conv.y.out.div_ceil(OUT),
            wide: conv.x.out.div_ceil(OUT),
            panels: conv.filters().div_ceil(T::tile_rows()),
            channels,
            sums: Shared(memory.as_mut_ptr()),
            memory,
        }
    }

    fn panel(&self, panel: usize) -> Range<usize> {
        part(self.conv.filters(), self.panels, panel, 1)
    }

    /// Adds up the products of all images.
    fn add_all(&self, dout: &[T], x: &[T]) {
        let (conv, filters) = (self.conv, self.conv.filters());
        let tiles = self.high * self.wide;
        let of_an_image = POSITIONS * tiles * (self.channels + filters);
        let images = (CHUNK / of_an_image).clamp(1, conv.n);
        let mut inputs = Scratch::<T>::new(POSITIONS * images * tiles * self.channels);
        let mut upstream = Scratch::<T>::new(POSITIONS * images * tiles * filters);
        let (v, m) = (Shared(inputs.as_mut_ptr()), Shared(upstream.as_mut_ptr()));
        let vectors = self.channels / T::lanes();
        for first in (0..conv.n).step_by(images) {
            let images = first..(first + images).min(conv.n);
            let chunk = Chunk { sums: self, images: images.clone(), tiles, dout, x, v, m };
            let each = vectors + self.panels;
            parallel(images.len() * each, |task| {
                let (image, which) = (task / each, task % each);
                if which < vectors {
                    T::dispatch(Inputs { chunk: &chunk, image, vector: which });
                } else {
                    T::dispatch(Upstream { chunk: &chunk, image, panel: which - vectors });
                }
            });
            parallel(POSITIONS * self.panels, |task| {
                let (position, panel) = (task / self.panels, task % self.panels);
                T::dispatch(Products { chunk: &chunk, position, panel });
            });
        }
    }
}

/// Some images, and their transformed inputs and upstream gradients.
struct Chunk<'a, T> {
    sums: &'a Sums<'a, T>,
    images: Range<usize>,
    /// Tiles of an image.
    tiles: usize,
    dout: &'a [T],
    x: &'a [T],
    /// For every position, tile and channel.
    v: Shared<T>,
    /// For every position, for every panel of filters, for every tile the panel's filters.
    m: Shared<T>,
}

impl<T> Chunk<'_, T> {
    fn all_tiles(&self) -> usize {
        self.images.len() * self.tiles
    }
}

/// Transforms some channels of an image.
struct Inputs<'a, T> {
    chunk: &'a Chunk<'a, T>,
    image: usize,
    vector: usize,
}

impl<T: Vectors> Work<T> for Inputs<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let Inputs { chunk, image, vector } = self;
        let (sums, conv) = (chunk.sums, chunk.sums.conv);
        let (high, wide) = (conv.y.size, conv.x.size);
        let plane = high * wide;
        let first = vector * S::LANES;
        let count = S::LANES.min(conv.channels() - first);
        let start = (chunk.images.start + image) * conv.c + sums.group * conv.channels();
        let planes = Dense::rows(&chunk.x[start * plane..], conv.channels(), plane);
        let mut turned = Scratch::<T>::new(plane * S::LANES);
        let (top, left) = (conv.y.pad as isize, conv.x.pad as isize);
        // SAFETY: the channels exist, the scratch memory has a vector for every pixel, and the
        // chunk a vector for every position and tile.
        unsafe {
            if count < S::LANES {
                turned.fill(T::ZERO);
            }
            planes.pack::<S>(first, count, 0, plane, turned.as_mut_ptr(), S::LANES);
            let zero = S::splat(T::ZERO);
            for tile in 0..chunk.tiles {
                let y = ((tile / sums.wide) * OUT) as isize - top;
                let x = ((tile % sums.wide) * OUT) as isize - left;
                let mut d = [[zero; IN]; IN];
                for row in 0..IN {
                    for column in 0..IN {
                        let (y, x) = (y + row as isize, x + column as isize);
                        let inside = y >= 0 && y < high as isize && x >= 0 && x < wide as isize;
                        if inside {
                            let pixel = y as usize * wide + x as usize;
                            d[row][column] = S::load(turned.as_ptr().add(pixel * S::LANES));
                        }
                    }
                }
                let at = (image * chunk.tiles + tile) * sums.channels + first;
                let stride = chunk.all_tiles() * sums.channels;
                store_positions::<S>(&input_tile::<S>(&d), chunk.v.at(at), stride, S::LANES);
            }
        }
    }
}

/// Transforms the upstream gradients of some filters of an image.
struct Upstream<'a, T> {
    chunk: &'a Chunk<'a, T>,
    image: usize,
    panel: usize,
}

impl<T: Vectors> Work<T> for Upstream<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let Upstream { chunk, image, panel } = self;
        let (sums, conv) = (chunk.sums, chunk.sums.conv);
        let (high, wide, plane) = (conv.y.out, conv.x.out, conv.plane());
        let range = sums.panel(panel);
        let start = (chunk.images.start + image) * conv.f + sums.group * conv.filters();
        let planes = Dense::rows(&chunk.dout[start * plane..], conv.filters(), plane);
        let mut turned = Scratch::<T>::new(plane * S::LANES);
        // SAFETY: the filters exist, the scratch memory has a vector for every pixel, and the chunk
        // the panel's filters for every position and tile.
        unsafe {
            for first in (0..range.len()).step_by(S::LANES) {
                let count = S::LANES.min(range.len() - first);
                let to = turned.as_mut_ptr();
                planes.pack::<S>(range.start + first, count, 0, plane, to, S::LANES);
                for tile in 0..chunk.tiles {
                    let (y, x) = (tile / sums.wide * OUT, tile % sums.wide * OUT);
                    let mut d = [[S::splat(T::ZERO); OUT]; OUT];
                    for row in 0..OUT.min(high - y) {
                        for column in 0..OUT.min(wide - x) {
                            let pixel = (y + row) * wide + x + column;
                            d[row][column] = S::load(turned.as_ptr().add(pixel * S::LANES));
                        }
                    }
                    let at = range.start * chunk.all_tiles()
                        + (image * chunk.tiles + tile) * range.len()
                        + first;
                    let stride = conv.filters() * chunk.all_tiles();
                    let to = chunk.m.at(at);
                    store_positions::<S>(&upstream_tile::<S>(&d), to, stride, count);
                }
            }
        }
    }
}

/// Multiplies at one position, for one panel of filters.
struct Products<'a, T> {
    chunk: &'a Chunk<'a, T>,
    position: usize,
    panel: usize,
}

impl<T: Vectors> Work<T> for Products<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) {
        let Products { chunk, position, panel } = self;
        let (sums, tiles) = (chunk.sums, chunk.all_tiles());
        let (filters, channels) = (sums.conv.filters(), sums.channels);
        let range = sums.panel(panel);
        // SAFETY: the chunk has all tiles, and the sums all filters and channels.
        unsafe {
            for first in (0..channels).step_by(S::VECTORS * S::LANES) {
                let columns = (S::VECTORS * S::LANES).min(channels - first);
                for tile in (0..tiles).step_by(DEPTH) {
                    let from = (position * filters + range.start) * tiles + tile * range.len();
                    S::tile_kernel(range.len(), columns / S::LANES)(&Tile {
                        k: DEPTH.min(tiles - tile),
                        rows: range.len(),
                        a: chunk.m.at(from),
                        b: chunk.v.at((position * tiles + tile) * channels + first),
                        b_stride: channels,
                        c: sums.sums.at((position * filters + range.start) * channels + first),
                        c_stride: channels,
                        columns,
                        accumulate: chunk.images.start + tile > 0,
                        column_bias: null(),
                        row_bias: null(),
                        relu: false,
                    });
                }
            }
        }
    }
}

/// Transforms the sums of a panel of filters back.
struct Finish<'a, T> {
    sums: &'a Sums<'a, T>,
    panel: usize,
    dw: Shared<T>,
}

impl<T: Vectors> Work<T> for Finish<'_, T> {
    type Output = bool;

    #[inline(always)]
    unsafe fn run<S: Simd<Scalar = T>>(self) -> bool {
        let Finish { sums, panel, dw } = self;
        let (filters, depth) = (sums.conv.filters(), sums.conv.depth());
        let mut taps = Scratch::<T>::new(9 * S::LANES);
        // SAFETY: the sums have all filters and channels, and so has the gradient.
        unsafe {
            let mut check = S::splat(T::ZERO);
            for filter in sums.panel(panel) {
                for first in (0..sums.conv.channels()).step_by(S::LANES) {
                    let at = filter * sums.channels + first;
                    let m =
                        load_positions::<S>(sums.memory.as_ptr().add(at), filters * sums.channels);
                    let g = gradient_tile::<S>(&m);
                    for tap in 0..9 {
                        let g = g[tap / 3][tap % 3];
                        S::store(taps.as_mut_ptr().add(tap * S::LANES), g);
                    }
                    for lane in 0..S::LANES.min(sums.conv.channels() - first) {
                        let to = dw.at(filter * depth + (first + lane) * 9);
                        for tap in 0..9 {
                            *to.add(tap) = taps[tap * S::LANES + lane];
                        }
                    }
                    let zero = S::splat(T::ZERO);
                    for tap in 0..9 {
                        check = S::fma(g[tap / 3][tap % 3], zero, check);
                    }
                }
            }
            S::sum(check) == T::ZERO
        }
    }
}

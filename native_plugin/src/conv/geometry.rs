//! The numbers of a convolution, and images with their border of zeros.

use std::ops::Range;

/// Elements of a padded image that are never too many, as in `kernels/padding.ts`.
const FEW: usize = 1 << 16;

/// What is the same along both axes of a convolution.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Input size.
    pub size: usize,
    /// Filter size.
    pub taps: usize,
    /// Distance between windows.
    pub stride: usize,
    /// Zeros before and after the input.
    pub pad: usize,
    /// Distance between taps.
    pub dilation: usize,
    /// Output size.
    pub out: usize,
}

impl Axis {
    /// Input positions from the first tap to the last.
    fn reach(&self) -> usize {
        (self.taps - 1) * self.dilation + 1
    }

    /// Padded positions that `outputs` windows side by side see.
    pub fn span(&self, outputs: usize) -> usize {
        (outputs - 1) * self.stride + self.reach()
    }
}

/// A convolution, as `ConvGeometry` in `kernels/types.ts`.
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    /// Images.
    pub n: usize,
    /// Input channels.
    pub c: usize,
    /// Filters.
    pub f: usize,
    /// Groups of channels.
    pub groups: usize,
    /// Vertical axis.
    pub y: Axis,
    /// Horizontal axis.
    pub x: Axis,
}

impl Conv {
    /// Reads n, c, h, w, f, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW, groups,
    /// outH, outW.
    pub fn new(numbers: &[u32; 16]) -> Result<Self, String> {
        let [n, c, h, w, f, kh, kw, sh, sw, ph, pw, dh, dw, groups, oh, ow] =
            numbers.map(|number| number as usize);
        let y = Axis { size: h, taps: kh, stride: sh, pad: ph, dilation: dh, out: oh };
        let x = Axis { size: w, taps: kw, stride: sw, pad: pw, dilation: dw, out: ow };
        let conv = Conv { n, c, f, groups, y, x };
        for axis in [&y, &x] {
            if axis.taps == 0 || axis.stride == 0 || axis.dilation == 0 || axis.out == 0 {
                return Err("a filter, stride, dilation or output size is 0".to_owned());
            }
            let limit = u32::MAX as usize;
            if axis.pad > limit / 4 || axis.reach() > limit || axis.span(axis.out) > limit {
                return Err("a size of the convolution is too large".to_owned());
            }
            if axis.span(axis.out) > axis.size + 2 * axis.pad {
                return Err("windows reach beyond the padded input".to_owned());
            }
        }
        if groups == 0 || c % groups != 0 || f % groups != 0 {
            return Err("groups must divide both channels and filters".to_owned());
        }
        // The loader computes what is mostly padding without this library; only images without a
        // pixel come this far.
        let product = |sizes: &[usize]| sizes.iter().fold(1, |a: usize, b| a.saturating_mul(*b));
        let padded = product(&[c, h + 2 * ph, w + 2 * pw]);
        let used = product(&[c, h, w]).saturating_add(product(&[f, oh, ow]));
        if padded > FEW && padded > used.saturating_mul(8) {
            return Err("the images are mostly padding".to_owned());
        }
        Ok(conv)
    }

    /// Elements of the input.
    pub fn input_len(&self) -> usize {
        self.n * self.c * self.y.size * self.x.size
    }

    /// Elements of the output.
    pub fn output_len(&self) -> usize {
        self.n * self.f * self.plane()
    }

    /// Elements of the weights.
    pub fn weight_len(&self) -> usize {
        self.f * self.depth()
    }

    /// Input channels of a group.
    pub fn channels(&self) -> usize {
        self.c / self.groups
    }

    /// Filters of a group.
    pub fn filters(&self) -> usize {
        self.f / self.groups
    }

    /// Weights of a filter.
    pub fn depth(&self) -> usize {
        self.channels() * self.y.taps * self.x.taps
    }

    /// Pixels of an output plane.
    pub fn plane(&self) -> usize {
        self.y.out * self.x.out
    }

    /// Whether there is nothing to compute.
    pub fn is_empty(&self) -> bool {
        self.n * self.f == 0
    }

    /// Multiply-adds.
    pub fn work(&self) -> usize {
        self.output_len() * self.depth()
    }
}

/// Some rows of some channels of an image with the border around them: for each channel the
/// padded rows, one after the other.
#[derive(Clone, Copy)]
pub struct Padded {
    /// Elements of a row.
    pub width: usize,
    /// Rows of a channel.
    pub rows: usize,
    /// Channels.
    pub channels: usize,
}

impl Padded {
    /// What output rows `rows` see of the channels of one group.
    pub fn of(conv: &Conv, rows: usize) -> Self {
        Padded {
            width: conv.x.span(conv.x.out),
            rows: conv.y.span(rows),
            channels: conv.channels(),
        }
    }

    /// Elements of a channel.
    pub fn plane(&self) -> usize {
        self.rows * self.width
    }

    /// Elements in all.
    pub fn len(&self) -> usize {
        self.channels * self.plane()
    }

    /// Where the first weight of every tap of a filter is found, from a window's corner.
    pub fn offsets(&self, conv: &Conv) -> Vec<usize> {
        let mut offsets = Vec::with_capacity(conv.depth());
        for channel in 0..self.channels {
            for u in 0..conv.y.taps {
                for v in 0..conv.x.taps {
                    let row = u * conv.y.dilation;
                    offsets.push(channel * self.plane() + row * self.width + v * conv.x.dilation);
                }
            }
        }
        offsets
    }

    /// Copies from `image`, whose channels are `height` rows of `width`. Padded position (0, 0) is
    /// at row `top`, column `left` of the image, which may be outside.
    pub fn fill<T: Copy + Default>(
        &self,
        image: &[T],
        height: usize,
        width: usize,
        top: isize,
        left: isize,
        to: &mut [T],
    ) {
        let inside = |start: isize, count: usize, size: usize| -> Range<usize> {
            let from = (-start).clamp(0, count as isize) as usize;
            let end = (size as isize - start).clamp(from as isize, count as isize) as usize;
            from..end
        };
        let rows = inside(top, self.rows, height);
        let columns = inside(left, self.width, width);
        for channel in 0..self.channels {
            let to = &mut to[channel * self.plane()..(channel + 1) * self.plane()];
            let image = &image[channel * height * width..(channel + 1) * height * width];
            for (row, to) in to.chunks_exact_mut(self.width).enumerate() {
                if !rows.contains(&row) || columns.is_empty() {
                    to.fill(T::default());
                    continue;
                }
                let start = (top + row as isize) as usize * width
                    + (left + columns.start as isize) as usize;
                to[..columns.start].fill(T::default());
                to[columns.clone()].copy_from_slice(&image[start..start + columns.len()]);
                to[columns.end..].fill(T::default());
            }
        }
    }
}

//! Upsampling of planes by whole factors, which threads share, and its gradient.

use crate::elementwise::WORTH_A_TASK;
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Which two places of an axis an output lies between, and how near to the second.
struct Sample<T> {
    low: usize,
    high: usize,
    share: T,
}

/// The sizes of planes, and how many times as many rows and columns they become.
pub struct Upsampling {
    /// Planes.
    pub planes: usize,
    /// Height and width.
    pub size: [usize; 2],
    /// Vertical and horizontal factor.
    pub scale: [usize; 2],
    /// Whether to mix the values between pixels, or to repeat each.
    pub bilinear: bool,
}

impl Upsampling {
    fn samples<T: Real>(&self, axis: usize) -> Vec<Sample<T>> {
        let (length, scale) = (self.size[axis], self.scale[axis]);
        let place = |i: usize| match self.bilinear {
            true => ((i as f64 + 0.5) / scale as f64 - 0.5).max(0.0),
            false => (i / scale) as f64,
        };
        let sample = |i| {
            let low = place(i) as usize;
            let high = if self.bilinear { (low + 1).min(length - 1) } else { low };
            Sample { low, high, share: T::from_f64(place(i) - low as f64) }
        };
        (0..length * scale).map(sample).collect()
    }

    fn tasks(&self) -> usize {
        let elements = self.planes * self.size.iter().product::<usize>();
        let outputs = elements * self.scale.iter().product::<usize>();
        tasks_for(outputs, WORTH_A_TASK).min(self.planes.max(1))
    }

    /// Every output pixel from those that it lies between.
    pub fn forward<T: Real>(&self, x: &[T], out: &mut [T]) {
        // Where nothing comes out, one size may be anything.
        if out.is_empty() {
            return;
        }
        let (rows, columns) = (self.samples::<T>(0), self.samples::<T>(1));
        let (plane, out_plane) = (self.size[0] * self.size[1], rows.len() * columns.len());
        parallel_rows(self.planes, 1, self.tasks(), out, |part, out| {
            for (i, out) in part.zip(out.chunks_exact_mut(out_plane)) {
                mix(self.size[1], &rows, &columns, &x[i * plane..][..plane], out);
            }
        });
    }

    /// Every pixel gets its share of the outputs that it has a part in.
    pub fn backward<T: Real>(&self, dout: &[T], dx: &mut [T]) {
        if dout.is_empty() {
            dx.fill(T::ZERO);
            return;
        }
        let (rows, columns) = (self.samples::<T>(0), self.samples::<T>(1));
        let (plane, out_plane) = (self.size[0] * self.size[1], rows.len() * columns.len());
        parallel_rows(self.planes, 1, self.tasks(), dx, |part, dx| {
            for (i, dx) in part.zip(dx.chunks_exact_mut(plane)) {
                dx.fill(T::ZERO);
                share(self.size[1], &rows, &columns, &dout[i * out_plane..][..out_plane], dx);
            }
        });
    }
}

multiversion! {
    fn mix<T>(w: usize, rows: &[Sample<T>], columns: &[Sample<T>], x: &[T], out: &mut [T]) {
        for (row, out) in rows.iter().zip(out.chunks_exact_mut(columns.len())) {
            let (above, below) = (&x[row.low * w..][..w], &x[row.high * w..][..w]);
            for (column, out) in columns.iter().zip(out) {
                // What has no share does not count, be it infinite.
                let across = |line: &[T]| match column.share == T::ZERO {
                    true => line[column.low],
                    false => {
                        line[column.low] * (T::ONE - column.share) + line[column.high] * column.share
                    }
                };
                *out = match row.share == T::ZERO {
                    true => across(above),
                    false => across(above) * (T::ONE - row.share) + across(below) * row.share,
                };
            }
        }
    }

    fn share<T>(w: usize, rows: &[Sample<T>], columns: &[Sample<T>], dout: &[T], dx: &mut [T]) {
        for (row, dout) in rows.iter().zip(dout.chunks_exact(columns.len().max(1))) {
            for (line, part) in [(row.low, T::ONE - row.share), (row.high, row.share)] {
                if part == T::ZERO {
                    continue;
                }
                let line = &mut dx[line * w..][..w];
                for (column, dout) in columns.iter().zip(dout) {
                    let d = *dout * part;
                    line[column.low] += d * (T::ONE - column.share);
                    if column.share > T::ZERO {
                        line[column.high] += d * column.share;
                    }
                }
            }
        }
    }
}

//! Raw arguments of an export made into slices.

use std::ops::Range;

/// The arrays of one call. Every array that is written must be apart from all others.
///
/// What the caller of the library vouches for, because nothing here can know it, is that each
/// pointer is valid for the length that the sizes imply. The TypeScript side checks the lengths of
/// its typed arrays before every call. That arrays do not overlap is checked here.
#[derive(Default)]
pub struct Arguments {
    seen: [Seen; MOST],
    count: usize,
}

/// More arrays than any kernel has.
const MOST: usize = 12;

/// The addresses of an array, and whether it is written.
#[derive(Clone, Default)]
struct Seen {
    range: Range<usize>,
    written: bool,
}

impl Arguments {
    /// An array of `len` elements to be read.
    ///
    /// # Safety
    /// `start` is valid for reading `len` elements, as long as the slice is in use, or `len` is 0.
    pub unsafe fn read<'a, T>(&mut self, start: *const T, len: usize) -> Result<&'a [T], String> {
        if len == 0 {
            return Ok(&[]);
        }
        self.note(start as usize, len * size_of::<T>(), false)?;
        // SAFETY: valid, says the caller; no array that is written overlaps it.
        Ok(unsafe { std::slice::from_raw_parts(start, len) })
    }

    /// An array of `len` elements to be written.
    ///
    /// # Safety
    /// `start` is valid for reading and writing `len` elements, as long as the slice is in use, or
    /// `len` is 0.
    pub unsafe fn write<'a, T>(
        &mut self,
        start: *mut T,
        len: usize,
    ) -> Result<&'a mut [T], String> {
        if len == 0 {
            return Ok(&mut []);
        }
        self.note(start as usize, len * size_of::<T>(), true)?;
        // SAFETY: valid, says the caller; no other array overlaps it.
        Ok(unsafe { std::slice::from_raw_parts_mut(start, len) })
    }

    fn note(&mut self, start: usize, bytes: usize, written: bool) -> Result<(), String> {
        if start == 0 {
            return Err("an array is missing".to_owned());
        }
        let range = start..start + bytes;
        let overlap = |other: &Seen| {
            (written || other.written)
                && range.start < other.range.end
                && other.range.start < range.end
        };
        if self.seen[..self.count].iter().any(overlap) {
            return Err("an array that is written overlaps another one".to_owned());
        }
        self.seen[self.count] = Seen { range, written };
        self.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_array_must_be_apart() {
        let mut memory = [0f32; 8];
        let start = memory.as_mut_ptr();
        // SAFETY: all within `memory`, and no slice is used.
        unsafe {
            let mut arguments = Arguments::default();
            assert!(arguments.read(start, 4).is_ok());
            assert!(arguments.read(start.add(2), 4).is_ok());
            assert!(arguments.write(start.add(6), 2).is_ok());
            assert!(arguments.write(start.add(5), 1).is_err());
            assert!(arguments.read(start.add(7), 1).is_err());
            assert!(arguments.read(std::ptr::null::<f32>(), 1).is_err());
            assert_eq!(arguments.write(std::ptr::null_mut::<f32>(), 0), Ok(&mut [][..]));
        }
    }
}

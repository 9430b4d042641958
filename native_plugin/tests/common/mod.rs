//! Random sizes, arrays with guards around them, and runs on every instruction set.
#![allow(dead_code, missing_docs)]

use nndl_native::cpu::{Isa, limit_isa};
use nndl_native::pool::set_threads;
use nndl_native::real::Real;
use nndl_native::status::last_error;
use std::sync::{Mutex, PoisonError};

/// A small random generator (xorshift), so that a failure can be run again.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.next() >> 11) as usize % (high - low + 1)
    }

    /// One of some values.
    pub fn one_of<V: Copy>(&mut self, values: &[V]) -> V {
        values[self.whole(0, values.len() - 1)]
    }

    /// A number from -1 to 1.
    pub fn number(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// An array of numbers from -1 to 1.
    pub fn array<T: Element>(&mut self, len: usize) -> Guarded<T> {
        Guarded::new((0..len).map(|_| T::from_f64(self.number())))
    }
}

/// Elements with a value that stands guard, which no kernel writes by chance.
pub trait Element: Real {
    const GUARD: Self;
    const EPSILON: f64;
}
impl Element for f32 {
    const GUARD: f32 = -1.234_567_9e33;
    const EPSILON: f64 = f32::EPSILON as f64;
}
impl Element for f64 {
    const GUARD: f64 = -1.234_567_890_123e300;
    const EPSILON: f64 = f64::EPSILON;
}

const GUARDS: usize = 67;

/// An array in the middle of a larger one, at an address that is aligned to nothing.
pub struct Guarded<T> {
    all: Vec<T>,
}

impl<T: Element> Guarded<T> {
    pub fn new(values: impl IntoIterator<Item = T>) -> Self {
        let mut all = vec![T::GUARD; GUARDS];
        all.extend(values);
        all.extend([T::GUARD; GUARDS]);
        Guarded { all }
    }

    /// What a kernel should overwrite.
    pub fn unwritten(len: usize) -> Self {
        Guarded::new(vec![T::GUARD; len])
    }

    pub fn values(&self) -> &[T] {
        assert!(self.all[..GUARDS].iter().all(|x| *x == T::GUARD), "written before the array");
        let end = self.all.len() - GUARDS;
        assert!(self.all[end..].iter().all(|x| *x == T::GUARD), "written after the array");
        &self.all[GUARDS..end]
    }

    pub fn to_f64(&self) -> Vec<f64> {
        self.values().iter().map(|x| x.to_f64()).collect()
    }

    pub fn ptr(&self) -> *const T {
        self.values().as_ptr()
    }

    pub fn mut_ptr(&mut self) -> *mut T {
        let end = self.all.len() - GUARDS;
        self.all[GUARDS..end].as_mut_ptr()
    }

    /// Compares with what is right; `terms` numbers of size 1 were summed for each element.
    pub fn check(&self, right: &[f64], terms: usize, what: &str) {
        let values = self.values();
        assert_eq!(values.len(), right.len());
        for (i, (got, right)) in values.iter().zip(right).enumerate() {
            let allowed = T::EPSILON * (terms as f64 + 16.0) * right.abs().max(1.0);
            let error = (got.to_f64() - right).abs();
            assert!(error <= allowed, "{what}: element {i} is {got:?}, should be {right}");
        }
    }
}

/// Panics with the library's message if a call failed.
pub fn succeed(status: i32, what: &str) {
    if status != 0 {
        panic!("{what}: status {status}, {}", message());
    }
}

/// The message of the last failed call.
pub fn message() -> String {
    let mut bytes = [0; 300];
    let len = last_error(&mut bytes);
    String::from_utf8_lossy(&bytes[..len]).into_owned()
}

/// The instruction set and the number of threads belong to the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a test on every instruction set of this machine, each with 1 and 3 threads.
pub fn everywhere(test: impl Fn(&str)) {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for isa in [Isa::Portable, Isa::Avx2, Isa::Avx512] {
        if limit_isa(isa) != isa {
            continue;
        }
        for threads in [1, 3] {
            set_threads(threads);
            test(&format!("{isa:?}, {threads} threads"));
        }
    }
    limit_isa(Isa::Avx512);
}

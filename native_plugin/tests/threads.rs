//! The thread pool: every task once, panics carried over, callers that do not wait for each other,
//! results that do not depend on timing.
#![allow(missing_docs)]

mod common;

use common::{Draw, Guarded, succeed};
use nndl_native::ffi::*;
use nndl_native::pool::{MAX_THREADS, parallel, set_threads};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The number of threads belongs to the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn every_task_runs_once() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for threads in [1, 2, 5, MAX_THREADS] {
        assert_eq!(set_threads(threads), threads);
        for tasks in [0, 1, 2, 3, 64, 1000] {
            for _ in 0..20 {
                let runs: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
                parallel(tasks, |task| {
                    runs[task].fetch_add(1, Ordering::Relaxed);
                });
                assert!(runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1));
            }
        }
    }
    assert_eq!(set_threads(0), 1);
    assert_eq!(set_threads(1000), MAX_THREADS);
}

#[test]
fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    set_threads(3);
    for bad in 0..8 {
        let done = AtomicUsize::new(0);
        let result = std::panic::catch_unwind(|| {
            parallel(8, |task| {
                assert_ne!(task, bad, "on purpose");
                done.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert!(result.is_err());
        assert_eq!(done.load(Ordering::Relaxed), 7);
    }
}

#[test]
fn tasks_may_have_tasks() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    set_threads(3);
    let runs = AtomicUsize::new(0);
    parallel(5, |_| {
        parallel(7, |_| {
            runs.fetch_add(1, Ordering::Relaxed);
        });
    });
    assert_eq!(runs.load(Ordering::Relaxed), 35);
}

/// A product that is cut along the inner dimension, and a sum.
fn compute() -> Vec<u32> {
    let mut draw = Draw::new(11);
    let (m, n, k) = (60, 50, 5000);
    let (a, b) = (draw.array::<f32>(m * k), draw.array::<f32>(k * n));
    let mut c = Guarded::<f32>::unwritten(m * n);
    let mut sum = 0.0;
    // SAFETY: the arrays have the lengths of the sizes.
    unsafe {
        let (m, n, k) = (m as u32, n as u32, k as u32);
        succeed(nndl_gemm_f32(0, 0, m, n, k, a.ptr(), b.ptr(), 0, c.mut_ptr()), "gemm");
        succeed(nndl_sum_squares_f32(m * k, a.ptr(), &mut sum), "sum of squares");
    }
    let sum = sum.to_bits();
    let bits = c.values().iter().map(|x| x.to_bits());
    bits.chain([sum as u32, (sum >> 32) as u32]).collect()
}

#[test]
fn a_number_of_threads_gives_the_same_bits_every_time() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for threads in [1, 2, 3, 7] {
        set_threads(threads);
        let first = compute();
        for _ in 0..10 {
            assert!(compute() == first, "{threads} threads differ from themselves");
        }
    }
}

#[test]
fn several_callers_at_once_get_the_same_bits() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    set_threads(3);
    let right = compute();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert!(compute() == right);
                }
            });
        }
    });
}

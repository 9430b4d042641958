//! A small pool of threads for work that takes microseconds.
//!
//! [`parallel`] runs a fixed number of tasks. The caller works too; helpers spin for a moment
//! after each call, because the next kernel of a training step comes soon, and then sleep. Waking a
//! thread takes longer than many a task, so everyone who takes a task wakes at most two, and only
//! while there are tasks left. Which thread takes a task is left to chance, what a task computes is
//! not, so results do not depend on timing.
//!
//! Large work is cut into more tasks than there are threads: one that is held up, by another
//! program or by the other thread of its core, leaves its share to the others.
//!
//! Only one caller has the pool at a time. Another one, say a second isolate of the same process,
//! does its tasks by itself, with the same results.

use std::any::Any;
use std::cell::Cell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Mutex, OnceLock};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// More threads than this are not started.
pub const MAX_THREADS: usize = 64;

/// Tasks for each thread where there is work enough.
const TASKS: usize = 4;

/// How long an idle helper waits for the next call before it sleeps.
const SPIN: Duration = Duration::from_micros(150);

/// Keeps what different threads write on different cache lines.
#[repr(align(128))]
struct Padded<T>(T);

/// A call of [`parallel`], on the caller's stack.
struct Job<'a> {
    run: &'a (dyn Fn(usize) + Sync),
    remaining: AtomicUsize,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

struct Helper {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

struct Pool {
    /// From the top: the number of the call (32 bits), its tasks (16), the next one to take (16).
    ticket: Padded<AtomicU64>,
    /// The call that the ticket belongs to. Valid as long as tasks remain.
    job: AtomicPtr<Job<'static>>,
    /// Held by the one caller.
    owner: Mutex<()>,
    threads: AtomicUsize,
    /// Helpers that were started.
    started: AtomicUsize,
    /// Helpers that are asleep.
    sleepers: Padded<AtomicUsize>,
    helpers: [Padded<Helper>; MAX_THREADS],
}

static POOL: Pool = Pool {
    ticket: Padded(AtomicU64::new(0)),
    job: AtomicPtr::new(null_mut()),
    owner: Mutex::new(()),
    threads: AtomicUsize::new(1),
    started: AtomicUsize::new(0),
    sleepers: Padded(AtomicUsize::new(0)),
    helpers: [const { Padded(Helper { asleep: AtomicBool::new(false), thread: OnceLock::new() }) };
        MAX_THREADS],
};

thread_local! {
    static IN_TASK: Cell<bool> = const { Cell::new(false) };
}

/// Sets the number of threads that work on a call, the caller among them, from 1 to
/// [`MAX_THREADS`]; returns the number in use.
pub fn set_threads(threads: usize) -> usize {
    let threads = threads.clamp(1, MAX_THREADS);
    POOL.threads.store(threads, Ordering::Relaxed);
    threads
}

/// The number of threads that work on a call.
pub fn threads() -> usize {
    POOL.threads.load(Ordering::Relaxed)
}

/// Runs `run(0), …, run(tasks - 1)`, in any order and at the same time, and returns when all are
/// done.
///
/// # Panics
/// If a task panics, with its payload, after all tasks have ended.
pub fn parallel(tasks: usize, run: impl Fn(usize) + Sync) {
    let alone = tasks <= 1 || threads() == 1 || tasks > u16::MAX as usize || IN_TASK.get();
    let owner = if alone { None } else { POOL.owner.try_lock().ok() };
    let Some(owner) = owner else {
        (0..tasks).for_each(run);
        return;
    };
    start_helpers(threads() - 1);

    let job = Job { run: &run, remaining: AtomicUsize::new(tasks), panic: Mutex::new(None) };
    let call = (POOL.ticket.0.load(Ordering::Relaxed) >> 32).wrapping_add(1);
    // SAFETY: only the lifetime changes. A helper touches the job between taking a task and
    // counting it as done, and this function does not return before all tasks are done.
    let address = unsafe {
        std::mem::transmute::<*const Job<'_>, *mut Job<'static>>(std::ptr::from_ref(&job))
    };
    POOL.job.store(address, Ordering::Release);
    // The first task is the caller's.
    POOL.ticket.0.store(call << 32 | (tasks as u64) << 16 | 1, Ordering::SeqCst);
    fence(Ordering::SeqCst);
    wake_helpers();

    work_on(&job, 0);
    while let Some((job, task)) = take() {
        // SAFETY: the pool is ours, so the job is this call's.
        work_on(unsafe { &*job }, task);
    }
    let mut waits = 0u32;
    while job.remaining.load(Ordering::Acquire) > 0 {
        waits += 1;
        if waits < 2000 { std::hint::spin_loop() } else { std::thread::yield_now() }
    }
    drop(owner);
    if let Some(payload) = job.panic.into_inner().unwrap_or(None) {
        resume_unwind(payload);
    }
}

/// Part `index` of `parts` of `0..total`, as even as can be, cut at multiples of `unit`.
pub fn part(total: usize, parts: usize, index: usize, unit: usize) -> Range<usize> {
    let units = total.div_ceil(unit);
    let cut = |i: usize| (units * i / parts * unit).min(total);
    cut(index)..cut(index + 1)
}

/// How many tasks to make of `work` units of work, each of which should get at least `least`: a few
/// for each thread if there is enough.
pub fn tasks_for(work: usize, least: usize) -> usize {
    match threads() {
        1 => 1,
        threads => (work / least.max(1)).clamp(1, TASKS * threads),
    }
}

/// How many tasks to make where there is work for `threads` threads: several for each.
pub fn several(threads: usize) -> usize {
    if threads == 1 { 1 } else { TASKS * threads }
}

/// Slices, or tuples of them, whose rows can be shared out. A slice of a table with `rows` rows
/// has a multiple of `rows` elements.
pub trait Rows: Send {
    /// The same as pointers and lengths, which every task has.
    type Raw: Copy + Sync;
    /// Gives the slices up for what [`Rows::cut`] makes of them.
    fn into_raw(self) -> Self::Raw;
    /// The slices' part for some of the rows.
    ///
    /// # Safety
    /// `raw` is of slices that are still borrowed, `range` is within `rows`, and no two parts that
    /// are alive at the same time have a row in common.
    unsafe fn cut(raw: Self::Raw, rows: usize, range: &Range<usize>) -> Self;
}

/// Where a slice is.
pub struct RawSlice<T>(*mut T, usize);

impl<T> Clone for RawSlice<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for RawSlice<T> {}
// SAFETY: it only says where the slice is; whoever makes slices of it answers for them.
unsafe impl<T: Send> Sync for RawSlice<T> {}

impl<T: Send> Rows for &mut [T] {
    type Raw = RawSlice<T>;

    fn into_raw(self) -> RawSlice<T> {
        RawSlice(self.as_mut_ptr(), self.len())
    }

    unsafe fn cut(RawSlice(start, len): RawSlice<T>, rows: usize, range: &Range<usize>) -> Self {
        let width = len / rows;
        // SAFETY: rows `range` of a slice that the caller vouches for.
        unsafe {
            std::slice::from_raw_parts_mut(start.add(range.start * width), range.len() * width)
        }
    }
}

macro_rules! rows_of_tuple {
    ($($name:ident)*) => {
        impl<$($name: Rows),*> Rows for ($($name,)*) {
            type Raw = ($($name::Raw,)*);

            #[allow(non_snake_case)]
            fn into_raw(self) -> Self::Raw {
                let ($($name,)*) = self;
                ($($name.into_raw(),)*)
            }

            #[allow(non_snake_case)]
            unsafe fn cut(($($name,)*): Self::Raw, rows: usize, range: &Range<usize>) -> Self {
                // SAFETY: passed on to the caller.
                unsafe { ($($name::cut($name, rows, range),)*) }
            }
        }
    };
}
rows_of_tuple!(A B);
rows_of_tuple!(A B C);
rows_of_tuple!(A B C D);

/// Cuts `0..rows` at multiples of `unit` into `tasks` parts and calls `body` for each with the
/// part and the slices' share of it, in parallel.
///
/// # Panics
/// If a task does.
pub fn parallel_rows<R: Rows>(
    rows: usize,
    unit: usize,
    tasks: usize,
    slices: R,
    body: impl Fn(Range<usize>, R) + Sync,
) {
    let raw = slices.into_raw();
    if rows == 0 {
        return;
    }
    parallel(tasks, |task| {
        let range = part(rows, tasks, task, unit);
        // SAFETY: `slices` was given up to this function, and the parts of different tasks have
        // no row in common.
        let share = unsafe { R::cut(raw, rows, &range) };
        body(range, share);
    });
}

/// Does one task and counts it. The job may be gone when this returns.
fn work_on(job: &Job, task: usize) {
    let outer = IN_TASK.replace(true);
    let result = catch_unwind(AssertUnwindSafe(|| (job.run)(task)));
    IN_TASK.set(outer);
    if let Err(payload) = result
        && let Ok(mut panic) = job.panic.lock()
    {
        panic.get_or_insert(payload);
    }
    job.remaining.fetch_sub(1, Ordering::AcqRel);
}

/// Takes the next task of the current call, if there is one left.
fn take() -> Option<(*mut Job<'static>, usize)> {
    let mut ticket = POOL.ticket.0.load(Ordering::Acquire);
    loop {
        let (tasks, next) = (ticket >> 16 & 0xffff, ticket & 0xffff);
        if next >= tasks {
            return None;
        }
        // If this is already the job of a later call, then the ticket has moved on as well.
        let job = POOL.job.load(Ordering::Acquire);
        match POOL.ticket.0.compare_exchange_weak(
            ticket,
            ticket + 1,
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => return Some((job, next as usize)),
            Err(now) => ticket = now,
        }
    }
}

/// Starts helpers until there are `wanted`, or as many as the system allows. The caller has the pool.
fn start_helpers(wanted: usize) {
    let mut started = POOL.started.load(Ordering::Relaxed);
    while started < wanted {
        let helper = &POOL.helpers[started].0;
        let name = format!("nndl-{}", started + 1);
        let Ok(handle) = std::thread::Builder::new().name(name).spawn(|| help(helper)) else {
            return;
        };
        let _ = helper.thread.set(handle.thread().clone());
        started += 1;
        POOL.started.store(started, Ordering::Release);
    }
}

/// Wakes at most two helpers, and no more than there are tasks left and threads to use.
fn wake_helpers() {
    if POOL.sleepers.0.load(Ordering::Relaxed) == 0 {
        return;
    }
    let ticket = POOL.ticket.0.load(Ordering::Relaxed);
    let (tasks, next) = (ticket >> 16 & 0xffff, ticket & 0xffff);
    let mut left = tasks.saturating_sub(next).min(2);
    let started = POOL.started.load(Ordering::Acquire).min(threads() - 1);
    for helper in &POOL.helpers[..started] {
        if left == 0 {
            return;
        }
        let Helper { asleep, thread } = &helper.0;
        if asleep.load(Ordering::Relaxed)
            && asleep.swap(false, Ordering::AcqRel)
            && let Some(thread) = thread.get()
        {
            POOL.sleepers.0.fetch_sub(1, Ordering::Relaxed);
            thread.unpark();
            left -= 1;
        }
    }
}

/// The life of a helper.
fn help(this: &'static Helper) {
    let cores = crate::cores::usable();
    loop {
        if let Some((job, task)) = take() {
            wake_helpers();
            // SAFETY: a taken task keeps its job alive until it is counted as done.
            work_on(unsafe { &*job }, task);
            continue;
        }
        // Spinning helps only where every thread has a core to itself.
        if threads() <= cores && spin() {
            continue;
        }
        this.asleep.store(true, Ordering::SeqCst);
        POOL.sleepers.0.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if has_task() {
            if this.asleep.swap(false, Ordering::AcqRel) {
                POOL.sleepers.0.fetch_sub(1, Ordering::Relaxed);
            }
            continue;
        }
        while this.asleep.load(Ordering::Acquire) {
            std::thread::park();
        }
    }
}

/// Waits a moment for a task; tells whether one came.
fn spin() -> bool {
    let start = Instant::now();
    loop {
        for _ in 0..32 {
            if has_task() {
                return true;
            }
            std::hint::spin_loop();
        }
        if start.elapsed() > SPIN {
            return false;
        }
    }
}

fn has_task() -> bool {
    let ticket = POOL.ticket.0.load(Ordering::Acquire);
    (ticket & 0xffff) < (ticket >> 16 & 0xffff)
}

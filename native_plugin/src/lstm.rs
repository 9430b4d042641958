//! A long short-term memory over sequences.
//!
//! The weights of the state are packed once for all steps, and threads share the examples, each
//! taking its own through all steps, so that none has to wait for another.

use crate::activations::{WORTH_A_TASK, sigmoid, tanh};
use crate::gemm::block::{Block, Columns, PACKED_ROWS, Packed};
use crate::gemm::pack::Dense;
use crate::gemm::{Finish, Shared, gemm};
use crate::multiversion;
use crate::pool::{self, parallel_rows, part, tasks_for};
use crate::real::Real;
use crate::simd::Vectors;

/// The sizes of an LSTM over sequences.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Time steps.
    pub t: usize,
    /// Examples.
    pub n: usize,
    /// Units.
    pub h: usize,
}

impl Sizes {
    /// Elements of the states of one step.
    fn step(self) -> usize {
        self.n * self.h
    }

    /// How many threads share the examples, each with all steps of its own. 0 if that does not pay:
    /// then they share every product.
    fn tasks(self) -> usize {
        let threads = pool::threads();
        let most = self.n / PACKED_ROWS;
        if self.t == 1 || self.h == 0 || most < threads { 0 } else { threads }
    }
}

/// What an LSTM over sequences reads.
pub struct Given<'a, T> {
    /// Weights of the state, (h, 4h).
    pub wh: &'a [T],
    /// State before the first step.
    pub h0: &'a [T],
    /// Cell state before it.
    pub c0: &'a [T],
}

/// What it writes, time steps first.
pub struct States<'a, T> {
    /// The sums of the inputs, which become the gates i, f, o, g.
    pub gates: &'a mut [T],
    /// The cell state after every step.
    pub cells: &'a mut [T],
    /// Its hyperbolic tangent.
    pub tanh_c: &'a mut [T],
    /// The state after every step.
    pub states: &'a mut [T],
}

/// Adds what every state has to say to the sums, and takes the cell through all steps.
pub fn lstm_forward<T: Vectors>(sizes: Sizes, given: Given<T>, to: States<T>) {
    let Sizes { t, n, h } = sizes;
    let (step, tasks) = (sizes.step(), sizes.tasks());
    if step == 0 {
        return; // whatever t is
    }
    if tasks == 0 {
        for i in 0..t {
            let (before, at) = (i.saturating_sub(1) * step, i * step);
            let (earlier, next_h) = to.states.split_at_mut(at);
            let prev_h = if i == 0 { given.h0 } else { &earlier[before..] };
            let (earlier, next_c) = to.cells.split_at_mut(at);
            let prev_c = if i == 0 { given.c0 } else { &earlier[before..] };
            let gates = &mut to.gates[4 * at..][..4 * step];
            gemm(false, false, n, 4 * h, h, prev_h, given.wh, Finish::ADD, gates);
            let tanh_c = &mut to.tanh_c[at..][..step];
            cell_forward(h, gates, prev_c, &mut next_c[..step], tanh_c, &mut next_h[..step]);
        }
        return;
    }
    let packed = Packed::new(false, 4 * h, h, given.wh);
    let [gates, cells, tanh_c, states] =
        [to.gates, to.cells, to.tanh_c, to.states].map(|x| Shared(x.as_mut_ptr()));
    pool::parallel(tasks, |task| {
        let rows = part(n, tasks, task, 1);
        let (first, count) = (rows.start * h, rows.len() * h);
        for i in 0..t {
            let at = i * step + first;
            // SAFETY: the arrays have all steps of all rows; a task touches its own rows only, and
            // of each array two different steps at a time.
            unsafe {
                let read = |of: Shared<T>, start: &'_ [T]| match i {
                    0 => std::slice::from_raw_parts(start[first..][..count].as_ptr(), count),
                    _ => std::slice::from_raw_parts(of.at(at - step), count),
                };
                let write = |of: Shared<T>, size| {
                    std::slice::from_raw_parts_mut(of.at(size * at), size * count)
                };
                let sums = write(gates, 4);
                multiply(&packed, rows.len(), 4 * h, h, read(states, given.h0), Finish::ADD, sums);
                let prev_c = read(cells, given.c0);
                rows_forward(h, sums, prev_c, write(cells, 1), write(tanh_c, 1), write(states, 1));
            }
        }
    });
}

/// The cell of one step, whose rows threads share.
fn cell_forward<T: Real>(
    h: usize,
    gates: &mut [T],
    prev_c: &[T],
    next_c: &mut [T],
    tanh_c: &mut [T],
    next_h: &mut [T],
) {
    if h == 0 {
        return;
    }
    let n = prev_c.len() / h;
    let tasks = tasks_for(gates.len(), WORTH_A_TASK).min(n.max(1));
    parallel_rows(n, 1, tasks, (gates, next_c, tanh_c, next_h), |part, written| {
        let (gates, next_c, tanh_c, next_h) = written;
        rows_forward(h, gates, &prev_c[part.start * h..], next_c, tanh_c, next_h);
    });
}

/// The cell of one step of some rows.
fn rows_forward<T: Real>(
    h: usize,
    gates: &mut [T],
    prev_c: &[T],
    next_c: &mut [T],
    tanh_c: &mut [T],
    next_h: &mut [T],
) {
    let states = next_c.chunks_exact_mut(h).zip(tanh_c.chunks_exact_mut(h));
    let rows = gates.chunks_exact_mut(4 * h).zip(states).zip(next_h.chunks_exact_mut(h));
    for (((gates, (next_c, tanh_c)), next_h), prev_c) in rows.zip(prev_c.chunks_exact(h)) {
        sigmoid(&mut gates[..3 * h]);
        tanh(&mut gates[3 * h..]);
        cell(gates, prev_c, next_c);
        tanh_c.copy_from_slice(next_c);
        tanh(tanh_c);
        multiply_by(&gates[2 * h..3 * h], tanh_c, next_h);
    }
}

/// What the gradient of an LSTM reads, time steps first.
pub struct Passed<'a, T> {
    /// Weights of the state, (h, 4h).
    pub wh: &'a [T],
    /// The gates of every step.
    pub gates: &'a [T],
    /// The cell state before the first step.
    pub c0: &'a [T],
    /// That after every step.
    pub cells: &'a [T],
    /// Its hyperbolic tangent.
    pub tanh_c: &'a [T],
}

/// What it writes.
pub struct Slopes<'a, T> {
    /// The gradient of every state, to which that of later steps is added.
    pub dh: &'a mut [T],
    /// That of the cell state after the last step, which becomes that before the first.
    pub dc: &'a mut [T],
    /// That of the sums.
    pub da: &'a mut [T],
    /// That of the state before the first step, unless it is not wanted.
    pub dh0: Option<&'a mut [T]>,
}

/// Takes the gradients of the states back through all steps.
pub fn lstm_backward<T: Vectors>(sizes: Sizes, given: Passed<T>, to: Slopes<T>) {
    let Sizes { t, n, h } = sizes;
    if t == 0 || sizes.step() == 0 {
        to.dh0.into_iter().for_each(|dh0| dh0.fill(T::ZERO));
        return;
    }
    let (step, tasks) = (sizes.step(), sizes.tasks());
    let Passed { wh, gates, c0, cells, tanh_c } = given;
    let before = |i: usize| if i == 0 { c0 } else { &cells[(i - 1) * step..][..step] };
    if tasks == 0 {
        for i in (0..t).rev() {
            let at = i * step;
            let (da, later) = to.da.split_at_mut(4 * (at + step));
            let dh = &mut to.dh[at..][..step];
            if i + 1 < t {
                gemm(false, true, n, h, 4 * h, &later[..4 * step], wh, Finish::ADD, dh);
            }
            let (gates, tanh_c) = (&gates[4 * at..][..4 * step], &tanh_c[at..][..step]);
            cell_backward(h, gates, before(i), tanh_c, dh, to.dc, &mut da[4 * at..]);
        }
        if let Some(dh0) = to.dh0 {
            gemm(false, true, n, h, 4 * h, &to.da[..4 * step], wh, Finish::STORE, dh0);
        }
        return;
    }
    let packed = Packed::new(true, h, 4 * h, wh);
    let [dh, dc, da] = [to.dh, to.dc, to.da].map(|x| Shared(x.as_mut_ptr()));
    let dh0 = to.dh0.map(|x| Shared(x.as_mut_ptr()));
    pool::parallel(tasks, |task| {
        let rows = part(n, tasks, task, 1);
        let (first, count) = (rows.start * h, rows.len() * h);
        // SAFETY: the arrays have all steps of all rows; a task touches its own rows only, and of
        // each array two different steps at a time.
        unsafe {
            let of =
                |x: Shared<T>, at: usize, count| std::slice::from_raw_parts_mut(x.at(at), count);
            let through = |later: usize, finish, out: &mut [T]| {
                let later = of(da, 4 * (later * step + first), 4 * count);
                multiply(&packed, rows.len(), h, 4 * h, later, finish, out);
            };
            let dc = of(dc, first, count);
            for i in (0..t).rev() {
                let at = i * step + first;
                let dh = of(dh, at, count);
                if i + 1 < t {
                    through(i + 1, Finish::ADD, dh);
                }
                let (gates, tanh_c) = (&gates[4 * at..][..4 * count], &tanh_c[at..][..count]);
                let prev_c = &before(i)[first..][..count];
                rows_backward(h, gates, prev_c, tanh_c, dh, dc, of(da, 4 * at, 4 * count));
            }
            if let Some(dh0) = dh0 {
                through(0, Finish::STORE, of(dh0, first, count));
            }
        }
    });
}

/// The gradient of the cell of one step, whose rows threads share.
fn cell_backward<T: Real>(
    h: usize,
    gates: &[T],
    prev_c: &[T],
    tanh_c: &[T],
    dh: &[T],
    dc: &mut [T],
    da: &mut [T],
) {
    if h == 0 {
        return;
    }
    let n = dc.len() / h;
    let tasks = tasks_for(da.len(), WORTH_A_TASK).min(n.max(1));
    parallel_rows(n, 1, tasks, (dc, da), |part, (dc, da)| {
        let at = part.start * h;
        rows_backward(h, &gates[4 * at..], &prev_c[at..], &tanh_c[at..], &dh[at..], dc, da);
    });
}

/// The gradient of the cell of one step of some rows.
fn rows_backward<T: Real>(
    h: usize,
    gates: &[T],
    prev_c: &[T],
    tanh_c: &[T],
    dh: &[T],
    dc: &mut [T],
    da: &mut [T],
) {
    for (i, (dc, da)) in dc.chunks_exact_mut(h).zip(da.chunks_exact_mut(4 * h)).enumerate() {
        let [c, t, d] = [prev_c, tanh_c, dh].map(|x| &x[i * h..][..h]);
        cell_slopes(&gates[4 * i * h..][..4 * h], c, t, d, dc, da);
    }
}

/// Multiplies `rows` rows of A by packed columns.
fn multiply<T: Vectors>(
    packed: &Packed<T>,
    rows: usize,
    n: usize,
    k: usize,
    a: &[T],
    finish: Finish<T>,
    c: &mut [T],
) {
    assert!(c.len() >= rows * n, "lstm: the product is too long");
    let b: Columns<T, Dense<T>> = Columns::Packed(packed);
    let a = &Dense::rows(a, rows, k);
    let (to, columns) = (Shared(c.as_mut_ptr()), 0..n);
    T::dispatch(Block { a, b, rows: 0..rows, columns, depth: 0..k, to, stride: n, finish });
}

multiversion! {
    fn multiply_by<T>(a: &[T], b: &[T], out: &mut [T]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = *a * *b;
        }
    }

    /// `c' = f·c + i·g`.
    fn cell<T>(gates: &[T], prev_c: &[T], next_c: &mut [T]) {
        let h = next_c.len();
        let (i, f, g) = (&gates[..h], &gates[h..2 * h], &gates[3 * h..4 * h]);
        for j in 0..h {
            next_c[j] = f[j] * prev_c[j] + i[j] * g[j];
        }
    }

    fn cell_slopes<T>(
        gates: &[T],
        prev_c: &[T],
        tanh_c: &[T],
        dnext_h: &[T],
        dc: &mut [T],
        da: &mut [T],
    ) {
        let h = dc.len();
        let (i, f) = (&gates[..h], &gates[h..2 * h]);
        let (o, g) = (&gates[2 * h..3 * h], &gates[3 * h..4 * h]);
        let (di, rest) = da.split_at_mut(h);
        let (df, rest) = rest.split_at_mut(h);
        let (d_o, dg) = rest.split_at_mut(h);
        let (prev_c, tanh_c, dnext_h) = (&prev_c[..h], &tanh_c[..h], &dnext_h[..h]);
        let (df, d_o, dg) = (&mut df[..h], &mut d_o[..h], &mut dg[..h]);
        for j in 0..h {
            let (d, t) = (dnext_h[j], tanh_c[j]);
            let u = dc[j] + d * o[j] * (T::ONE - t * t);
            di[j] = u * g[j] * i[j] * (T::ONE - i[j]);
            df[j] = u * prev_c[j] * f[j] * (T::ONE - f[j]);
            d_o[j] = d * t * o[j] * (T::ONE - o[j]);
            dg[j] = u * i[j] * (T::ONE - g[j] * g[j]);
            dc[j] = u * f[j];
        }
    }
}

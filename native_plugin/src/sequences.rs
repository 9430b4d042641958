//! Rows of a table by index, and the cell of an LSTM.

use crate::activations::{WORTH_A_TASK, sigmoid, tanh};
use crate::elementwise;
use crate::multiversion;
use crate::pool::{parallel_rows, tasks_for};
use crate::real::Real;

/// Checks that every index names a row of a table of `v` rows.
pub fn check_indices(v: usize, x: &[i32]) -> Result<(), String> {
    match x.iter().find(|index| usize::try_from(**index).map_or(true, |index| index >= v)) {
        Some(index) => Err(format!("index {index} is outside the table of {v} rows")),
        None => Ok(()),
    }
}

/// `out[i] = w[x[i]]`, rows of `d` elements.
pub fn embedding_forward<T: Real>(d: usize, x: &[i32], w: &[T], out: &mut [T]) {
    let tasks = tasks_for(out.len(), elementwise::WORTH_A_TASK).min(x.len().max(1));
    parallel_rows(x.len(), 1, tasks, out, |part, out| {
        for (index, out) in x[part].iter().zip(out.chunks_exact_mut(d.max(1))) {
            out.copy_from_slice(&w[*index as usize * d..][..d]);
        }
    });
}

/// `dw[j] = Σ dout[i]` over all i with `x[i] = j`. Threads have rows of the table, so that each row
/// is summed in one order.
pub fn embedding_backward<T: Real>(v: usize, d: usize, x: &[i32], dout: &[T], dw: &mut [T]) {
    let tasks = tasks_for(dout.len(), elementwise::WORTH_A_TASK).min(v.max(1));
    parallel_rows(v, 1, tasks, dw, |part, dw| {
        dw.fill(T::ZERO);
        for (i, index) in x.iter().enumerate() {
            let index = *index as usize;
            if part.contains(&index) {
                add(&dout[i * d..][..d], &mut dw[(index - part.start) * d..][..d]);
            }
        }
    });
}

/// The states of an LSTM that a step writes.
pub struct States<'a, T> {
    /// The cell state.
    pub next_c: &'a mut [T],
    /// Its hyperbolic tangent.
    pub tanh_c: &'a mut [T],
    /// The state.
    pub next_h: &'a mut [T],
}

/// Turns the sums of `h` units into gates i, f, o, g, row by row, and writes the states.
pub fn lstm_forward<T: Real>(h: usize, gates: &mut [T], prev_c: &[T], states: States<T>) {
    if h == 0 {
        return;
    }
    let n = prev_c.len() / h;
    let tasks = tasks_for(gates.len(), WORTH_A_TASK).min(n.max(1));
    let States { next_c, tanh_c, next_h } = states;
    parallel_rows(n, 1, tasks, (gates, next_c, tanh_c, next_h), |part, written| {
        let (gates, next_c, tanh_c, next_h) = written;
        let states = next_c.chunks_exact_mut(h).zip(tanh_c.chunks_exact_mut(h));
        let rows = gates.chunks_exact_mut(4 * h).zip(states).zip(next_h.chunks_exact_mut(h));
        for (i, ((gates, (next_c, tanh_c)), next_h)) in part.zip(rows) {
            sigmoid(&mut gates[..3 * h]);
            tanh(&mut gates[3 * h..]);
            cell(gates, &prev_c[i * h..][..h], next_c);
            tanh_c.copy_from_slice(next_c);
            tanh(tanh_c);
            multiply(&gates[2 * h..3 * h], tanh_c, next_h);
        }
    });
}

/// What the gradient of an LSTM's cell reads.
pub struct Cell<'a, T> {
    /// The gates.
    pub gates: &'a [T],
    /// The cell state before the step.
    pub prev_c: &'a [T],
    /// The hyperbolic tangent of that after it.
    pub tanh_c: &'a [T],
    /// The gradient of the state after it.
    pub dnext_h: &'a [T],
}

/// Takes `dc` from after the step to before it, and writes the gradient `da` of the sums.
pub fn lstm_backward<T: Real>(h: usize, read: Cell<T>, dc: &mut [T], da: &mut [T]) {
    if h == 0 {
        return;
    }
    let n = dc.len() / h;
    let tasks = tasks_for(da.len(), WORTH_A_TASK).min(n.max(1));
    parallel_rows(n, 1, tasks, (dc, da), |part, (dc, da)| {
        for (i, (dc, da)) in part.zip(dc.chunks_exact_mut(h).zip(da.chunks_exact_mut(4 * h))) {
            let gates = &read.gates[4 * i * h..][..4 * h];
            let [c, t, d] = [read.prev_c, read.tanh_c, read.dnext_h].map(|x| &x[i * h..][..h]);
            cell_slopes(gates, c, t, d, dc, da);
        }
    });
}

multiversion! {
    fn add<T>(x: &[T], to: &mut [T]) {
        for (to, x) in to.iter_mut().zip(x) {
            *to += *x;
        }
    }

    fn multiply<T>(a: &[T], b: &[T], out: &mut [T]) {
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

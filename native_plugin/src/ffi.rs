//! The exports: raw pointers and sizes in, a status out (see [`crate::status`]).
//!
//! For every kernel `name` there are `nndl_name_f32` and `nndl_name_f64`. Sizes are `u32`,
//! arrays are pointers to their first element, flags are `u32`, and results that are numbers go
//! to an array of one float64.

use crate::arguments::Arguments;
use crate::conv::{self, Conv};
use crate::gemm::batched::gemm_batched as products;
use crate::gemm::{Finish, gemm as product};
use crate::lstm::{Given, Passed, Sizes, Slopes, States};
use crate::norm::{Batch, Groups, Upstream};
use crate::optim::Adam;
use crate::pooling::{self, Pool};
use crate::simd::Vectors;
use crate::status::{copy_text, guard, last_error};
use crate::upsampling::Upsampling;
use crate::{
    activations, cores, cpu, elementwise, embedding, loss, lstm, norm, optim, pool, random, softmax,
};

/// Changes whenever the loader and an older library would misunderstand each other.
pub const ABI_VERSION: u32 = 4;

/// The version of the binary interface.
#[unsafe(no_mangle)]
pub extern "C" fn nndl_abi_version() -> u32 {
    ABI_VERSION
}

/// Sets the number of threads, or for 0, one for every core that the process may use. Returns the
/// number in use.
#[unsafe(no_mangle)]
pub extern "C" fn nndl_set_threads(threads: u32) -> u32 {
    // A panic is reported by status and message, not on standard error.
    std::panic::set_hook(Box::new(|_| {}));
    pool::set_threads(if threads == 0 { cores::usable() } else { threads as usize }) as u32
}

/// Uses no instruction set above `limit`: 1 portable, 2 AVX2, 3 AVX-512. Returns the one in use.
#[unsafe(no_mangle)]
pub extern "C" fn nndl_limit_isa(limit: u32) -> u32 {
    cpu::limit_isa(match limit {
        0 | 1 => cpu::Isa::Portable,
        2 => cpu::Isa::Avx2,
        _ => cpu::Isa::Avx512,
    }) as u32
}

/// Sets whether convolutions are sums of plain products only (1), or may go by minimal filtering (0).
#[unsafe(no_mangle)]
pub extern "C" fn nndl_set_strict(strict: u32) {
    conv::winograd::allow(strict == 0);
}

/// Writes the CPU features in use, UTF-8, separated by commas. Returns the number of bytes.
///
/// # Safety
/// `into` is valid for writing `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nndl_features(into: *mut u8, len: u32) -> u32 {
    // SAFETY: valid, says the caller.
    match unsafe { Arguments::default().write(into, len as usize) } {
        Ok(into) => copy_text(cpu::features(), into) as u32,
        Err(_) => 0,
    }
}

/// Writes the message of the last failure of this thread, UTF-8. Returns the number of bytes.
///
/// # Safety
/// `into` is valid for writing `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nndl_last_error(into: *mut u8, len: u32) -> u32 {
    // SAFETY: valid, says the caller.
    match unsafe { Arguments::default().write(into, len as usize) } {
        Ok(into) => last_error(into) as u32,
        Err(_) => 0,
    }
}

/// Draws a mask of `n` bytes from a Mersenne Twister, and leaves its new position in `moved`.
///
/// # Safety
/// `key` is valid for 624 words, `mask` for `n` bytes, `moved` for one number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nndl_keep_mask(
    key: *mut i32,
    position: u32,
    p: f64,
    n: u32,
    mask: *mut u8,
    moved: *mut f64,
) -> i32 {
    guard(|| {
        let mut arrays = Arguments::default();
        // SAFETY: valid, says the caller.
        let key = unsafe { arrays.write(key, random::STATE) }?;
        // SAFETY: valid, says the caller.
        let mask = unsafe { arrays.write(mask, n as usize) }?;
        // SAFETY: valid, says the caller.
        let moved = &mut unsafe { arrays.write(moved, 1) }?[0];
        let key = key.try_into().expect("624 words");
        let at = random::keep_mask(key, position as usize, p, mask)
            .ok_or_else(|| format!("position {position} is outside the state of 624 words"))?;
        *moved = at as f64;
        Ok(())
    })
}

/// Panics in every thread, to show that panics do not leave the library.
#[unsafe(no_mangle)]
pub extern "C" fn nndl_test_panic() -> i32 {
    guard(|| {
        pool::parallel(pool::threads(), |task| panic!("a panic on purpose, in task {task}"));
        Ok(())
    })
}

/// Makes two exports of a kernel, one for each element type. In the list of arguments, `size` is
/// a `u32` that the body sees as `usize`, `number` an `f64`, `read(len)` and `write(len)` are arrays
/// of elements, `labels(len)` and `mask(len)` arrays of `i32` and `u8`, `unless(len, other)` an
/// array of elements that may be the same as `other` and then is `None`, `optional` one that may be
/// null, `conv` and `pool` the numbers of a geometry, and `result` one float64.
macro_rules! exports {
    ($(
        $(#[$meta:meta])*
        $f32:ident, $f64:ident = $name:ident($($arg:ident: $kind:ident $(($len:expr $(, $other:ident)?))?),* $(,)?) $body:block
    )*) => {$(
        #[allow(clippy::too_many_arguments)]
        unsafe fn $name<T: Vectors>($($arg: exports!(@type $kind T)),*) -> i32 {
            guard(|| {
                let mut arrays = Arguments::default();
                $(exports!(@convert arrays $arg $kind $($len $(, $other)?)?);)*
                $body
                Ok(())
            })
        }

        $(#[$meta])*
        ///
        /// # Safety
        /// Every array is valid for the length that the sizes imply.
        #[unsafe(no_mangle)]
        #[allow(clippy::too_many_arguments)]
        pub unsafe extern "C" fn $f32($($arg: exports!(@type $kind f32)),*) -> i32 {
            // SAFETY: passed on to the caller.
            unsafe { $name::<f32>($($arg),*) }
        }

        $(#[$meta])*
        ///
        /// # Safety
        /// Every array is valid for the length that the sizes imply.
        #[unsafe(no_mangle)]
        #[allow(clippy::too_many_arguments)]
        pub unsafe extern "C" fn $f64($($arg: exports!(@type $kind f64)),*) -> i32 {
            // SAFETY: passed on to the caller.
            unsafe { $name::<f64>($($arg),*) }
        }
    )*};
    (@type size $t:ident) => { u32 };
    (@type number $t:ident) => { f64 };
    (@type read $t:ident) => { *const $t };
    (@type unless $t:ident) => { *const $t };
    (@type write $t:ident) => { *mut $t };
    (@type labels $t:ident) => { *const i32 };
    (@type mask $t:ident) => { *const u8 };
    (@type optional $t:ident) => { *const $t };
    (@type optional_write $t:ident) => { *mut $t };
    (@type places $t:ident) => { *mut i32 };
    (@type conv $t:ident) => { *const u32 };
    (@type pool $t:ident) => { *const u32 };
    (@type result $t:ident) => { *mut f64 };
    (@convert $arrays:ident $arg:ident size) => { let $arg = $arg as usize; };
    (@convert $arrays:ident $arg:ident number) => {};
    (@convert $arrays:ident $arg:ident unless $len:expr, $other:ident) => {
        let $arg = if std::ptr::eq($arg, $other) {
            None
        } else {
            // SAFETY: valid for the length, says the caller.
            Some(unsafe { $arrays.read($arg, $len) }?)
        };
    };
    (@convert $arrays:ident $arg:ident write $len:expr) => {
        // SAFETY: valid for the length, says the caller.
        let $arg = unsafe { $arrays.write($arg, $len) }?;
    };
    (@convert $arrays:ident $arg:ident result) => {
        // SAFETY: valid for one number, says the caller.
        let $arg = &mut unsafe { $arrays.write($arg, 1) }?[0];
    };
    (@convert $arrays:ident $arg:ident places $len:expr) => {
        exports!(@convert $arrays $arg write $len);
    };
    (@convert $arrays:ident $arg:ident optional $len:expr) => {
        // SAFETY: valid for the length, says the caller.
        let $arg = if $arg.is_null() { None } else { Some(unsafe { $arrays.read($arg, $len) }?) };
    };
    (@convert $arrays:ident $arg:ident optional_write $len:expr) => {
        // SAFETY: valid for the length, says the caller.
        let $arg = if $arg.is_null() { None } else { Some(unsafe { $arrays.write($arg, $len) }?) };
    };
    (@convert $arrays:ident $arg:ident conv) => {
        // SAFETY: valid for its 16 numbers, says the caller.
        let $arg = Conv::new(unsafe { $arrays.read($arg, 16) }?.try_into().expect("16 numbers"))?;
    };
    (@convert $arrays:ident $arg:ident pool) => {
        // SAFETY: valid for its 10 numbers, says the caller.
        let $arg = Pool::new(unsafe { $arrays.read($arg, 10) }?.try_into().expect("10 numbers"))?;
    };
    (@convert $arrays:ident $arg:ident $read:ident $len:expr) => {
        // SAFETY: valid for the length, says the caller.
        let $arg = unsafe { $arrays.read($arg, $len) }?;
    };
}

exports! {
    /// `C = op(A)·op(B) + beta·C`.
    nndl_gemm_f32, nndl_gemm_f64 = gemm(
        trans_a: size, trans_b: size, m: size, n: size, k: size,
        a: read(m * k), b: read(k * n), beta: size, c: write(m * n),
    ) {
        let finish = Finish { accumulate: beta != 0, ..Finish::STORE };
        product(trans_a != 0, trans_b != 0, m, n, k, a, b, finish, c);
    }

    /// `C_i = op(A_i)·op(B_i) + beta·C_i` for every plane of C.
    nndl_gemm_batched_f32, nndl_gemm_batched_f64 = gemm_batched(
        trans_a: size, trans_b: size, planes: size, planes_a: size, planes_b: size,
        m: size, n: size, k: size,
        a: read(planes_a * m * k), b: read(planes_b * k * n), beta: size, c: write(planes * m * n),
    ) {
        if planes > 0 && (planes_a == 0 || planes_b == 0) {
            return Err("an operand has no plane".into());
        }
        let finish = Finish { accumulate: beta != 0, ..Finish::STORE };
        let planes = [planes, planes_a, planes_b];
        products(trans_a != 0, trans_b != 0, planes, [m, n, k], a, b, finish, c);
    }

    /// `out = x·w + b`, then ReLU if asked.
    nndl_affine_f32, nndl_affine_f64 = affine(
        n: size, d: size, m: size,
        x: read(n * d), w: read(d * m), b: read(m), relu: size, out: write(n * m),
    ) {
        let finish = Finish { column_bias: Some(b), relu: relu != 0, ..Finish::STORE };
        product(false, false, n, m, d, x, w, finish, out);
    }

    /// `out[j] = Σ_i x[i, j]`.
    nndl_sum_rows_f32, nndl_sum_rows_f64 = sum_rows(
        n: size, m: size, x: read(n * m), out: write(m),
    ) {
        elementwise::sum_rows(m, x, out);
    }

    /// `out = max(0, x)`; `out` may be `x`.
    nndl_relu_forward_f32, nndl_relu_forward_f64 = relu_forward(
        n: size, x: unless(n, out), out: write(n),
    ) {
        match x {
            Some(x) => elementwise::relu_forward(x, out),
            None => elementwise::relu_in_place(out),
        }
    }

    /// `dx = dout where x > 0, else 0`; `dx` may be `dout`.
    nndl_relu_backward_f32, nndl_relu_backward_f64 = relu_backward(
        n: size, dout: unless(n, dx), x: read(n), dx: write(n),
    ) {
        match dout {
            Some(dout) => elementwise::relu_backward(dout, x, dx),
            None => elementwise::relu_backward_in_place(x, dx),
        }
    }

    /// `out = x · scale where mask is 1, else 0`; `out` may be `x`.
    nndl_mask_scale_f32, nndl_mask_scale_f64 = mask_scale(
        n: size, x: unless(n, out), mask: mask(n), scale: number, out: write(n),
    ) {
        let scale = T::from_f64(scale);
        match x {
            Some(x) => elementwise::mask_scale(x, mask, scale, out),
            None => elementwise::mask_scale_in_place(mask, scale, out),
        }
    }

    /// `y += alpha · x`.
    nndl_add_scaled_f32, nndl_add_scaled_f64 = add_scaled(
        n: size, alpha: number, x: read(n), y: write(n),
    ) {
        elementwise::add_scaled(T::from_f64(alpha), x, y);
    }

    /// `Σ x²`.
    nndl_sum_squares_f32, nndl_sum_squares_f64 = sum_squares(
        n: size, x: read(n), sum: result,
    ) {
        *sum = elementwise::sum_squares(x);
    }

    /// Batch normalisation with the statistics of the batch.
    nndl_batchnorm_forward_f32, nndl_batchnorm_forward_f64 = batchnorm_forward(
        n: size, c: size, s: size, x: read(n * c * s), gamma: read(c), beta: read(c), eps: number,
        out: write(n * c * s), mean: write(c), variance: write(c),
    ) {
        let batch = Batch { n, c, s };
        norm::batchnorm_forward(batch, x, gamma, beta, eps, false, out, mean, variance);
    }

    /// The same and ReLU.
    nndl_batchnorm_relu_forward_f32, nndl_batchnorm_relu_forward_f64 = batchnorm_relu_forward(
        n: size, c: size, s: size, x: read(n * c * s), gamma: read(c), beta: read(c), eps: number,
        out: write(n * c * s), mean: write(c), variance: write(c),
    ) {
        let batch = Batch { n, c, s };
        norm::batchnorm_forward(batch, x, gamma, beta, eps, true, out, mean, variance);
    }

    /// The same, ReLU and max pooling.
    nndl_batchnorm_relu_max_pool_forward_f32, nndl_batchnorm_relu_max_pool_forward_f64 = batchnorm_relu_max_pool_forward(
        g: pool, x: read(g.input_len()), gamma: read(g.channels), beta: read(g.channels),
        eps: number, out: write(g.output_len()), argmax: places(g.output_len()),
        mean: write(g.channels), variance: write(g.channels),
    ) {
        norm::batchnorm_relu_pool_forward(&g, x, gamma, beta, eps, out, argmax, mean, variance);
    }

    /// Batch normalisation with given statistics.
    nndl_batchnorm_apply_f32, nndl_batchnorm_apply_f64 = batchnorm_apply(
        n: size, c: size, s: size, x: read(n * c * s), gamma: read(c), beta: read(c),
        mean: read(c), variance: read(c), eps: number, out: write(n * c * s),
    ) {
        norm::batchnorm_apply(Batch { n, c, s }, x, gamma, beta, mean, variance, eps, out);
    }

    /// Gradient of batch normalisation.
    nndl_batchnorm_backward_f32, nndl_batchnorm_backward_f64 = batchnorm_backward(
        n: size, c: size, s: size, dout: read(n * c * s), x: read(n * c * s), gamma: read(c),
        mean: read(c), variance: read(c), eps: number, train: size,
        dx: write(n * c * s), dgamma: write(c), dbeta: write(c),
    ) {
        let (batch, upstream) = (Batch { n, c, s }, Upstream { dout, active: None });
        norm::batchnorm_backward(
            batch, upstream, x, gamma, mean, variance, eps, train != 0, dx, dgamma, dbeta,
        );
    }

    /// Gradient of batch normalisation and ReLU.
    nndl_batchnorm_relu_backward_f32, nndl_batchnorm_relu_backward_f64 = batchnorm_relu_backward(
        n: size, c: size, s: size, dout: read(n * c * s), out: read(n * c * s),
        x: read(n * c * s), gamma: read(c), mean: read(c), variance: read(c), eps: number,
        train: size, dx: write(n * c * s), dgamma: write(c), dbeta: write(c),
    ) {
        let (batch, upstream) = (Batch { n, c, s }, Upstream { dout, active: Some(out) });
        norm::batchnorm_backward(
            batch, upstream, x, gamma, mean, variance, eps, train != 0, dx, dgamma, dbeta,
        );
    }

    /// Gradient of batch normalisation, ReLU and max pooling.
    nndl_batchnorm_relu_max_pool_backward_f32, nndl_batchnorm_relu_max_pool_backward_f64 = batchnorm_relu_max_pool_backward(
        g: pool, dout: read(g.output_len()), out: read(g.output_len()),
        argmax: labels(g.output_len()), x: read(g.input_len()), gamma: read(g.channels),
        mean: read(g.channels), variance: read(g.channels), eps: number, train: size,
        dx: write(g.input_len()), dgamma: write(g.channels), dbeta: write(g.channels),
    ) {
        norm::batchnorm_relu_pool_backward(
            &g, dout, out, argmax, x, gamma, mean, variance, eps, train != 0, dx, dgamma, dbeta,
        );
    }

    /// Group normalisation.
    nndl_groupnorm_forward_f32, nndl_groupnorm_forward_f64 = groupnorm_forward(
        n: size, g: size, cg: size, s: size, x: read(n * g * cg * s), gamma: read(g * cg),
        beta: read(g * cg), eps: number, out: write(n * g * cg * s), mean: write(n * g),
        variance: write(n * g),
    ) {
        norm::groupnorm_forward(Groups { n, g, cg, s }, x, gamma, beta, eps, out, mean, variance);
    }

    /// Gradient of group normalisation.
    nndl_groupnorm_backward_f32, nndl_groupnorm_backward_f64 = groupnorm_backward(
        n: size, g: size, cg: size, s: size, dout: read(n * g * cg * s), x: read(n * g * cg * s),
        gamma: read(g * cg), mean: read(n * g), variance: read(n * g), eps: number,
        dx: write(n * g * cg * s), dgamma: write(g * cg), dbeta: write(g * cg),
    ) {
        norm::groupnorm_backward(
            Groups { n, g, cg, s }, dout, x, gamma, mean, variance, eps, dx, dgamma, dbeta,
        );
    }

    /// Softmax cross-entropy and its gradient.
    nndl_softmax_loss_f32, nndl_softmax_loss_f64 = softmax_loss(
        n: size, c: size, x: read(n * c), y: labels(n), dx: write(n * c), loss: result,
    ) {
        *loss = loss::softmax_loss(c, x, y, dx);
    }

    /// Multiclass hinge loss and its gradient.
    nndl_svm_loss_f32, nndl_svm_loss_f64 = svm_loss(
        n: size, c: size, x: read(n * c), y: labels(n), dx: write(n * c), loss: result,
    ) {
        *loss = loss::svm_loss(c, x, y, dx);
    }

    /// `out = tanh x`.
    nndl_tanh_forward_f32, nndl_tanh_forward_f64 = tanh_forward(
        n: size, x: unless(n, out), out: write(n),
    ) {
        activations::tanh_forward(x, out);
    }

    /// Its gradient.
    nndl_tanh_backward_f32, nndl_tanh_backward_f64 = tanh_backward(
        n: size, dout: unless(n, dx), out: read(n), dx: write(n),
    ) {
        activations::tanh_backward(dout, out, dx);
    }

    /// `out = 1 / (1 + e⁻ˣ)`.
    nndl_sigmoid_forward_f32, nndl_sigmoid_forward_f64 = sigmoid_forward(
        n: size, x: unless(n, out), out: write(n),
    ) {
        activations::sigmoid_forward(x, out);
    }

    /// Its gradient.
    nndl_sigmoid_backward_f32, nndl_sigmoid_backward_f64 = sigmoid_backward(
        n: size, dout: unless(n, dx), out: read(n), dx: write(n),
    ) {
        activations::sigmoid_backward(dout, out, dx);
    }

    /// `out = x · Φ(x)`.
    nndl_gelu_forward_f32, nndl_gelu_forward_f64 = gelu_forward(
        n: size, x: unless(n, out), out: write(n),
    ) {
        activations::gelu_forward(x, out);
    }

    /// Its gradient.
    nndl_gelu_backward_f32, nndl_gelu_backward_f64 = gelu_backward(
        n: size, dout: unless(n, dx), x: read(n), dx: write(n),
    ) {
        activations::gelu_backward(dout, x, dx);
    }

    /// `out = x where x > 0, else alpha · x`.
    nndl_leaky_relu_forward_f32, nndl_leaky_relu_forward_f64 = leaky_relu_forward(
        n: size, alpha: number, x: unless(n, out), out: write(n),
    ) {
        activations::leaky_relu_forward(T::from_f64(alpha), x, out);
    }

    /// Its gradient.
    nndl_leaky_relu_backward_f32, nndl_leaky_relu_backward_f64 = leaky_relu_backward(
        n: size, alpha: number, dout: unless(n, dx), x: read(n), dx: write(n),
    ) {
        activations::leaky_relu_backward(T::from_f64(alpha), dout, x, dx);
    }

    /// `x *= factor`.
    nndl_scale_f32, nndl_scale_f64 = scale(
        n: size, factor: number, x: write(n),
    ) {
        elementwise::scale(T::from_f64(factor), x);
    }

    /// Softmax over rows.
    nndl_softmax_forward_f32, nndl_softmax_forward_f64 = softmax_forward(
        n: size, c: size, x: unless(n * c, out), out: write(n * c),
    ) {
        softmax::softmax_forward(c, x, out);
    }

    /// Its gradient.
    nndl_softmax_backward_f32, nndl_softmax_backward_f64 = softmax_backward(
        n: size, c: size, dout: unless(n * c, dx), out: read(n * c), dx: write(n * c),
    ) {
        softmax::softmax_backward(c, dout, out, dx);
    }

    /// Its logarithm.
    nndl_log_softmax_forward_f32, nndl_log_softmax_forward_f64 = log_softmax_forward(
        n: size, c: size, x: unless(n * c, out), out: write(n * c),
    ) {
        softmax::log_softmax_forward(c, x, out);
    }

    /// Its gradient.
    nndl_log_softmax_backward_f32, nndl_log_softmax_backward_f64 = log_softmax_backward(
        n: size, c: size, dout: unless(n * c, dx), out: read(n * c), dx: write(n * c),
    ) {
        softmax::log_softmax_backward(c, dout, out, dx);
    }

    /// Rows of a table by index.
    nndl_embedding_forward_f32, nndl_embedding_forward_f64 = embedding_forward(
        n: size, v: size, d: size, x: labels(n), w: read(v * d), out: write(n * d),
    ) {
        embedding::check_indices(v, x)?;
        embedding::embedding_forward(d, x, w, out);
    }

    /// Its gradient.
    nndl_embedding_backward_f32, nndl_embedding_backward_f64 = embedding_backward(
        n: size, v: size, d: size, x: labels(n), dout: read(n * d), dw: write(v * d),
    ) {
        embedding::check_indices(v, x)?;
        embedding::embedding_backward(v, d, x, dout, dw);
    }

    /// An LSTM from the sums of its inputs on.
    nndl_lstm_forward_f32, nndl_lstm_forward_f64 = lstm_forward(
        t: size, n: size, h: size, wh: read(4 * h * h), h0: read(n * h), c0: read(n * h),
        gates: write(4 * t * n * h), cells: write(t * n * h), tanh_c: write(t * n * h),
        states: write(t * n * h),
    ) {
        let to = States { gates, cells, tanh_c, states };
        lstm::lstm_forward(Sizes { t, n, h }, Given { wh, h0, c0 }, to);
    }

    /// Its gradient.
    nndl_lstm_backward_f32, nndl_lstm_backward_f64 = lstm_backward(
        t: size, n: size, h: size, wh: read(4 * h * h), gates: read(4 * t * n * h),
        c0: read(n * h), cells: read(t * n * h), tanh_c: read(t * n * h), dh: write(t * n * h),
        dc: write(n * h), da: write(4 * t * n * h), dh0: optional_write(n * h),
    ) {
        let given = Passed { wh, gates, c0, cells, tanh_c };
        lstm::lstm_backward(Sizes { t, n, h }, given, Slopes { dh, dc, da, dh0 });
    }

    /// Upsampling by whole factors.
    nndl_upsample_forward_f32, nndl_upsample_forward_f64 = upsample_forward(
        planes: size, h: size, w: size, scale_h: size, scale_w: size, bilinear: size,
        x: read(planes * h * w), out: write(planes * h * scale_h * w * scale_w),
    ) {
        let g = Upsampling { planes, size: [h, w], scale: [scale_h, scale_w], bilinear: bilinear != 0 };
        g.forward(x, out);
    }

    /// Its gradient.
    nndl_upsample_backward_f32, nndl_upsample_backward_f64 = upsample_backward(
        planes: size, h: size, w: size, scale_h: size, scale_w: size, bilinear: size,
        dout: read(planes * h * scale_h * w * scale_w), dx: write(planes * h * w),
    ) {
        let g = Upsampling { planes, size: [h, w], scale: [scale_h, scale_w], bilinear: bilinear != 0 };
        g.backward(dout, dx);
    }

    /// `w -= rate · dw`.
    nndl_sgd_step_f32, nndl_sgd_step_f64 = sgd_step(
        n: size, w: write(n), dw: read(n), rate: number,
    ) {
        optim::sgd_step(w, dw, rate);
    }

    /// Gradient descent with momentum.
    nndl_momentum_step_f32, nndl_momentum_step_f64 = momentum_step(
        n: size, w: write(n), dw: read(n), v: write(n), rate: number, momentum: number,
    ) {
        optim::momentum_step(w, dw, v, rate, momentum);
    }

    /// Nesterov's momentum.
    nndl_nesterov_step_f32, nndl_nesterov_step_f64 = nesterov_step(
        n: size, w: write(n), dw: read(n), v: write(n), rate: number, momentum: number,
    ) {
        optim::nesterov_step(w, dw, v, rate, momentum);
    }

    /// RMSProp.
    nndl_rmsprop_step_f32, nndl_rmsprop_step_f64 = rmsprop_step(
        n: size, w: write(n), dw: read(n), cache: write(n), rate: number, decay: number,
        epsilon: number,
    ) {
        optim::rmsprop_step(w, dw, cache, rate, decay, epsilon);
    }

    /// Adam.
    nndl_adam_step_f32, nndl_adam_step_f64 = adam_step(
        n: size, w: write(n), dw: read(n), m: write(n), v: write(n), rate: number,
        beta1: number, beta2: number, epsilon: number, t: number,
    ) {
        optim::adam_step(w, dw, m, v, Adam { rate, beta1, beta2, epsilon, t });
    }

    /// Convolution.
    nndl_conv_forward_f32, nndl_conv_forward_f64 = conv_forward(
        g: conv, x: read(g.input_len()), w: read(g.weight_len()), b: optional(g.f), relu: size,
        out: write(g.output_len()),
    ) {
        conv::forward(&g, x, w, b, relu != 0, out);
    }

    /// Gradient of convolution with respect to its input.
    nndl_conv_backward_data_f32, nndl_conv_backward_data_f64 = conv_backward_data(
        g: conv, dout: read(g.output_len()), w: read(g.weight_len()), dx: write(g.input_len()),
    ) {
        conv::backward_data(&g, dout, w, dx);
    }

    /// Gradient of convolution with respect to weights and bias.
    nndl_conv_backward_weights_f32, nndl_conv_backward_weights_f64 = conv_backward_weights(
        g: conv, dout: read(g.output_len()), x: read(g.input_len()), dw: write(g.weight_len()),
        db: optional_write(g.f),
    ) {
        conv::backward_weights(&g, dout, x, dw, db);
    }

    /// Max pooling.
    nndl_max_pool_forward_f32, nndl_max_pool_forward_f64 = max_pool_forward(
        g: pool, x: read(g.input_len()), out: write(g.output_len()),
        argmax: places(g.output_len()),
    ) {
        pooling::max_forward(&g, x, out, argmax);
    }

    /// Gradient of max pooling.
    nndl_max_pool_backward_f32, nndl_max_pool_backward_f64 = max_pool_backward(
        g: pool, dout: read(g.output_len()), argmax: labels(g.output_len()),
        dx: write(g.input_len()),
    ) {
        pooling::max_backward(&g, dout, argmax, dx);
    }

    /// Average pooling.
    nndl_avg_pool_forward_f32, nndl_avg_pool_forward_f64 = avg_pool_forward(
        g: pool, x: read(g.input_len()), out: write(g.output_len()),
    ) {
        pooling::average_forward(&g, x, out);
    }

    /// Gradient of average pooling.
    nndl_avg_pool_backward_f32, nndl_avg_pool_backward_f64 = avg_pool_backward(
        g: pool, dout: read(g.output_len()), dx: write(g.input_len()),
    ) {
        pooling::average_backward(&g, dout, dx);
    }
}

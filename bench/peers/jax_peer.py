"""JAX as a peer: every training step is one compiled function."""

import os
from functools import partial

# Before the import: XLA reads the number of threads once.
threads = os.environ.get("OMP_NUM_THREADS")
if threads:
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={str(threads != '1').lower()}"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])

import jax
import jax.numpy as np
from jax import lax

from peer_loop import CannotDo, main

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def batchnorm(x, gamma, beta, running):
    """Normalises over all but the channels; also moves the running statistics on."""
    axes = (0,) if x.ndim == 2 else (0, 2, 3)
    wide = (lambda v: v) if x.ndim == 2 else (lambda v: v[:, None, None])
    mean, var = x.mean(axes), x.var(axes)
    moved = [0.9 * old + 0.1 * lax.stop_gradient(new) for old, new in zip(running, (mean, var))]
    return wide(gamma) * (x - wide(mean)) / np.sqrt(wide(var) + 1e-5) + wide(beta), moved


def convolve(x, w):
    pad = w.shape[2] // 2
    return lax.conv_general_dilated(x, w, (1, 1), [(pad, pad)] * 2)


def max_pool(x):
    return lax.reduce_window(x, -np.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def network(params, running, X, key, spec, count):
    """Scores, and the running statistics after the pass."""
    x, moved = X, {}
    for i in range(1, count + 1):
        w = params[f"W{i}"]
        if w.ndim == 4:
            x = convolve(x, w)
            if f"b{i}" in params:
                x = x + params[f"b{i}"][:, None, None]
        else:
            x = x.reshape(len(x), -1) @ w + params[f"b{i}"]
        if i == count:
            return x, moved
        if f"gamma{i}" in params:
            x, moved[i] = batchnorm(x, params[f"gamma{i}"], params[f"beta{i}"], running[i])
        x = jax.nn.relu(x)
        if w.ndim == 4:
            x = max_pool(x)
        elif spec["keep"] < 1:
            kept = jax.random.bernoulli(jax.random.fold_in(key, i), spec["keep"], x.shape)
            x = np.where(kept, x / spec["keep"], 0)


class Program:
    def describe(self):
        return {
            "version": jax.__version__,
            "detail": f"jit, device {jax.devices()[0].platform}",
            "threads": int(threads) if threads else 0,
        }

    def gemm(self, spec, a, b):
        a, b = np.asarray(a), np.asarray(b)
        product = jax.jit(
            lambda a, b: (a.T if spec["transA"] else a) @ (b.T if spec["transB"] else b)
        )
        out = product(a, b).block_until_ready()
        return lambda: product(a, b).block_until_ready(), out

    def axpy(self, x, y):
        raise CannotDo("its arrays cannot be changed in place")

    def net(self, spec, arrays):
        X, y = np.asarray(arrays["X"]), np.asarray(arrays["y"])
        params = {name: np.asarray(a) for name, a in arrays.items() if name not in ("X", "y")}
        count = sum(name.startswith("W") for name in params)
        uses_adam, rate = spec["rule"] == "adam", spec["rate"]

        def loss(params, running, X, key):
            scores, moved = network(params, running, X, key, spec, count)
            return -jax.nn.log_softmax(scores)[np.arange(len(y)), y].mean(), moved

        @partial(jax.jit, donate_argnums=0)
        def advance(state, X, key):
            params, m, v, running, t = state
            (value, running), grads = jax.value_and_grad(loss, has_aux=True)(
                params, running, X, key
            )
            t = t + 1
            if uses_adam:
                m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, grads)
                v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, grads)
                grads = jax.tree.map(
                    lambda m, v: m / (1 - BETA1**t) / (np.sqrt(v / (1 - BETA2**t)) + EPSILON),
                    m,
                    v,
                )
            params = jax.tree.map(lambda w, g: w - rate * g, params, grads)
            return value, (params, m, v, running, t)

        def zeros():
            return jax.tree.map(np.zeros_like, params) if uses_adam else {}

        running = {
            int(name[5:]): [np.zeros_like(a), np.ones_like(a)]
            for name, a in params.items()
            if name.startswith("gamma")
        }
        # A copy: the compiled function takes over what it is given.
        state = [jax.tree.map(np.copy, params), zeros(), zeros(), running, np.zeros(())]
        keys = iter(lambda: jax.random.fold_in(jax.random.key(0), int(state[4])), None)

        def step():
            value, state[:] = advance(tuple(state), X, next(keys))
            return float(value)

        return step


if __name__ == "__main__":
    main(Program())

"""Textbook layers in vectorised NumPy, as the course teaches them, as a peer."""

import sys

import numpy as np
from numpy.lib.stride_tricks import as_strided

from peer_loop import CannotDo, main


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache, needs_dx=True):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape) if needs_dx else None
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, x):
    return dout * (x > 0)


def batchnorm_forward(x, gamma, beta, running, eps=1e-5, momentum=0.9):
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    running["mean"] = momentum * running["mean"] + (1 - momentum) * mean
    running["var"] = momentum * running["var"] + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, std)


def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    n = len(dout)
    dx = gamma / (n * std) * (n * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


def dropout_forward(x, keep):
    mask = (np.random.rand(*x.shape) < keep) / keep
    return (x * mask).astype(x.dtype, copy=False), mask


def dropout_backward(dout, mask):
    return (dout * mask).astype(dout.dtype, copy=False)


def softmax_loss(x, y):
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[rows, y].mean()
    dx = np.exp(log_probs)
    dx[rows, y] -= 1
    return loss, dx / len(x)


def im2col(x, size, pad):
    """Every window of the images as a column: (C·size·size, N·H·W), with a step of 1."""
    n, c, h, w = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    s_n, s_c, s_h, s_w = padded.strides
    windows = as_strided(padded, (c, size, size, n, h, w), (s_c, s_h, s_w, s_n, s_h, s_w))
    return np.ascontiguousarray(windows).reshape(c * size * size, n * h * w)


def conv_forward(x, w, b):
    n, _, h, width = x.shape
    f, _, size, _ = w.shape
    cols = im2col(x, size, size // 2)
    out = w.reshape(f, -1) @ cols + b.reshape(-1, 1)
    return np.ascontiguousarray(out.reshape(f, n, h, width).transpose(1, 0, 2, 3)), (cols, w)


def conv_backward_weights(dout, cache):
    """Without the gradient of the images, which no training step needs."""
    cols, w = cache
    rows = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return (rows @ cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


def max_pool_forward(x):
    n, c, h, w = x.shape
    windows = x.reshape(n, c, h // 2, 2, w // 2, 2)
    out = windows.max(axis=3).max(axis=4)
    return out, (windows, out)


def max_pool_backward(dout, cache):
    windows, out = cache
    mask = windows == out[:, :, :, None, :, None]
    dx = mask * dout[:, :, :, None, :, None]
    dx /= mask.sum(axis=(3, 5), keepdims=True).astype(dx.dtype)
    n, c, h, _, w, _ = windows.shape
    return dx.reshape(n, c, 2 * h, 2 * w)


def sgd(w, dw, state, rate):
    w -= rate * dw


def adam(w, dw, state, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    if not state:
        state.update(m=np.zeros_like(w), v=np.zeros_like(w), t=0)
    state["t"] += 1
    state["m"] = beta1 * state["m"] + (1 - beta1) * dw
    state["v"] = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = state["m"] / (1 - beta1 ** state["t"])
    v_hat = state["v"] / (1 - beta2 ** state["t"])
    w -= rate * m_hat / (np.sqrt(v_hat) + epsilon)


def fully_connected(params, batchnorm, keep, image_gradient):
    count = sum(name.startswith("W") for name in params)
    running = [
        {"mean": np.zeros_like(params[f"b{i}"]), "var": np.zeros_like(params[f"b{i}"])}
        for i in range(1, count + 1)
    ]

    def loss(X, y):
        caches, out = [], X
        for i in range(1, count):
            out, affine = affine_forward(out, params[f"W{i}"], params[f"b{i}"])
            norm = mask = None
            if batchnorm:
                out, norm = batchnorm_forward(
                    out, params[f"gamma{i}"], params[f"beta{i}"], running[i - 1]
                )
            out, relu = relu_forward(out)
            if keep < 1:
                out, mask = dropout_forward(out, keep)
            caches.append((affine, norm, relu, mask))
        out, affine = affine_forward(out, params[f"W{count}"], params[f"b{count}"])
        value, dout = softmax_loss(out, y)

        grads = {}
        dout, grads[f"W{count}"], grads[f"b{count}"] = affine_backward(dout, affine)
        for i in range(count - 1, 0, -1):
            affine, norm, relu, mask = caches[i - 1]
            if mask is not None:
                dout = dropout_backward(dout, mask)
            dout = relu_backward(dout, relu)
            if batchnorm:
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dout, norm)
            dout, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(
                dout, affine, i > 1 or image_gradient
            )
        return value, grads

    return loss


def convolutional(params):
    def loss(X, y):
        out, conv = conv_forward(X, params["W1"], params["b1"])
        out, relu1 = relu_forward(out)
        out, pool = max_pool_forward(out)
        out, affine1 = affine_forward(out, params["W2"], params["b2"])
        out, relu2 = relu_forward(out)
        out, affine2 = affine_forward(out, params["W3"], params["b3"])
        value, dout = softmax_loss(out, y)

        grads = {}
        dout, grads["W3"], grads["b3"] = affine_backward(dout, affine2)
        dout, grads["W2"], grads["b2"] = affine_backward(relu_backward(dout, relu2), affine1)
        dout = relu_backward(max_pool_backward(dout, pool), relu1)
        grads["W1"], grads["b1"] = conv_backward_weights(dout, conv)
        return value, grads

    return loss


class Program:
    def describe(self):
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        detail = f"Python {sys.version.split()[0]}, {blas['name']} {blas['version']}"
        return {"version": np.__version__, "detail": detail, "threads": 0}

    def gemm(self, spec, a, b):
        a = a.T if spec["transA"] else a
        b = b.T if spec["transB"] else b
        out = np.empty((spec["m"], spec["n"]), np.float32)
        return lambda: np.matmul(a, b, out=out), out

    def axpy(self, x, y):
        alpha = np.float32(1e-9)

        def step():
            np.add(y, alpha * x, out=y)

        return step, y

    def net(self, spec, arrays):
        if spec["net"] == "conv-net":
            raise CannotDo("has no such network")
        X, y = arrays["X"], arrays["y"]
        params = {name: array.copy() for name, array in arrays.items() if name not in "Xy"}
        if spec["net"] == "conv":
            loss = convolutional(params)
        else:
            image_gradient = spec.get("imageGradient", False)
            loss = fully_connected(params, spec["batchnorm"], spec["keep"], image_gradient)
        update = adam if spec["rule"] == "adam" else sgd
        states = {name: {} for name in params}

        def step():
            value, grads = loss(X, y)
            for name, w in params.items():
                update(w, grads[name], states[name], spec["rate"])
            return value

        return step


if __name__ == "__main__":
    main(Program())

"""
The networks as PyTorch modules, trained with its own optimizers, as a peer: eagerly, or with
`--compile` through torch.compile.
"""

import os
import sys

import torch
from torch import nn

from peer_loop import main
from torch_models import model_step


def linear(w, b):
    layer = nn.Linear(*w.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(w.T.copy()))
        layer.bias.copy_(torch.from_numpy(b))
    return layer


def batchnorm(gamma, beta):
    layer = nn.BatchNorm1d(len(gamma))
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(gamma))
        layer.bias.copy_(torch.from_numpy(beta))
    return layer


def fully_connected(arrays, has_batchnorm, keep):
    count = sum(name.startswith("W") for name in arrays)
    layers = []
    for i in range(1, count):
        layers.append(linear(arrays[f"W{i}"], arrays[f"b{i}"]))
        if has_batchnorm:
            layers.append(batchnorm(arrays[f"gamma{i}"], arrays[f"beta{i}"]))
        layers.append(nn.ReLU())
        if keep < 1:
            layers.append(nn.Dropout(1 - keep))
    return nn.Sequential(*layers, linear(arrays[f"W{count}"], arrays[f"b{count}"]))


def convolutional(arrays):
    f, c, size, _ = arrays["W1"].shape
    conv = nn.Conv2d(c, f, size, padding=size // 2)
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(arrays["W1"]))
        conv.bias.copy_(torch.from_numpy(arrays["b1"]))
    return nn.Sequential(
        conv,
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        linear(arrays["W2"], arrays["b2"]),
        nn.ReLU(),
        linear(arrays["W3"], arrays["b3"]),
    )


def conv_net(arrays):
    """Stages of 3×3 convolution, batch normalisation, ReLU and pooling, and an affine layer."""
    count = sum(name.startswith("W") for name in arrays)
    layers = []
    for i in range(1, count):
        f, c, size, _ = arrays[f"W{i}"].shape
        conv, norm = nn.Conv2d(c, f, size, padding=size // 2, bias=False), nn.BatchNorm2d(f)
        with torch.no_grad():
            conv.weight.copy_(torch.from_numpy(arrays[f"W{i}"]))
            norm.weight.copy_(torch.from_numpy(arrays[f"gamma{i}"]))
            norm.bias.copy_(torch.from_numpy(arrays[f"beta{i}"]))
        layers += [conv, norm, nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), linear(arrays[f"W{count}"], arrays[f"b{count}"]))


COMPILES = "--compile" in sys.argv


def compiled(module):
    return torch.compile(module) if COMPILES else module


class Program:
    def describe(self):
        if COMPILES:
            # Fails here, with the reason, where there is no C++ compiler.
            torch.compile(lambda x: x.sin() + 1)(torch.zeros(8))
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count()))
        capability = torch.backends.cpu.get_cpu_capability()
        return {
            "version": torch.__version__,
            "detail": f"{capability}, mkldnn {torch.backends.mkldnn.is_available()}",
            "threads": torch.get_num_threads(),
        }

    def gemm(self, spec, a, b):
        a, b = torch.from_numpy(a), torch.from_numpy(b)
        a = a.T if spec["transA"] else a
        b = b.T if spec["transB"] else b
        out = torch.empty(spec["m"], spec["n"])
        return lambda: torch.mm(a, b, out=out), out

    def axpy(self, x, y):
        x, y = torch.from_numpy(x), torch.from_numpy(y)
        return lambda: y.add_(x, alpha=1e-9), y

    def net(self, spec, arrays):
        if spec["net"] == "conv":
            model = convolutional(arrays)
        elif spec["net"] == "conv-net":
            model = conv_net(arrays)
        else:
            model = fully_connected(arrays, spec["batchnorm"], spec["keep"])
        X = torch.from_numpy(arrays["X"])
        y = torch.from_numpy(arrays["y"]).long()
        rule = torch.optim.Adam if spec["rule"] == "adam" else torch.optim.SGD
        optimizer = rule(model.parameters(), lr=spec["rate"])
        criterion = nn.CrossEntropyLoss()
        scores = compiled(model)

        def step():
            optimizer.zero_grad()
            loss = criterion(scores(X), y)
            loss.backward()
            optimizer.step()
            return loss.item()

        return step

    def model(self, spec, arrays):
        return model_step(spec, arrays, compiled)


if __name__ == "__main__":
    main(Program())

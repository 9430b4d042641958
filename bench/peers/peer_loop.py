"""The side of a peer that is written in Python: reads requests, checks, times, answers."""

import json
import os
import resource
import sys
import time

import numpy as np

# Seconds after which the losses so far must do for the comparison.
SLOW = 5.0


class CannotDo(Exception):
    """The peer cannot do this work."""


def serve(program):
    """Answers requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            command = request["command"]
            if command == "describe":
                reply = program.describe()
            elif command == "prepare":
                step = None
                step, check = prepare(program, request["spec"], request["folder"])
                reply = {"check": check}
            elif command == "run":
                reply = {"times": run(step, request)}
            else:
                reply = {"megabytes": peak_memory()}
        except Exception as error:
            reply = {"cannot": f"{type(error).__name__}: {error}"}
            if isinstance(error, CannotDo):
                reply = {"cannot": str(error)}
        print(json.dumps(reply), file=answers, flush=True)


def prepare(program, spec, folder):
    if spec["kind"] in ("net", "model"):
        arrays = read_arrays(folder)
        make = getattr(program, spec["kind"], None)
        if make is None:
            raise CannotDo("has no such network")
        step = make({**spec, "keep": 1, "rate": spec["checkRate"]}, arrays)
        start = time.perf_counter()
        check = [float(step())]
        while len(check) < 3 and time.perf_counter() - start < SLOW:
            check.append(float(step()))
        return make(spec, arrays), check
    if spec["kind"] == "gemm":
        step, result = program.gemm(spec, np.load(f"{folder}/a.npy"), np.load(f"{folder}/b.npy"))
    else:
        step, result = program.axpy(ramp(spec["size"]), ramp(spec["size"]))
    step()
    values = np.asarray(result).reshape(-1)
    check = [float(values[i * (values.size - 1) // 7]) for i in range(8)]
    return step, check


def ramp(size):
    return (np.arange(size, dtype=np.int32) % 97).astype(np.float32)


def read_arrays(folder):
    return {name[:-4]: np.load(f"{folder}/{name}") for name in os.listdir(folder)}


def run(step, request):
    """Milliseconds of one step, for each sample of `inner` steps, until the budget is spent."""
    clock = time.perf_counter
    samples, inner, budget = (request[key] for key in ("samples", "inner", "budget"))
    times = []
    begin = clock()
    while len(times) < samples:
        start = clock()
        for _ in range(inner):
            step()
        end = clock()
        times.append(1000 * (end - start) / inner)
        if 1000 * (end - begin) > budget:
            break
    return times


def peak_memory():
    """The largest resident set so far, megabytes."""
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def once(program):
    """Makes the fully connected network with weights of its own and takes one step."""
    widths = [3072, 100, 100, 100, 10]
    arrays = {}
    for i, (d, m) in enumerate(zip(widths, widths[1:]), 1):
        arrays[f"W{i}"] = (0.01 * np.random.randn(d, m)).astype(np.float32)
        arrays[f"b{i}"] = np.zeros(m, np.float32)
        if i < 4:
            arrays[f"gamma{i}"] = np.ones(m, np.float32)
            arrays[f"beta{i}"] = np.zeros(m, np.float32)
    arrays["X"] = np.random.randn(100, 3072).astype(np.float32)
    arrays["y"] = np.arange(100, dtype=np.int32) % 10
    spec = {"net": "fully-connected", "batchnorm": True, "keep": 0.9, "rule": "adam", "rate": 1e-3}
    print(program.net(spec, arrays)())


def main(program):
    once(program) if "--once" in sys.argv else serve(program)

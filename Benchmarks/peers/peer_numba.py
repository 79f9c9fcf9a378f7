"""Numba: loops written out, with fastmath, and prange on several threads."""
import os
from math import erf, exp, log, sin, sqrt, tanh

import numba
import numpy as np
from numba import prange

version = numba.__version__
threads = int(os.environ["PEER_THREADS"])
numba.set_num_threads(threads)
LOOPS = {}
f4 = np.float32


def loop(f):
    """Compiles a loop for the workloads whose names begin with its own."""
    LOOPS[f.__name__] = numba.njit(f, parallel=threads > 1, fastmath=True, error_model="numpy")
    return LOOPS[f.__name__]


@loop
def pi(x, y):
    hits = 0
    for i in prange(x.size):
        hits += x[i] * x[i] + y[i] * y[i] <= 1
    return 4 * hits / x.size


@loop
def matmul(a, b):
    return np.dot(a, b)


@loop
def chain_f32(x, y):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = exp(-x[i] * x[i]) * sin(y[i]) + tanh(x[i] * y[i])
    return out


@loop
def chain_sum(x, y):
    total = 0.0
    for i in prange(x.size):
        total += exp(-x[i] * x[i]) * sin(y[i]) + tanh(x[i] * y[i])
    return total


@loop
def blackscholes(s, k, t):
    call, put, c = np.empty_like(s), np.empty_like(s), 0.5 ** 0.5
    for i in prange(s.size):
        deviation = 0.25 * sqrt(t[i])
        d1 = (log(s[i] / k[i]) + (0.03 + 0.5 * 0.25 ** 2) * t[i]) / deviation
        discounted = k[i] * exp(-0.03 * t[i])
        price = (s[i] * 0.5 * (1 + erf(d1 * c))
                 - discounted * 0.5 * (1 + erf((d1 - deviation) * c)))
        call[i] = price
        put[i] = price - s[i] + discounted
    return call, put


@loop
def gelu(x):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = f4(0.5) * x[i] * (f4(1) + erf(x[i] * f4(0.5 ** 0.5)))
    return out


@loop
def where_clip(x, y):
    out = np.empty_like(x)
    for i in prange(x.size):
        bent = x[i] if x[i] > 0 else x[i] * f4(0.125)
        out[i] = min(max(bent, f4(-1)), f4(1)) * y[i]
    return out


@loop
def mixed(x, k):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = x[i] * k[i] + 0.5 * k[i]
    return out


@loop
def softmax(x):
    out = np.empty_like(x)
    for i in prange(x.shape[0]):
        peak, total = x[i, 0], f4(0)
        for j in range(x.shape[1]):
            peak = max(peak, x[i, j])
        for j in range(x.shape[1]):
            e = exp(x[i, j] - peak)
            out[i, j] = e
            total += e
        for j in range(x.shape[1]):
            out[i, j] *= f4(1) / total
    return out


@loop
def layernorm(x):
    out, n = np.empty_like(x), f4(x.shape[1])
    for i in prange(x.shape[0]):
        total, squares = f4(0), f4(0)
        for j in range(x.shape[1]):
            total += x[i, j]
        mean = total / n
        for j in range(x.shape[1]):
            squares += (x[i, j] - mean) * (x[i, j] - mean)
        factor = f4(1) / sqrt(squares / n + f4(1e-5))
        for j in range(x.shape[1]):
            out[i, j] = (x[i, j] - mean) * factor
    return out


@loop
def rmsnorm(x, weight):
    out, n = np.empty_like(x), f4(x.shape[1])
    for i in prange(x.shape[0]):
        squares = f4(0)
        for j in range(x.shape[1]):
            squares += x[i, j] * x[i, j]
        factor = f4(1) / sqrt(squares / n + f4(1e-5))
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] * factor * weight[j]
    return out


@loop
def logsumexp(x):
    out = np.empty(x.shape[0], x.dtype)
    for i in prange(x.shape[0]):
        peak, total = x[i, 0], f4(0)
        for j in range(x.shape[1]):
            peak = max(peak, x[i, j])
        for j in range(x.shape[1]):
            total += exp(x[i, j] - peak)
        out[i] = log(total) + peak
    return out


@loop
def cosine(x, y):
    out = np.empty(x.shape[0], x.dtype)
    for i in prange(x.shape[0]):
        xy, xx, yy = f4(0), f4(0), f4(0)
        for j in range(x.shape[1]):
            xy += x[i, j] * y[i, j]
            xx += x[i, j] * x[i, j]
            yy += y[i, j] * y[i, j]
        out[i] = xy / (sqrt(xx) * sqrt(yy))
    return out


@loop
def sum_axis0(x):
    # Blocks of columns, so that threads share no sums.
    out = np.zeros(x.shape[1], x.dtype)
    for block in prange((x.shape[1] + 511) // 512):
        end = min(x.shape[1], block * 512 + 512)
        for i in range(x.shape[0]):
            for j in range(block * 512, end):
                out[j] += x[i, j]
    return out


@loop
def sum_axis1(x):
    out = np.empty(x.shape[0], x.dtype)
    for i in prange(x.shape[0]):
        total = f4(0)
        for j in range(x.shape[1]):
            total += x[i, j]
        out[i] = total
    return out


@loop
def var_all(x):
    flat, total, squares = x.reshape(x.size), 0.0, 0.0
    for i in prange(x.size):
        total += flat[i]
    mean = f4(total / x.size)
    for i in prange(x.size):
        squares += (flat[i] - mean) * (flat[i] - mean)
    return squares / x.size


@loop
def argmax(x):
    out = np.empty(x.shape[0], np.int64)
    for i in prange(x.shape[0]):
        best = 0
        for j in range(1, x.shape[1]):
            if x[i, j] > x[i, best]:
                best = j
        out[i] = best
    return out


@loop
def colstats(x):
    n, mean, var = x.shape[0], np.zeros(x.shape[1], x.dtype), np.zeros(x.shape[1], x.dtype)
    for block in prange((x.shape[1] + 511) // 512):
        start, end = block * 512, min(x.shape[1], block * 512 + 512)
        for i in range(n):
            for j in range(start, end):
                mean[j] += x[i, j]
        for j in range(start, end):
            mean[j] /= f4(n)
        for i in range(n):
            for j in range(start, end):
                var[j] += (x[i, j] - mean[j]) * (x[i, j] - mean[j])
        for j in range(start, end):
            var[j] /= f4(n)
    return mean, var


@loop
def stats(x):
    total, squares, greatest, least = 0.0, 0.0, x[0], x[0]
    for i in prange(x.size):
        total += x[i]
        squares += x[i] * x[i]
        greatest = max(greatest, x[i])
        least = min(least, x[i])
    return total, squares, greatest, least


@loop
def count_f32(x):
    hits = 0
    for i in prange(x.size):
        hits += (x[i] > f4(0.25)) & (x[i] < f4(0.75))
    return hits


@loop
def count_bool(a, b):
    hits = 0
    for i in prange(a.size):
        hits += a[i] & (not b[i])
    return hits


@loop
def bcast(a, b, c):
    out = np.empty_like(c)
    for i in prange(c.shape[0]):
        for j in range(c.shape[1]):
            out[i, j] = a[i, 0] * b[0, j] + c[i, j]
    return out


@loop
def transpose(x, y):
    # Tiles, so that both operands come by the cache line.
    out, n = np.empty_like(y), y.shape[0]
    for block in prange((n + 31) // 32):
        for start in range(0, n, 32):
            for i in range(block * 32, min(n, block * 32 + 32)):
                for j in range(start, min(n, start + 32)):
                    out[i, j] = x[j, i] * f4(2) + y[i, j]
    return out


@loop
def stencil(x):
    out = np.empty(x.size - 2, x.dtype)
    for i in prange(out.size):
        out[i] = f4(0.25) * x[i] + f4(0.5) * x[i + 1] + f4(0.25) * x[i + 2]
    return out


@loop
def concat(x, y):
    n = x.size
    out = np.empty(n + y.size, x.dtype)
    for i in prange(n):
        out[i] = x[i] * f4(2)
    for i in prange(y.size):
        out[n + i] = y[i] * f4(2)
    return out


@numba.njit
def small(x, y):
    return x + y


LOOPS["small"] = small


def build(workload, arrays, threads):
    return next(f for name, f in LOOPS.items() if workload.name.startswith(name)), arrays, None

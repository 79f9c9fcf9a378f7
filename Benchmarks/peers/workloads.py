"""The workloads: names, inputs and formulas are those of the Swift scoreboard.

A formula is written once over `m`, which is a peer's spelling of the functions (`ops.py`). The same
formulas over NumPy in double are the reference that every peer's result is checked against.
"""
import os

import numpy as np

SEED = 20261123
WORKLOADS = []


class Workload:
    def __init__(self, name, inputs, formula, relative, absolute):
        self.name, self.inputs, self.formula = name, inputs, formula
        self.relative, self.absolute = relative, absolute

    def arrays(self):
        random = np.random.default_rng(SEED)
        return [make(random) for make in self.inputs]

    def reference(self, m, arrays):
        """What `m`, NumPy's spelling, makes of the inputs in double."""
        wide = [a.astype("f8") if a.dtype == "f4" else a for a in arrays]
        return flat(self.formula(m, *wide))

    def excess(self, results, reference):
        """By how much the farthest element is farther than allowed; above 1 is wrong."""
        worst = 0.0
        for result, expected in zip(results, reference):
            if np.shape(result) != np.shape(expected):
                return float("inf")
            difference = np.abs(np.asarray(result, "f8") - expected)
            allowed = self.absolute + self.relative * np.abs(expected)
            excess = float(np.max(difference / np.maximum(allowed, 1e-300)))
            # Written so that a NaN is not lost; no reference has one.
            if not excess <= worst:
                worst = excess
        return worst if len(results) == len(reference) else float("inf")


def stored(folder, kind):
    """The arrays of a kind that a folder holds: `in`, `out`, which NumPy computed, or `martlet`."""
    count = sum(name.startswith(kind) for name in os.listdir(folder))
    return [np.load(f"{folder}/{kind}{i}.npy") for i in range(count)]


def flat(results):
    return list(results) if isinstance(results, (tuple, list)) else [results]


def uniform(low, high, dtype, *shape):
    return lambda random: random.uniform(low, high, shape).astype(dtype)


def normal(dtype, *shape):
    return lambda random: random.standard_normal(shape, dtype="f8").astype(dtype)


def integers(low, high, dtype, *shape):
    return lambda random: random.integers(low, high, shape, endpoint=True).astype(dtype)


def workload(name, *inputs, relative=0.0, absolute=0.0):
    """Makes a workload of the formula that follows; several may be made of one."""
    def add(formula):
        WORKLOADS.append(Workload(name, inputs, formula, relative, absolute))
        return formula
    return add


def pi(m, x, y):
    return 4 * m.count(x * x + y * y <= m.constant(1.0, x)) / x.shape[0]


def pi_i32(m, x, y):
    return 4 * m.sum(m.cast(x * x + y * y <= m.constant(1.0, x), "int32")) / x.shape[0]


for label, n in ("10k", 10_000), ("30k", 30_000), ("1M", 1_000_000), ("16M", 16_000_000):
    points = uniform(-1, 1, "f8", n), uniform(-1, 1, "f8", n)
    # One rounding less in x * x + y * y may move a point over the circle's edge.
    workload(f"pi{label}_f64", *points, absolute=8 / n + 1e-6)(pi)
    workload(f"pi{label}_f64_i32", *points, absolute=8 / n + 1e-6)(pi_i32)


def add(m, x, y):
    return x + y


# The second takes and returns NumPy's arrays (`serve.py`), whatever a peer's own are.
for name in "small4_f64", "small4np_f64":
    workload(name, uniform(0, 3, "f8", 4), uniform(0, 3, "f8", 4))(add)


def product(m, a, b):
    return m.matmul(a, b)


for dtype, n in ("f4", 512), ("f4", 1024), ("f4", 2048), ("f4", 5000), ("f8", 1024), ("f8", 2048):
    workload(f"matmul_f{8 * int(dtype[1])}_{n}", normal(dtype, n, n), normal(dtype, n, n),
             absolute=float(320 * np.finfo(dtype).eps * n ** 0.5))(product)


def chain(m, x, y):
    return m.exp(-x * x) * m.sin(y) + m.tanh(x * y)


def chain_sum(m, x, y):
    return m.sum(chain(m, x, y))


threes = uniform(-3, 3, "f4", 10_000_000), uniform(-3, 3, "f4", 10_000_000)
workload("chain_f32_1e7", *threes, relative=1e-5, absolute=5e-6)(chain)
workload("chain_sum_f32_1e7", *threes, relative=1e-5, absolute=60)(chain_sum)


@workload("blackscholes_f64_1e6", uniform(10, 100, "f8", 1_000_000),
          uniform(15, 110, "f8", 1_000_000), uniform(0.2, 2, "f8", 1_000_000),
          relative=1e-9, absolute=1e-9)
def black_scholes(m, s, k, t):
    c = lambda value: m.constant(value, s)
    normal = lambda x: c(0.5) * (c(1.0) + m.erf(x * c(0.5 ** 0.5)))
    deviation = c(0.25) * m.sqrt(t)
    d1 = (m.log(s / k) + c(0.03 + 0.5 * 0.25 ** 2) * t) / deviation
    discounted = k * m.exp(c(-0.03) * t)
    call = s * normal(d1) - discounted * normal(d1 - deviation)
    return call, call - s + discounted


@workload("gelu_f32_1e7", normal("f4", 10_000_000), relative=1e-5, absolute=1e-6)
def gelu(m, x):
    return m.gelu(x)


@workload("where_clip_f32_1e7", normal("f4", 10_000_000), normal("f4", 10_000_000), relative=1e-6)
def where_clip(m, x, y):
    bent = m.where(x > m.constant(0.0, x), x, x * m.constant(0.125, x))
    return m.clip(bent, -1.0, 1.0) * y


@workload("mixed_f64_i32_1e7", uniform(0, 1, "f8", 10_000_000),
          integers(-1000, 1000, "i4", 10_000_000), relative=1e-12, absolute=1e-12)
def mixed(m, x, i):
    return x * i + m.cast(i, "float64") * m.constant(0.5, x)


@workload("softmax_f32_4096x1024", normal("f4", 4096, 1024), relative=1e-4, absolute=1e-7)
def softmax(m, x):
    return m.softmax(x)


@workload("layernorm_f32_4096x1024", normal("f4", 4096, 1024), relative=1e-4, absolute=1e-5)
def layer_norm(m, x):
    return m.layer_norm(x, 1e-5)


@workload("rmsnorm_f32_4096x1024", normal("f4", 4096, 1024), uniform(0.5, 1.5, "f4", 1024),
          relative=1e-4, absolute=1e-6)
def rms_norm(m, x, weight):
    return x / m.sqrt(m.mean(x * x, 1, True) + m.constant(1e-5, x)) * weight


@workload("logsumexp_f32_4096x1024", normal("f4", 4096, 1024), relative=1e-5, absolute=1e-6)
def log_sum_exp(m, x):
    return m.logsumexp(x)


@workload("cosine_f32_8192x1024", normal("f4", 8192, 1024), normal("f4", 8192, 1024),
          relative=1e-4, absolute=1e-6)
def cosine(m, x, y):
    return m.sum(x * y, 1) / (m.sqrt(m.sum(x * x, 1)) * m.sqrt(m.sum(y * y, 1)))


square = uniform(0, 1, "f4", 4000, 4000)
workload("sum_axis0_f32_4000", square, relative=2e-5)(lambda m, x: m.sum(x, 0))
workload("sum_axis1_f32_4000", square, relative=2e-5)(lambda m, x: m.sum(x, 1))
workload("var_all_f32_4000", square, relative=1e-3)(lambda m, x: m.var(x))
workload("argmax_axis1_f32_4000", square)(lambda m, x: m.argmax(x, 1))
workload("colstats_f32_4000", square, relative=1e-3)(lambda m, x: (m.mean(x, 0), m.var(x, 0)))
workload("stats_f32_2e7", normal("f4", 20_000_000), relative=1e-5, absolute=160)(
    lambda m, x: (m.sum(x), m.sum(x * x), m.max(x), m.min(x)))
workload("count_f32_2e7", uniform(0, 1, "f4", 20_000_000))(
    lambda m, x: m.count((x > m.constant(0.25, x)) & (x < m.constant(0.75, x))))
workload("count_bool_4e7", integers(0, 1, "?", 40_000_000), integers(0, 1, "?", 40_000_000))(
    lambda m, a, b: m.count(a & m.logical_not(b)))


@workload("bcast_f32_4000", uniform(0, 1, "f4", 4000, 1), uniform(0, 1, "f4", 1, 4000), square,
          relative=1e-6, absolute=1e-6)
def broadcast(m, a, b, c):
    return a * b + c


@workload("transpose_fused_f32_4000", square, square, relative=1e-6, absolute=1e-6)
def transpose_fused(m, x, y):
    return m.transpose(x) * m.constant(2.0, x) + y


@workload("stencil_f32_1e7", uniform(0, 1, "f4", 10_000_002), relative=1e-6)
def stencil(m, x):
    quarter, half = m.constant(0.25, x), m.constant(0.5, x)
    return quarter * x[:-2] + half * x[1:-1] + quarter * x[2:]


@workload("concat_scale_f32_2e7", uniform(0, 1, "f4", 10_000_000), uniform(0, 1, "f4", 10_000_000))
def concat_scale(m, x, y):
    return m.concatenate([x, y]) * m.constant(2.0, x)


NAMED = {w.name: w for w in WORKLOADS}

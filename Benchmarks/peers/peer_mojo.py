"""Mojo: the loops of kernels.mojo, compiled beforehand and called by ctypes."""
import ctypes
import importlib.metadata
import os
import subprocess
import tempfile

import numpy as np

version = importlib.metadata.version("mojo-compiler")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "kernels.so")
    subprocess.run(["mojo", "build", "--emit", "shared-lib", "kernels.mojo", "-o", path], check=True)
    library = ctypes.CDLL(path)

# kernel -> arrays like its results
LIKE = {
    "small4": lambda x, y: [x],
    "chain_f32": lambda x, y: [x],
    "blackscholes": lambda s, k, t: [s, s],
    "gelu": lambda x: [x],
    "where_clip": lambda x, y: [x],
    "mixed": lambda x, i: [x],
    "softmax": lambda x: [x],
    "logsumexp": lambda x: [x[:, 0]],
    "layernorm": lambda x: [x],
    "rmsnorm": lambda x, weight: [x],
    "cosine": lambda x, y: [x[:, 0]],
    "sum_axis0": lambda x: [x[0]],
    "sum_axis1": lambda x: [x[:, 0]],
    "colstats": lambda x: [x[0], x[0]],
    "argmax": lambda x: [x[:, 0].astype(int)],
    "bcast": lambda a, b, c: [c],
    "transpose": lambda x, y: [y],
    "stencil": lambda x: [x[2:]],
    "concat": lambda x, y: [np.concatenate([x, y])],
    "stats": lambda x: [x[0]] * 4,
}
# These return a number, and keep each thread's share of it in an array.
NUMBERS = ["pi", "chain_sum", "var_all", "count_f32", "count_bool"]


def kept(array):
    """Its address, which keeps it from being freed."""
    return array.ctypes.data_as(ctypes.c_void_p)


def fresh(array):
    """The address alone, in a fraction of the time."""
    return ctypes.c_void_p(array.__array_interface__["data"][0])


def build(workload, arrays, threads):
    name = next((n for n in [*LIKE, *NUMBERS] if workload.name.startswith(n)), None)
    if name is None:
        raise NotImplementedError("no loop is written out for it")
    kernel = library[name]
    shape = max(arrays, key=np.size).shape
    if np.prod(shape) < 1 << 16:
        threads = 1  # It takes less than to wake others.
    inputs = [kept(a) for a in arrays]
    sizes = [ctypes.c_int64(n) for n in (shape[0], shape[-1], threads)]
    if name in NUMBERS:
        kernel.restype = ctypes.c_double
        operands = [*inputs, kept(np.zeros(16 * threads)), *sizes]
        return (lambda: kernel(*operands)), [], None
    like = LIKE[name](*arrays)

    def call():
        results = [np.empty_like(a) for a in like]
        kernel(*inputs, *map(fresh, results), *sizes)
        return results
    return call, [], None

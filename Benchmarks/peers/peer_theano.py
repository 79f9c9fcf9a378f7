"""Theano, by its C linker."""
import os

# The system's OpenBLAS gives processors that are newer than itself kernels of 2013, if not told better.
with open("/proc/cpuinfo") as file:
    if "avx512vl" in file.read():
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"

import numpy
import theano
import theano.tensor as T

from ops import Ops

version = theano.__version__


class TheanoOps(Ops):
    def constant(self, value, like):
        return numpy.asarray(value, dtype=like.dtype)[()]

    matmul = staticmethod(T.dot)
    softmax = staticmethod(T.nnet.softmax)
    logical_not = staticmethod(T.invert)
    transpose = staticmethod(lambda x: x.T)


def build(workload, arrays, threads):
    inputs = [T.TensorType(a.dtype.name, [length == 1 for length in a.shape])() for a in arrays]
    results = workload.formula(TheanoOps(T), *inputs)
    if isinstance(results, tuple):
        results = list(results)
    return theano.function(inputs, results), arrays, None

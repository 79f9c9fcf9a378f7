"""PyTensor, by its C and its Numba linkers."""
import os

import numpy
import pytensor
import pytensor.tensor as T

from ops import Ops

version = pytensor.__version__
MODE = {"c": "CVM", "numba": "NUMBA"}[os.environ["PEER_VARIANT"]]


class PyTensorOps(Ops):
    def constant(self, value, like):
        return numpy.asarray(value, dtype=like.dtype)[()]

    softmax = staticmethod(lambda x: T.special.softmax(x, axis=1))
    logsumexp = staticmethod(lambda x: T.logsumexp(x, axis=1))
    logical_not = staticmethod(T.invert)
    transpose = staticmethod(lambda x: x.T)


def build(workload, arrays, threads):
    shapes = [[1 if length == 1 else None for length in a.shape] for a in arrays]
    inputs = [T.tensor(f"x{i}", dtype=a.dtype.name, shape=s)
              for i, (a, s) in enumerate(zip(arrays, shapes))]
    results = workload.formula(PyTensorOps(T), *inputs)
    if isinstance(results, tuple):
        results = list(results)
    f = pytensor.function(inputs, results, mode=MODE)
    return f, arrays, None

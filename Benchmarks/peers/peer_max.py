"""MAX on the CPU: the formulas stage a graph. Its threads are as many as the cores it may use."""
import importlib.metadata

import numpy
from max.driver import CPU, Buffer
from max.dtype import DType
from max.engine import InferenceSession
from max.graph import DeviceRef, Graph, TensorType
from max.graph import ops as library

from ops import Ops

version = importlib.metadata.version("max")
session = InferenceSession(devices=[CPU()])
HERE = DeviceRef.CPU()
from_numpy = Buffer.from_numpy


class MAXOps(Ops):
    def constant(self, value, like):
        return library.constant(value, like.dtype, HERE)

    def cast(self, x, dtype):
        return x.cast(getattr(DType, dtype))

    def count(self, mask):
        return self.sum(mask.cast(DType.int64))

    def reduced(self, function, x, axis, keep=False):
        """The functions reduce one axis, and keep it with length 1."""
        if axis is None:
            return function(x.reshape([-1]), axis=0).reshape([])
        result = function(x, axis=axis)
        return result if keep else library.squeeze(result, axis)

    def sum(self, x, axis=None, keep=False):
        return self.reduced(library.sum, x, axis, keep)

    def mean(self, x, axis=None, keep=False):
        return self.reduced(library.mean, x, axis, keep)

    def max(self, x, axis=None, keep=False):
        return self.reduced(library.max, x, axis, keep)

    def min(self, x):
        return self.reduced(library.min, x, None)

    def argmax(self, x, axis):
        return self.reduced(library.argmax, x, axis)

    def var(self, x, axis=None):
        centred = x - self.reduced(library.mean, x, axis, axis is not None)
        return self.mean(centred * centred, axis)

    def clip(self, x, low, high):
        return library.max(library.min(x, self.constant(high, x)), self.constant(low, x))

    def layer_norm(self, x, epsilon):
        one, zero = (self.constant(numpy.full(1024, value, "f4"), x) for value in (1, 0))
        return library.layer_norm(x, one, zero, epsilon)

    transpose = staticmethod(lambda x: x.T)
    concatenate = staticmethod(library.concat)
    softmax = staticmethod(library.softmax)
    gelu = staticmethod(library.gelu)


def build(workload, arrays, threads):
    types = [TensorType(getattr(DType, a.dtype.name), a.shape, HERE) for a in arrays]
    with Graph(workload.name, input_types=types) as graph:
        results = workload.formula(MAXOps(library), *(i.tensor for i in graph.inputs))
        graph.output(*(results if isinstance(results, tuple) else (results,)))
    device = [from_numpy(a) for a in arrays]
    return session.load(graph).execute, device, lambda r: r.to_numpy()

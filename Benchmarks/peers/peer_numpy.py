"""NumPy, with SciPy's error function; only matrix products use more threads than one."""
import numpy
import scipy.special

from ops import Ops

version = numpy.__version__


class NumPyOps(Ops):
    erf = staticmethod(scipy.special.erf)


def build(workload, arrays, threads):
    m = NumPyOps(numpy)
    if workload.name.startswith("small"):
        return numpy.add, arrays, None
    if workload.name.startswith("matmul"):
        return numpy.matmul, arrays, None
    return (lambda *x: workload.formula(m, *x)), arrays, None

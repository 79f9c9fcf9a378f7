"""JAX on the CPU: every formula under `jit`."""
import jax
import jax.numpy as jnp
import numpy

from ops import Ops

jax.config.update("jax_enable_x64", True)
version = jax.__version__
from_numpy = jnp.asarray


class JAXOps(Ops):
    erf = staticmethod(jax.scipy.special.erf)
    softmax = staticmethod(lambda x: jax.nn.softmax(x, axis=1))
    logsumexp = staticmethod(lambda x: jax.nn.logsumexp(x, axis=1))
    gelu = staticmethod(lambda x: jax.nn.gelu(x, approximate=False))


def build(workload, arrays, threads):
    m = JAXOps(jnp)
    f = jax.jit(lambda *x: workload.formula(m, *x))
    device = jax.block_until_ready([from_numpy(a) for a in arrays])
    several = isinstance(jax.eval_shape(f, *device), tuple)
    call = (lambda *x: jax.block_until_ready(f(*x))) if several else (
        lambda *x: f(*x).block_until_ready())
    return call, device, numpy.asarray

"""TensorFlow on the CPU: tf.function, with and without XLA."""
import os

import tensorflow as tf

from ops import Ops

threads = int(os.environ["PEER_THREADS"])
tf.config.threading.set_inter_op_parallelism_threads(threads)
tf.config.threading.set_intra_op_parallelism_threads(threads)
version = tf.__version__
from_numpy = tf.constant
XLA = os.environ.get("PEER_VARIANT") == "xla"


class TensorFlowOps(Ops):
    def cast(self, x, dtype):
        return tf.cast(x, dtype)

    def count(self, mask):
        return tf.reduce_sum(tf.cast(mask, tf.int64))

    def sum(self, x, axis=None, keep=False):
        return tf.reduce_sum(x, axis, keep)

    def mean(self, x, axis=None, keep=False):
        return tf.reduce_mean(x, axis, keep)

    def max(self, x, axis=None, keep=False):
        return tf.reduce_max(x, axis, keep)

    def var(self, x, axis=None):
        return tf.math.reduce_variance(x, axis)

    def clip(self, x, low, high):
        return tf.clip_by_value(x, low, high)

    log, erf = staticmethod(tf.math.log), staticmethod(tf.math.erf)
    min = staticmethod(tf.reduce_min)
    logical_not = staticmethod(tf.math.logical_not)
    concatenate = staticmethod(lambda x: tf.concat(x, 0))
    softmax = staticmethod(lambda x: tf.nn.softmax(x, axis=1))
    logsumexp = staticmethod(lambda x: tf.reduce_logsumexp(x, axis=1))
    gelu = staticmethod(lambda x: tf.nn.gelu(x, approximate=False))


def build(workload, arrays, threads):
    m = TensorFlowOps(tf)
    body = lambda *x: workload.formula(m, *x)
    if workload.name.startswith("mixed"):
        # Its operators take operands of one dtype.
        body = lambda x, i: workload.formula(m, x, tf.cast(i, tf.float64))
    device = [from_numpy(a) for a in arrays]
    f = tf.function(body, jit_compile=XLA, autograph=False)
    specification = [tf.TensorSpec(d.shape, d.dtype) for d in device]
    return f.get_concrete_function(*specification), device, lambda r: r.numpy()

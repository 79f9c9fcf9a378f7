"""What the formulas are written with, in the spelling that NumPy, JAX, MLX and PyTensor share.

A peer overrides what it spells in another way, or has a function for.
"""


class Ops:
    def __init__(self, library):
        self.library = library

    def __getattr__(self, name):
        return getattr(self.library, name)

    def constant(self, value, like):
        """A number that does not widen the results of `like`'s dtype."""
        return value

    def cast(self, x, dtype):
        return x.astype(dtype)

    def count(self, mask):
        return self.sum(mask)

    def sum(self, x, axis=None, keep=False):
        return self.library.sum(x, axis=axis, keepdims=keep)

    def mean(self, x, axis=None, keep=False):
        return self.library.mean(x, axis=axis, keepdims=keep)

    def max(self, x, axis=None, keep=False):
        return self.library.max(x, axis=axis, keepdims=keep)

    def var(self, x, axis=None):
        return self.library.var(x, axis=axis)

    def softmax(self, x):
        e = self.exp(x - self.max(x, 1, True))
        return e / self.sum(e, 1, True)

    def logsumexp(self, x):
        peak = self.max(x, 1, True)
        return self.log(self.sum(self.exp(x - peak), 1)) + peak[:, 0]

    def layer_norm(self, x, epsilon):
        centred = x - self.mean(x, 1, True)
        variance = self.mean(centred * centred, 1, True)
        return centred / self.sqrt(variance + self.constant(epsilon, x))

    def gelu(self, x):
        half, one = self.constant(0.5, x), self.constant(1.0, x)
        return half * x * (one + self.erf(x * self.constant(0.5 ** 0.5, x)))

"""PyTorch on the CPU, eager and by torch.compile."""
import os

import torch

from ops import Ops

threads = int(os.environ["PEER_THREADS"])
torch.set_num_threads(threads)
torch.set_num_interop_threads(threads)
torch.set_grad_enabled(False)
version = torch.__version__
from_numpy = torch.from_numpy
COMPILED = os.environ.get("PEER_VARIANT") == "compile"


class TorchOps(Ops):
    def cast(self, x, dtype):
        return x.to(getattr(torch, dtype))

    def sum(self, x, axis=None, keep=False):
        return x.sum() if axis is None else x.sum(axis, keepdim=keep)

    def mean(self, x, axis=None, keep=False):
        return x.mean() if axis is None else x.mean(axis, keepdim=keep)

    def max(self, x, axis=None, keep=False):
        return x.amax() if axis is None else x.amax(axis, keepdim=keep)

    def var(self, x, axis=None):
        return torch.var(x, dim=axis, correction=0)

    def layer_norm(self, x, epsilon):
        return torch.nn.functional.layer_norm(x, (x.shape[1],), eps=epsilon)

    transpose = staticmethod(lambda x: x.T)
    softmax = staticmethod(lambda x: torch.softmax(x, 1))
    logsumexp = staticmethod(lambda x: torch.logsumexp(x, 1))
    gelu = staticmethod(torch.nn.functional.gelu)


def build(workload, arrays, threads):
    m = TorchOps(torch)
    f = lambda *x: workload.formula(m, *x)
    if COMPILED:
        torch._dynamo.reset()
        f = torch.compile(f, dynamic=False, fullgraph=True)
    elif workload.name.startswith("small"):
        f = torch.add
    return f, [from_numpy(a) for a in arrays], lambda r: r.numpy()

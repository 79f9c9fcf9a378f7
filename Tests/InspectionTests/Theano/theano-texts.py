"""Prints what Theano 1.0.5 says of programs that Martlet's tests hold too.

    python3.8 -m venv env && env/bin/pip install Theano==1.0.5 'numpy<1.22' 'scipy<1.8'
    env/bin/python theano-texts.py > theano-texts.txt

Martlet's graphs hold constants in the dtype that they are used in and every cast as a node, so the
programs here say both.
"""
import contextlib
import io
import os

os.environ["THEANO_FLAGS"] = "cxx=,blas.ldflags=,optimizer_excluding=inplace"  # In-place marks tell of buffers.
import numpy as np
import theano
import theano.scalar
import theano.tensor as T
from theano import pp
from theano.printing import debugprint

float32, float64 = np.float32, np.float64


def c(value, dtype="float64"):
    return T.constant(np.asarray(value, dtype))


x, y = T.dvector("x"), T.dvector("y")
m, w, b = T.fmatrix("m"), T.fmatrix("w"), T.fvector("b")
A = T.dmatrix("A")


def cast(value, dtype):
    return T.cast(value, dtype)


hits = T.sum(x ** c(2) + y ** c(2) <= c(1))
pi = cast(c(4, "int64") * hits, "float64") / cast(x.shape[0], "float64")
hits32 = T.sum(cast(x ** c(2) + y ** c(2) <= c(1), "int32"))
pi32 = cast(c(4, "int64") * hits32, "float64") / cast(x.shape[0], "float64")
e = T.exp(m - m.max(axis=1, keepdims=True))
softmax = e / e.sum(axis=1, keepdims=True)
joined = T.exp(T.concatenate([x[1:], y[:3], x[::-1], y[1:9:2]]))
index = A[1] + A[:, 0] * A[1:, 2]

programs = [
    ("pi", [x, y], [pi]),
    ("pi-int32", [x, y], [pi32]),
    ("softmax", [m], [softmax]),
    ("bias", [m, w, b], [T.tanh(T.dot(m, w.T) + b)]),
    ("concat-slice", [x, y], [joined]),
    ("index", [A], [index]),
    ("shapes", [A], [A.reshape((6,)), A.reshape((2, 3)), A.dimshuffle(0, "x", 1), A.T]),
    ("several", [x], [x.sum(), (x * x).sum(), x.max(), x.argmax(), x.prod()]),
    ("axes", [m], [m.sum(axis=0), m.max(axis=0), m.argmax(axis=1), m.prod(axis=1)]),
    ("logic", [x, y], [T.switch(T.and_(x < y, T.invert(x > c(0.5))), abs(x), -y)]),
    ("functions", [x], [T.exp(T.log1p(T.sqrt(T.sqr(x)))) % T.maximum(x, c(3)) // T.minimum(x, c(1e-5))]),
    ("constants", [x], [x + c([1, 2, 3]) * c([0.5, 0.5, 0.5]), x - c(np.arange(40))]),
    ("many", [x], [sum([T.exp(x * c(k)) for k in range(1, 14)], T.exp(x))]),
]

# What one kernel of Martlet's computes like one node of Theano's.
functions = [
    ("exp-add", [x, y], [T.exp(x) + y]),
    ("difference", [x, y], [T.exp(x + y) * x - y]),
    ("switch", [x, y], [T.switch(T.lt(x, y), x / y, T.sqrt(x))]),
    ("two", [x, y], [T.exp(x) + y, (x - y).sum()]),
    ("sums", [A], [A.sum(axis=0), A.prod()]),
    ("product", [m, w], [T.dot(m, w)]),
    ("join", [x, y], [T.concatenate([x, y])]),
]


def show(title, text):
    print("=== " + title)
    print(text, end="" if text.endswith("\n") else "\n")


def printed(*args, **kwargs):
    return debugprint(*args, file="str", **kwargs)


B = T.vector("B", dtype="bool")
# Martlet's name of each operation, and an application to tensors.
operations = dict(
    add=x + y, sub=x - y, mul=x * y, div=x / y, floorDiv=x // y, mod=x % y, pow=x**y, neg=-x,
    eq=T.eq(x, y), ne=T.neq(x, y), lt=x < y, le=x <= y, gt=x > y, ge=x >= y, xor=T.xor(B, B),
    where=T.switch(B, x, y), cast=cast(x, "int32"), abs=abs(x), sign=T.sgn(x), floor=T.floor(x),
    ceil=T.ceil(x), round=T.round(x, mode="half_to_even"), trunc=T.trunc(x), clip=T.clip(x, y, y),
    minimum=T.minimum(x, y), maximum=T.maximum(x, y), sqrt=T.sqrt(x), square=T.sqr(x),
    reciprocal=T.inv(x), exp=T.exp(x), expm1=T.expm1(x), log=T.log(x), log1p=T.log1p(x),
    sin=T.sin(x), cos=T.cos(x), tan=T.tan(x), tanh=T.tanh(x), sigmoid=T.nnet.sigmoid(x),
    softplus=T.nnet.softplus(x), erf=T.erf(x), erfc=T.erfc(x), erfcx=T.erfcx(x),
    **{"and": T.and_(B, B), "or": T.or_(B, B), "not": T.invert(B)})


def composite(variable):
    names = ["i%d" % i for i in range(len(variable.owner.inputs))]
    inputs = [theano.scalar.get_scalar_type(i.dtype)(n) for i, n in zip(variable.owner.inputs, names)]
    return theano.scalar.Composite(inputs, [variable.owner.op.scalar_op(*inputs)])


show("names", "\n".join(
    "%s %s %s" % (name, variable.owner.op, composite(variable))
    for name, variable in operations.items()))
for name, inputs, outputs in programs:
    show(name, printed(outputs))
    show(name + " types", printed(outputs, print_type=True))
    show(name + " pretty", "\n".join(pp(output) for output in outputs))
for name, inputs, outputs in functions:
    function = theano.function(inputs, outputs)
    show("compiled " + name, printed(function))
    show("compiled " + name + " types", printed(function, print_type=True))

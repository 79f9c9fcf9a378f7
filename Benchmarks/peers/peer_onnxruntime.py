"""ONNX Runtime on the CPU, with all its optimisations: the formulas write a model."""
import numpy
import onnx
import onnxruntime
from onnx import helper

from ops import Ops

version = onnxruntime.__version__
onnxruntime.set_default_logger_severity(3)
OPERATORS = {"__add__": "Add", "__sub__": "Sub", "__mul__": "Mul", "__truediv__": "Div",
             "__and__": "And", "__le__": "LessOrEqual", "__lt__": "Less", "__gt__": "Greater"}
FUNCTIONS = {"exp": "Exp", "sin": "Sin", "tanh": "Tanh", "log": "Log", "sqrt": "Sqrt",
             "erf": "Erf", "matmul": "MatMul", "where": "Where", "logical_not": "Not",
             "transpose": "Transpose"}


class Value:
    """A result of the model under construction."""

    def __init__(self, ops, name, dtype, shape=None):
        self.ops, self.name, self.dtype, self.shape = ops, name, dtype, shape

    def __neg__(self):
        return self.ops.node("Neg", self)

    def __radd__(self, number):
        return self + number

    def __rmul__(self, number):
        return self * number

    def __getitem__(self, index):
        if isinstance(index, tuple):
            return self.ops.node("Squeeze", self, numpy.array([1]))
        start, stop, _ = index.indices(self.shape[0])
        return self.ops.node("Slice", self, numpy.array([start]), numpy.array([stop]))


for method, operator in OPERATORS.items():
    setattr(Value, method, lambda a, b, operator=operator: a.ops.node(operator, a, b))


class ONNXOps(Ops):
    def __init__(self):
        self.nodes, self.constants, self.count_of_names = [], [], 0

    def __getattr__(self, name):
        return lambda *x: self.node(FUNCTIONS[name], *x)

    def node(self, operator, *operands, dtype=None, **attributes):
        first = next(o for o in operands if isinstance(o, Value))
        names = [self.named(o, first.dtype) for o in operands]
        result = self.fresh()
        self.nodes.append(helper.make_node(operator, names, [result], **attributes))
        # A comparison's dtype is bool, a condition's that of what it chooses from.
        last = next(o for o in reversed(operands) if isinstance(o, Value))
        compared = operator in ("LessOrEqual", "Less", "Greater")
        return Value(self, result, dtype or ("bool" if compared else last.dtype))

    def named(self, operand, dtype):
        if isinstance(operand, Value):
            return operand.name
        if isinstance(operand, (int, float)):
            operand = numpy.asarray(operand, dtype)
        name = self.fresh()
        self.constants.append(onnx.numpy_helper.from_array(operand, name))
        return name

    def fresh(self):
        self.count_of_names += 1
        return f"v{self.count_of_names}"

    def cast(self, x, dtype):
        kind = helper.np_dtype_to_tensor_dtype(numpy.dtype(dtype))
        return self.node("Cast", x, to=kind, dtype=dtype)

    def count(self, mask):
        return self.sum(self.cast(mask, "int64"))

    def reduced(self, operator, x, axis, keep):
        axes = [] if axis is None else [numpy.array([axis])]
        return self.node(operator, x, *axes, keepdims=int(keep))

    def sum(self, x, axis=None, keep=False):
        return self.reduced("ReduceSum", x, axis, keep)

    def mean(self, x, axis=None, keep=False):
        return self.reduced("ReduceMean", x, axis, keep)

    def max(self, x, axis=None, keep=False):
        return self.reduced("ReduceMax", x, axis, keep)

    def min(self, x):
        return self.reduced("ReduceMin", x, None, False)

    def var(self, x, axis=None):
        centred = x - self.mean(x, axis, True)
        return self.mean(centred * centred, axis)

    def argmax(self, x, axis):
        return self.node("ArgMax", x, axis=axis, keepdims=0, dtype="int64")

    def clip(self, x, low, high):
        return self.node("Clip", x, low, high)

    def concatenate(self, x):
        return self.node("Concat", *x, axis=0)

    def softmax(self, x):
        return self.node("Softmax", x, axis=1)

    def logsumexp(self, x):
        return self.reduced("ReduceLogSumExp", x, 1, False)

    def gelu(self, x):
        return self.node("Gelu", x)

    def layer_norm(self, x, epsilon):
        return self.node("LayerNormalization", x, numpy.ones(1024, "f4"), axis=1, epsilon=epsilon)


def build(workload, arrays, threads):
    ops = ONNXOps()
    inputs = [Value(ops, f"in{i}", a.dtype.name, a.shape) for i, a in enumerate(arrays)]
    if workload.name.startswith("mixed"):
        results = workload.formula(ops, inputs[0], ops.cast(inputs[1], "float64"))
    elif workload.name.startswith("pi"):
        # The operators take operands of one dtype.
        hits = inputs[0] * inputs[0] + inputs[1] * inputs[1] <= 1.0
        kind = "int32" if workload.name.endswith("i32") else "int64"
        hits = ops.cast(ops.sum(ops.cast(hits, kind)), "float64")
        results = hits * (4.0 / arrays[0].size)
    else:
        results = workload.formula(ops, *inputs)
    results = results if isinstance(results, tuple) else (results,)
    kind = lambda dtype: helper.np_dtype_to_tensor_dtype(numpy.dtype(dtype))
    graph = helper.make_graph(
        ops.nodes, "graph",
        [helper.make_tensor_value_info(v.name, kind(v.dtype), v.shape) for v in inputs],
        [helper.make_tensor_value_info(r.name, kind(r.dtype), None) for r in results],
        ops.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    named = {v.name: a for v, a in zip(inputs, arrays)}
    return lambda: session.run(None, named), [], None

"""Writes the arrays and what NumPy makes of the expressions: python3 make-fixtures.py [FOLDER]

The values beside this file are NumPy 2.4.6's. With a folder given, `expected.npz` goes there and the
arrays are left as they are."""
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)
arrays = {
    "x": random.uniform(-2, 2, 12),
    "y": random.uniform(-2, 2, 12),
    "m": random.normal(size=(3, 4)).astype("float32"),
    "n": random.normal(size=(4, 5)).astype("float32"),
    "c": random.integers(-5, 6, (3, 4)),
    "u": np.array([1, 100, 200, 255], "uint8"),
    "b": random.integers(0, 2, (3, 4)) == 1,
    "t": random.normal(size=(2, 3, 4)),
    "s": np.array(2.5),
    "z": np.zeros((0, 3)),
    "g": np.asfortranarray(random.normal(size=(4, 3)).astype(">f8")),
}
if len(sys.argv) == 1:
    for name, array in arrays.items():
        np.save(f"{here}/{name}.npy", array)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


names = {**vars(np), "np": np, "softmax": softmax, **arrays}
expected = {}
with open(f"{here}/expressions.txt") as lines:
    for number, line in enumerate(lines):
        values = eval(line, names)
        values = values if isinstance(values, tuple) else (values,)
        for position, value in enumerate(values):
            expected[f"{number}.{position}"] = np.asarray(value)
np.savez(f"{sys.argv[1] if len(sys.argv) > 1 else here}/expected.npz", **expected)
print(np.__version__)

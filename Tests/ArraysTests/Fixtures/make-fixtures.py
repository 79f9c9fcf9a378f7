"""Writes the files beside it with NumPy (2.4 when they were last made): python3 make-fixtures.py"""
import io
import os
import zipfile
import zlib

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()


def ramp(dtype, shape):
    """0, 1, 2, ... as `dtype`; for bool every second one is true."""
    values = np.arange(np.prod(shape, dtype=int))
    return (values % 2 == 1 if dtype == "bool" else values.astype(dtype)).reshape(shape)


for dtype in DTYPES:
    np.save(f"{dtype}.npy", ramp(dtype, (2, 3)))
    if np.dtype(dtype).itemsize > 1:
        np.save(f"{dtype}-big-endian.npy", ramp(dtype, (2, 3)).astype(np.dtype(dtype).newbyteorder(">")))
np.save("rank-0.npy", np.array(2.5))
np.save("empty.npy", np.zeros((0, 3), "float32"))
np.save("fortran-2.npy", np.asfortranarray(ramp("int32", (2, 3))))
np.save("fortran-3.npy", np.asfortranarray(ramp("float64", (2, 3, 4))))
for version in (1, 2, 3):
    with open(f"version-{version}.npy", "wb") as file:
        np.lib.format.write_array(file, ramp("int16", (4,)), version=(version, 0))

# What older writers made: a header of Python 2, and one aligned to 16 bytes only.
old = b"{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 3L), }"
old += b" " * (15 - (10 + len(old)) % 16) + b"\n"
with open("python-2.npy", "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + len(old).to_bytes(2, "little") + old + ramp("int32", (2, 3)).tobytes())
# A bool may be any byte.
plain = open("bool.npy", "rb").read()
with open("wide-bool.npy", "wb") as file:
    file.write(plain[:-6] + bytes([0, 2, 0, 255, 0, 1]))

# Archives. Text-like data makes blocks with codes of their own, a few bytes the fixed codes, and noise
# stored blocks.
random = np.random.RandomState(1)
arrays = {
    "ramp": ramp("int64", (300,)),
    "few": ramp("uint8", (3,)),
    "noise": random.randint(0, 256, 3000).astype("uint8"),
    "zeros": np.zeros((20, 20)),
    "größe": np.float32(7),
}
np.savez("stored.npz", **arrays)
np.savez_compressed("compressed.npz", **arrays)
with zipfile.ZipFile("mixed.npz", "w") as archive:
    for name, array in arrays.items():
        content = io.BytesIO()
        np.save(content, array)
        level = {"ramp": 1, "few": 9, "noise": 0}.get(name, 6)
        archive.writestr(name + ".npy", content.getvalue(), zipfile.ZIP_DEFLATED, level)
    archive.writestr("notes.txt", "not an array")
    archive.comment = b"a comment at the end"
np.savez("with-text.npz", label=np.array("m"), ramp=ramp("int64", (3,)))

# What NumPy prints: `printed.npz` holds the arrays, `printed.txt` their texts between lines of dashes.
nan, inf = np.nan, np.inf
printed = [
    np.array([9, 17, 29], "float32"), np.array([True, False]), np.array(True), np.array(7),
    np.array(2.5), np.array(1e16), np.array(1e-5), np.array(123456.0), np.array(-0.0), np.array(nan),
    np.array(1234567, "float32"), np.array(999999, "float32"), np.array(0.1, "float32"),
    np.zeros(0), np.zeros((0, 3)), np.zeros((2, 0, 2)), np.zeros((2, 3)), np.eye(3),
    np.arange(12).reshape(3, 4), np.arange(-5, 6), np.arange(24.0).reshape(2, 3, 4),
    np.array([1, 10, 100, -1000]), np.array([255, 0], "uint8"), np.array([2**64 - 1, 0], "uint64"),
    np.array([-(2**63), 2**63 - 1]), np.array([0.1, 0.25, 1 / 3]), np.array([1.5, nan, inf, -inf]),
    np.array([nan, nan]), np.array([inf, 1]), np.array([-inf, inf]), np.array([0.0, -0.0]),
    np.array([1e8]), np.array([99999999.0]), np.array([1e6], "float32"), np.array([999999], "float32"),
    np.array([1e-4]), np.array([9.9e-5]), np.array([1, 1000.0]), np.array([1, 1001.0]),
    np.array([1e-300, 1e300]), np.array([5e-324]), np.array([1.7976931348623157e308, 1]),
    np.array([1 / 3, 2 / 3], "float32"), np.array([1e10, nan, -inf]), np.array([1.25e-7, 3]),
    np.array([0.123456785, 0.5]), np.array([123456.123456789]), np.array([1e-10, 1, 0]),
    np.arange(1000), np.arange(1001), np.arange(2000.0).reshape(2, 1000), np.arange(4096).reshape(8, 8, 8, 8),
    np.arange(1001.0) / 7, np.arange(40) * 12345, np.arange(40) / 3, np.ones((3, 40)), np.ones((1, 1, 1, 1)),
    np.arange(60).reshape(2, 30) % 2 == 0, np.linspace(0, 1, 25).reshape(5, 5), np.array([[1.5], [nan]]),
    np.arange(1001 * 7).reshape(1001, 7), np.arange(7 * 1001).reshape(7, 1001) / 8,
]
np.savez_compressed("printed.npz", **{f"{i:03}": array for i, array in enumerate(printed)})
with open("printed.txt", "w") as file:
    file.write("\n-----\n".join(str(array) for array in printed))

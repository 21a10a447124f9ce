"""Writes the arrays beside it with NumPy, and expect.json: what NumPy says they hold."""
import json
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
base = np.array([[0, 1, 2], [3, 100, 5]])
arrays = {}
for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]:
    for order in "<>":
        value = base.astype(order + kind)
        if kind[0] == "i":
            value[1, 2] = -5
        if kind[0] == "f":
            value[0] = [np.nan, np.inf, -0.5]
        if kind[0] == "c":
            value[0, 0] = 1 - 2j
        arrays[f"{kind}_{'le' if order == '<' else 'be'}"] = value
arrays["bool"] = base > 2
arrays["bytes"] = np.array([[b"a", b"bc"], [b"", b"def"]])
arrays["text_le"] = np.array([["ünï", "b"], ["", "日本"]])
arrays["text_be"] = arrays["text_le"].astype(">U3")
arrays["times"] = np.array(["2024-01-31T12:00:00.5", "NaT", "1969-12-31T23:59:59"], dtype="M8[ms]")
arrays["days"] = np.array(["2024-01-31", "1900-01-01"], dtype="M8[D]")
arrays["fortran"] = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
arrays["cube"] = np.arange(24).reshape(2, 3, 4)
arrays["scalar"] = np.array(7.5)
arrays["vector"] = np.arange(5, dtype="<u2")
arrays["empty"] = np.zeros((0, 3))

expect = {}
for name, array in arrays.items():
    np.save(here / f"{name}.npy", array)
    flat = array.reshape(-1)
    if array.dtype.kind in "SU":
        texts = [x.decode() if isinstance(x, bytes) else str(x) for x in flat]
    elif array.dtype.kind == "b":
        texts = [str(bool(x)).lower() for x in flat]
    elif array.dtype.kind == "M":
        texts = [str(x) for x in flat]
    else:
        texts = None
    expect[name] = {
        "shape": array.shape,
        "type": array.dtype.newbyteorder("=").name,
        "texts": texts,
        "numbers": None if texts else [str(abs(complex(x))) if array.dtype.kind == "c" else str(float(x)) for x in flat],
    }
for version in [(2, 0), (3, 0)]:
    with open(here / f"version{version[0]}.npy", "wb") as f:
        np.lib.format.write_array(f, base, version=version)
np.save(here / "object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save(here / "record.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]))
np.savez(here / "stored.npz", a=base, b=arrays["text_le"])
np.savez_compressed(here / "deflated.npz", a=base, zeros=np.zeros(100_000), f=arrays["fortran"])
(here / "expect.json").write_text(json.dumps(expect, indent=1, ensure_ascii=False) + "\n")

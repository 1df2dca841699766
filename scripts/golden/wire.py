"""Wire form of programs and observations: bit-exact text for scalars and tensors, and the document around them."""

import base64
import json
import math
import struct

import numpy as np

SCALARS = ("lr", "alpha", "eps", "momentum", "weight_decay")
FLAGS = ("centered", "maximize")


def scalar(x):
    """The 16 lower-case hex digits of a binary64, most significant first."""
    return struct.pack(">d", x).hex()


def scalar_value(text):
    return struct.unpack(">d", bytes.fromhex(text))[0]


def tensor(values):
    """A float32 array of any shape as {shape, data}: base64 of little-endian binary32, row-major.

    Every NaN is written as 7fc00000: sign and payload of a NaN are not stable from one kernel to the next.
    """
    array = np.array(values, dtype=np.float32, order="C")
    array[np.isnan(array)] = np.float32(np.nan)
    return {
        "shape": list(array.shape),
        "data": base64.b64encode(array.astype("<f4").tobytes()).decode("ascii"),
    }


def tensor_values(wire):
    """The float32 array of a wire tensor, in its shape; a copy that may be written to."""
    return np.frombuffer(base64.b64decode(wire["data"]), dtype="<f4").astype(np.float32).reshape(wire["shape"])


def elements(wire):
    """How many elements a wire tensor has."""
    return math.prod(wire["shape"])


def hyperparameters(h):
    """All hyperparameters that `h` has, in wire form."""
    return {name: scalar(x) if name in SCALARS else bool(x) for name, x in h.items()}


def hyperparameter_values(wire):
    return {name: scalar_value(x) if name in SCALARS else x for name, x in wire.items()}


def init(groups):
    """`groups`: (hyperparameters, float32 arrays) for each group; every hyperparameter must be given."""
    for h, _ in groups:
        if set(h) != {*SCALARS, *FLAGS}:
            raise ValueError(f"init must list every hyperparameter of PyTorch's RMSprop: {sorted(h)}")
    return {
        "op": "init",
        "groups": [
            {"hyperparameters": hyperparameters(h), "parameters": [tensor(p) for p in parameters]}
            for h, parameters in groups
        ],
    }


def step(gradients):
    """One gradient a parameter; None where there is none."""
    return {"op": "step", "gradients": [None if g is None else tensor(g) for g in gradients]}


def change(group, **h):
    return {"op": "set", "group": group, "hyperparameters": hyperparameters(h)}


def checkpoint():
    return {"op": "checkpoint"}


def observe(*groups):
    """Every slot that one of these groups' hyperparameters gives rise to."""
    slots = ["parameter", "square_avg"]
    if any(h["centered"] for h in groups):
        slots.append("grad_avg")
    if any(h["momentum"] > 0 for h in groups):
        slots.append("momentum_buffer")
    return {"op": "observe", "slots": slots}


def program(operations):
    return {"format": "rmsprop-program/1", "dialect": "pytorch", "operations": operations}


def compact(value):
    """JSON text with sorted keys and no spaces; the same value gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def document(header, case_lines):
    """The text of a file: the header's fields and the cases, which are given as compact JSON, one a line."""
    before = {k: v for k, v in header.items() if k < "cases"}
    after = {k: v for k, v in header.items() if k > "cases"}
    return "".join(
        [
            compact(before)[:-1] + ("," if before else "") + '"cases":[\n',
            ",\n".join(case_lines),
            "\n]," + compact(after)[1:],
            "\n",
        ]
    )

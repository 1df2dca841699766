"""Write the fingerprint of every dialect: what its parameter is after each step of a few short programs.

    python3 generate.py [FILE]     default: spec/dialect-fingerprints.json

The standard library is all it needs. It reads nothing of the suite.
"""

import base64
import decimal
import json
import struct
import sys
from decimal import Decimal
from pathlib import Path

from dialects import DIALECTS
from programs import PROGRAMS

FILE = Path(__file__).parents[2] / "spec" / "dialect-fingerprints.json"
DIGITS = 60
PRECISIONS = (100, 150)
"""A fingerprint is computed with each of these numbers of digits and must come out the same."""


def tensor(x):
    """One float32 element in the wire form."""
    data = struct.pack("<f", x)
    if struct.unpack("<f", data)[0] != x:
        raise ValueError(f"{x} is not a float32 value")
    return {"shape": [1], "data": base64.b64encode(data).decode()}


def scalar(x):
    """A hyperparameter in the wire form."""
    return x if isinstance(x, bool) else struct.pack(">d", x).hex()


def operations(program):
    """The program in the wire form, with everything observed after each step."""
    made = []
    before = {}
    for t, (gradient, h) in enumerate(zip(program.gradients, program.hyperparameters(), strict=True)):
        changed = {name: scalar(x) for name, x in h.items() if before.get(name) != x}
        if t == 0:
            group = {"hyperparameters": changed, "parameters": [tensor(program.parameter)]}
            made.append({"op": "init", "groups": [group]})
        elif changed:
            made.append({"op": "set", "group": 0, "hyperparameters": changed})
        made.append({"op": "step", "gradients": [tensor(gradient)]})
        slots = ["parameter", "square_avg", "grad_avg", "momentum_buffer"]
        made.append({"op": "observe", "slots": slots})
        before = h
    return made


def trajectory(dialect, program, precision):
    context = decimal.Context(prec=precision, rounding=decimal.ROUND_HALF_EVEN, traps=[])
    with decimal.localcontext(context):
        return list(dialect(Decimal(program.parameter), program.steps()))


def text(x):
    """At most DIGITS significant digits, without trailing zeros."""
    if not x.is_finite():
        return "NaN" if x.is_nan() else str(x)
    rounded = decimal.Context(prec=DIGITS, rounding=decimal.ROUND_HALF_EVEN).plus(x)
    return "0" if rounded == 0 else f"{rounded.normalize(decimal.Context(prec=DIGITS)):f}"


def fingerprint(dialect, program):
    first, *others = ([text(x) for x in trajectory(dialect, program, precision)] for precision in PRECISIONS)
    if any(other != first for other in others):
        raise ArithmeticError(f"{PRECISIONS[0]} digits are too few for {DIGITS} certain ones")
    return first


def document():
    return {
        "format": "rmsprop-dialect-fingerprints/1",
        "generator": "scripts/fingerprints/generate.py",
        "digits": DIGITS,
        "programs": {
            name: {"comment": program.comment, "operations": operations(program)}
            for name, program in PROGRAMS.items()
        },
        "dialects": {
            dialect: {name: fingerprint(rule, program) for name, program in PROGRAMS.items()}
            for dialect, rule in DIALECTS.items()
        },
    }


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    target.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8", newline="\n")
    print(f"{target}: {len(DIALECTS)} dialects, {len(PROGRAMS)} programs")

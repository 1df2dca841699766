"""Errors of the elementary functions, which no standard limits: an assumption of the bound, in half-ulps.

Each is the smallest power of two that is at least twice the largest error that `measure_functions.py` found in
PyTorch and onnxruntime; README.md has the table.
"""

EXP = 4
"""Relative to the result."""

TANH = 16
"""Relative to the result."""

SIGMOID = 8
"""Of 1, since its tail may be cut off."""

LOG = 8
"""Of the result, or of 1 where that is larger."""

"""What one float32 operation may do to an exact result. README.md has the derivation."""

HALF_ULP = 2.0**-24 * (1 + 2.0**-20)
"""The relative error of a rounded operation; the small factor pays for the centre, which is rounded to binary64."""

SMALLEST_NORMAL = 2.0**-126
"""What an operation may lose below the normal range, whether subnormals are kept or flushed to zero."""

PADDING = 1 + 2.0**-40
"""Pays for the roundings of the bound's own computation: sums and products of positive binary64 numbers."""

DIVISION = 5
"""Half-ulps of a division: 1 where it is correct, 3 as a product with the rounded reciprocal, 5 on a graphics
processor (2.5 ulps)."""


def gamma(n):
    """n·u/(1 − n·u): the relative error of n rounded operations in a row, and of a sum of n products in any order."""
    return n * HALF_ULP / (1 - n * HALF_ULP)

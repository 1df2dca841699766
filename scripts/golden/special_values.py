"""Edge values of float32, and inputs made of them."""

import math

import numpy as np

from inputs import SHOWING, float32, ordinary_parameters

SMALLEST = 2.0**-149
SMALLEST_NORMAL = 2.0**-126
LARGEST = 2.0**128 - 2.0**104


def with_neighbours(x):
    middle = np.float32(x)
    return [np.nextafter(middle, np.float32(-np.inf)), middle, np.nextafter(middle, np.float32(np.inf))]


def finite_gradients(h):
    """Magnitudes where g, g² or (1 − α)g² reaches the end of a range, and plain numbers between."""
    overflow = 2.0**64 / math.sqrt(1 - h["alpha"])
    return [
        0.0,
        SMALLEST,
        3 * SMALLEST,
        SMALLEST_NORMAL - SMALLEST,
        SMALLEST_NORMAL,
        *with_neighbours(2.0**-75),  # g² = 2^-150, half the smallest float
        2.0**-72,
        *with_neighbours(2.0**-63),  # g² = 2^-126
        h["eps"],
        *with_neighbours(1.0),
        2.0**-12,
        2.0**63,
        *with_neighbours(2.0**64),  # g² = 2^128
        *with_neighbours(overflow),  # (1 − α)g² = 2^128
        2.0**100,
        LARGEST,
    ]


def signed(magnitudes):
    return [sign * float(m) for m in magnitudes for sign in (1, -1)]


def edge(rng, sizes, steps, h):
    """Edge values as gradients.

    The first step, where the state is still zero, shows every value once if there are at least 55 elements.
    Later steps draw at random; even elements stay finite, since an infinity or NaN leaves nothing to judge after it.
    """
    finite = float32(signed(finite_gradients(h)))
    special = float32([np.inf, -np.inf, np.nan])
    everything = np.concatenate([finite, special])
    total = sum(sizes)

    def split(values):
        return np.split(values, np.cumsum(sizes)[:-1])

    first = np.resize(rng.permutation(everything), total)
    later = [
        np.where(np.arange(total) % 2 == 0, rng.choice(finite, total), rng.choice(everything, total))
        for _ in range(steps - 1)
    ]
    return [split(values) for values in [first, *later]]


def edge_parameters(rng, sizes, h):
    """Every third element an edge value, the rest zero or tiny."""
    update = h["lr"] / math.sqrt(1 - h["alpha"])  # the first step's, without ε and momentum
    values = float32(
        [
            *signed(
                [
                    0.0,
                    SMALLEST,
                    SMALLEST_NORMAL - SMALLEST,
                    SMALLEST_NORMAL,
                    h["eps"],
                    *with_neighbours(h["lr"]),
                    *with_neighbours(update),
                    *with_neighbours(1.0),
                    2.0**24,
                    2.0**64,
                    LARGEST,
                    np.inf,
                ]
            ),
            np.nan,
        ]
    )
    return [
        np.where((np.arange(len(p)) + position) % 3 == 2, rng.choice(values, len(p)), p)
        for position, p in enumerate(ordinary_parameters(rng, sizes, h, SHOWING))
    ]

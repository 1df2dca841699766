"""Centered cases on tensors with a vector body and a scalar tail, which PyTorch's lerp computes differently.

With the weight w = 1 - alpha from 1/2 on, the body computes g + (w - 1)*(g - a) and the tail g - (g - a)*(1 - w). At
w = 1 their zeros may have different signs, and nothing else differs: so a matrix of zeros of both signs, subnormals,
gradients that repeat, infinities and NaN stands in the body and in the tail.
"""

import numpy as np

import wire
from case import Case
from inputs import float32, generator
from settings import COMBINATIONS, hyperparameters
from special_values import SMALLEST, SMALLEST_NORMAL

SIZES = (17, 33, 40)
"""16 + 1, 32 + 1 and 32 + 8 elements for vectors of 8: after the body there is a tail of one element, and of eight."""
STEPS = 5

AGAIN = "again"
"""The gradient of the step before, which is what the mean gradient holds at alpha = 0."""

FINITE = (0.0, -0.0, AGAIN, SMALLEST, -0.0, 1.0, 0.0, -SMALLEST, AGAIN, SMALLEST - SMALLEST_NORMAL, 0.75, -1.0)
"""Few bits, so that squares are exact and rounding alone makes no variance negative."""

SPECIAL = (np.inf, -np.inf, np.nan)

ALPHAS = {
    "weight-one": (0.0, COMBINATIONS),
    "weight-half": (0.5, [one for one in COMBINATIONS if one.weight_decay == one.maximize == one.momentum]),
    "weight-three-quarters": (0.25, [one for one in COMBINATIONS if one.weight_decay == one.maximize == one.momentum]),
}


def vector_tail():
    for name, (alpha, combinations) in ALPHAS.items():
        for combination in combinations:
            if combination.centered:
                yield tail_case(f"torch/vector-tail/{combination.id}/{name}", combination, alpha)


def tail_case(case_id, combination, alpha):
    h = {**hyperparameters("dyadic", combination), "alpha": alpha}
    rng = generator(case_id)
    operations = [wire.init([(h, [parameters(rng, n) for n in SIZES])])]
    before = [np.zeros(n, dtype=np.float32) for n in SIZES]
    for t in range(STEPS):
        before = [gradients(rng, t, k, old) for k, old in enumerate(before)]
        operations += [wire.step(before), wire.observe(h)]
    return Case(
        id=case_id,
        comment=f"{combination.words}; alpha {alpha}; zeros of both signs, subnormals, repeated gradients, infinities"
        " and NaN in vector body and tail",
        clause="RMS-11.7",
        flags=sorted(
            [
                *combination.flags,
                "Contraction",
                "Infinity",
                "NotANumber",
                "SignOfZero",
                "Subnormals",
                "TailElements",
            ]
        ),
        program=wire.program(operations),
    )


def parameters(rng, n):
    """Zeros of both signs, subnormals and numbers of few bits."""
    return float32(rng.choice([0.0, -0.0, SMALLEST, -SMALLEST, 0.5, -2.0], n))


def gradients(rng, t, position, before):
    """Step t's. The last element walks through all finite values, from another start in each tensor; the others draw
    them. In the last two steps every fifth element becomes infinite or NaN, the last one of one tensor among them."""
    n = len(before)
    drawn = rng.integers(0, len(FINITE), n)
    drawn[-1] = (t + 5 * position) % len(FINITE)
    values = [old if FINITE[k] is AGAIN else FINITE[k] for k, old in zip(drawn, before, strict=True)]
    if t >= STEPS - 2:
        special = rng.choice(SPECIAL, n)
        values = [special[i] if (n - 1 - i + position) % 5 == 0 else x for i, x in enumerate(values)]
    return float32(values)

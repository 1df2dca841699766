"""Inputs of the cases: parameters and gradients, as functions of a case's id alone.

Parameters are zero, of the update's size, or of the gradients' size, in turn. Where the update is below half an
ulp of the parameter, every formula gives the same parameter, and the observation shows nothing.
"""

import hashlib

import numpy as np

SHOWING = (0.0, 0.0, 2.0**-100)
"""Scales of parameters beside which nearly every update shows, as extreme gradients need."""


def generator(*key):
    """A random generator that depends on nothing but the key, so that adding a case moves no other."""
    digest = hashlib.sha256("\n".join(str(part) for part in key).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def float32(values):
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(values, dtype=np.float64).astype(np.float32)


def ordinary_parameters(rng, sizes, h, scales=None):
    """One float32 array a size; by element 0, lr, 8·lr or 1 times a normal number, or other scales in turn."""
    scales = np.array([0.0, h["lr"], 8 * h["lr"], 1.0] if scales is None else scales)
    return [
        float32(rng.standard_normal(n) * scales[(np.arange(n) + position) % len(scales)])
        for position, n in enumerate(sizes)
    ]


def normal(rng, sizes, steps, h):
    """N(0, 1) times a scale: in turn 8, 2^-10, about ε, nearly constant from step to step, 1."""
    bases = [rng.standard_normal(n) for n in sizes]

    def gradient(position, n):
        noise = rng.standard_normal(n)
        match position % 5:
            case 0:
                return noise * 8
            case 1:
                return noise * 2**-10
            case 2:
                return noise * 4 * h["eps"]
            case 3:
                return bases[position] * (1 + noise * 2**-12)
        return noise

    return [[float32(gradient(position, n)) for position, n in enumerate(sizes)] for _ in range(steps)]


def log_uniform(rng, sizes, steps, h):
    """Signs alternate. Even elements keep their exponent within ±2 over the steps, odd ones draw it anew."""
    ranges = [(-40, 40) if position % 2 else (-100, 62) for position in range(len(sizes))]
    bases = [rng.integers(*ranges[position], n) for position, n in enumerate(sizes)]

    def gradient(t, position, n):
        element = np.arange(n)
        kept = bases[position] + rng.integers(-2, 3, n)
        exponent = np.where(element % 2 == 0, kept, rng.integers(*ranges[position], n))
        sign = np.where((element + t) % 2 == 0, 1, -1)
        return np.ldexp(sign * rng.uniform(1, 2, n), exponent)

    return [[float32(gradient(t, position, n)) for position, n in enumerate(sizes)] for t in range(steps)]


def constant(rng, sizes, steps, h):
    """Constant over the steps, every other element but for a relative noise of 2^-12."""
    bases = [rng.standard_normal(n) for n in sizes]
    noise = [np.where(np.arange(n) % 2 == 0, 0.0, 2**-12) for n in sizes]
    return [
        [float32(base * (1 + scale * rng.standard_normal(len(base)))) for base, scale in zip(bases, noise, strict=True)]
        for _ in range(steps)
    ]


def bits(rng, sizes, steps, h):
    """Uniform random bit patterns: every exponent equally often, NaN and infinities among them."""
    return [[random_bits(rng, n) for n in sizes] for _ in range(steps)]


def random_bits(rng, n):
    return rng.integers(0, 2**32, n, dtype=np.uint32).view(np.float32)


def bits_parameters(rng, sizes, h):
    """Every third element a random bit pattern, the rest zero or tiny."""
    return [
        np.where((np.arange(len(p)) + position) % 3 == 2, random_bits(rng, len(p)), p)
        for position, p in enumerate(ordinary_parameters(rng, sizes, h, SHOWING))
    ]

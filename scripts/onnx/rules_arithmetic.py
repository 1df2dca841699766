"""Bounds through arithmetic: sums stay open to reordering, products and quotients are rounded."""

import math

import torch

from bounded import Bounded, of_sum, rounded
from rounding import DIVISION, SMALLEST_NORMAL


def literal(x):
    """A number of the program; an evaluation may have cast it to float32, or not."""
    centre = torch.tensor(float(x), dtype=torch.float64)
    if centre.float().double() == centre:
        return Bounded(centre, torch.zeros_like(centre))
    return rounded(centre, torch.zeros_like(centre), centre.abs())


def power_of_two(x):
    return isinstance(x, (int, float)) and x != 0 and math.frexp(x)[0] in (0.5, -0.5)


def bounded(x):
    return x if isinstance(x, Bounded) else literal(x)


def negative(a):
    return Bounded(-a.centre, a.radius, a.sum)


def add(a, b, alpha=1):
    if alpha != 1:
        raise NotImplementedError("an addition that scales its second operand has no rule")
    a, b = bounded(a), bounded(b)
    s, t = a.as_sum(), b.as_sum()
    return of_sum(a.centre + b.centre, s.propagated + t.propagated, s.magnitude + t.magnitude, s.terms + t.terms)


def subtract(a, b, alpha=1):
    return add(a, negative(bounded(b)), alpha)


def multiply(a, b):
    if power_of_two(a) or power_of_two(b):
        return scale(a, b) if power_of_two(b) else scale(b, a)
    a, b = bounded(a), bounded(b)
    propagated = a.centre.abs() * b.radius + b.centre.abs() * a.radius + a.radius * b.radius
    return rounded(a.centre * b.centre, propagated, a.largest * b.largest)


def scale(a, power):
    """Times a power of two: exact above the subnormal range."""
    a = bounded(a)
    lost = torch.where(a.largest > 0, SMALLEST_NORMAL, 0.0)
    return Bounded(a.centre * power, a.radius * abs(power) + lost)


def divide(a, b):
    if power_of_two(b):
        return scale(a, 1 / b)
    a, b = bounded(a), bounded(b)
    smallest = b.centre.abs() - b.radius
    if not (smallest > 0).all():
        raise ZeroDivisionError("a divisor may be zero within its bound")
    quotient = a.centre / b.centre
    propagated = (a.radius + quotient.abs() * b.radius) / smallest
    return rounded(quotient, propagated, a.largest / smallest, DIVISION)


def total(a, dims, keepdim=False):
    """The sum over some dimensions; all of them for an empty list."""
    dims = list(dims) or list(range(a.centre.dim()))
    s = a.as_sum()
    count = math.prod(a.centre.shape[d] for d in dims)
    parts = (x.sum(dims, keepdim) for x in (a.centre, s.propagated, s.magnitude))
    return of_sum(*parts, s.terms * count)


def mean(a, dims=(), keepdim=False):
    dims = list(dims) or list(range(a.centre.dim()))
    return divide(total(a, dims, keepdim), math.prod(a.centre.shape[d] for d in dims))


def bilinear(product, a, b, plus=None):
    """A matrix product or a convolution, `product`, and what is added to each of its sums.

    `product` takes two binary64 tensors; its number of terms is its value on ones.
    """
    propagated = product(a.centre.abs(), b.radius) + product(a.radius, b.largest)
    terms = int(product(torch.ones_like(a.centre), torch.ones_like(b.centre)).max().item())
    result = of_sum(product(a.centre, b.centre), propagated, product(a.largest, b.largest), terms)
    return result if plus is None else add(result, plus)


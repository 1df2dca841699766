"""Bounds through elementary functions: the slope over the interval, and the library's own error."""

import torch

import library_error
from bounded import Bounded, Sum, Truth, rounded
from rounding import SMALLEST_NORMAL, gamma
from rules_arithmetic import bounded


def exp(a):
    value = torch.exp(a.centre)
    top = torch.exp(a.centre + a.radius)
    return rounded(value, value * torch.expm1(a.radius), top, library_error.EXP)


def nearest_to_zero(a):
    return (a.centre.abs() - a.radius).clamp(min=0)


def tanh(a):
    """The slope is 1/cosh², largest where the interval is nearest to zero."""
    slope = torch.cosh(nearest_to_zero(a)) ** -2
    value = torch.tanh(a.centre)
    propagated = slope * a.radius
    return rounded(value, propagated, value.abs() + propagated, library_error.TANH)


def sigmoid(a):
    """The slope is e/(1 + e)² with e = exp(−|x|)."""
    e = torch.exp(-nearest_to_zero(a))
    value = torch.sigmoid(a.centre)
    return absolute(value, e / (1 + e) ** 2 * a.radius, library_error.SIGMOID)


def log1p(a):
    """As log1p(x), or as log(1 + x) with the sum rounded; x may not be negative. The slope is 1/(1 + x)."""
    lowest = a.centre - a.radius
    if not (lowest >= 0).all():
        raise ValueError("log1p has a rule for x >= 0 only")
    return absolute(torch.log1p(a.centre), a.radius / (1 + lowest), library_error.LOG + 1)


def absolute(value, propagated, half_ulps):
    """The result of a function whose error is stated in half-ulps of the larger of 1 and the result."""
    magnitude = (value.abs() + propagated).clamp(min=1)
    return rounded(value, propagated, magnitude, half_ulps)


def relu(a):
    rises = a.centre.clamp(min=0)
    return Bounded(rises, torch.minimum(a.radius, (a.centre + a.radius).clamp(min=0)))


def compare(operator, a, b):
    """`operator`: torch.le, torch.gt, … Evaluations agree where the intervals are apart."""
    a, b = bounded(a), bounded(b)
    apart = (a.centre - b.centre).abs() > a.radius + b.radius
    same = (a.radius == 0) & (b.radius == 0)
    return Truth(operator(a.centre, b.centre), apart | same)


def where(condition, a, b):
    """One of two values; both where the comparison is not certain."""
    a, b = bounded(a), bounded(b)
    centre = torch.where(condition.value, a.centre, b.centre)
    chosen = torch.where(condition.value, a.radius, b.radius)
    if condition.certain.all() and (a.sum or b.sum):
        s, t = a.as_sum(), b.as_sum()
        pairs = ((s.propagated, t.propagated), (s.magnitude, t.magnitude))
        parts = (torch.where(condition.value, *pair) for pair in pairs)
        return Bounded(centre, chosen, Sum(*parts, max(s.terms, t.terms)))
    either = torch.maximum((a.centre - centre).abs() + a.radius, (b.centre - centre).abs() + b.radius)
    return Bounded(centre, torch.where(condition.certain, chosen, either))


def log_softmax(a, dim):
    """x − m − log Σ exp(x − m) with m = max x, the subtractions in either order.

    The exact function moves by at most |Δx_i| + max_j |Δx_j|: its slopes are 1 and the probabilities, which add up to
    1. The rest is what the evaluation does at one x: m is exact, each difference is rounded, exp turns that into a
    relative error, the sum (at least 1, from the largest term) is rounded in any order, and the logarithm turns its
    relative error into an absolute one.
    """
    n = a.centre.shape[dim]
    value = torch.log_softmax(a.centre, dim)
    moved = a.radius.amax(dim, keepdim=True)
    maximum = a.centre.amax(dim, keepdim=True)
    difference = maximum - a.centre + moved + a.radius
    from_difference = torch.expm1(gamma(1) * difference.amax(dim, keepdim=True))
    relative = in_a_row(from_difference, gamma(library_error.EXP), gamma(n)) + 3 * n * SMALLEST_NORMAL
    from_sum = -torch.log1p(-relative)
    logarithm = torch.logsumexp(a.centre - maximum, dim, keepdim=True) + 2 * moved + from_sum
    own = gamma(library_error.LOG) * logarithm.clamp(min=1)
    subtractions = gamma(2) * (difference + maximum.abs() + moved + 2 * (logarithm + own))
    return rounded(value, a.radius + moved + from_sum + own + subtractions, torch.ones_like(value), 0)


def in_a_row(*errors):
    """The relative error of a quantity that meets these relative errors one after the other."""
    total = 0.0
    for error in errors:
        total = total + error + total * error
    return total

"""A tensor that is only known up to rounding: a centre, and how far any float32 evaluation may be from it."""

from dataclasses import dataclass

import torch

from rounding import PADDING, SMALLEST_NORMAL, gamma


@dataclass(frozen=True)
class Sum:
    """A sum whose terms may still be added in another order, together with the terms of another sum."""

    propagated: torch.Tensor
    """What the errors of the terms amount to, without the roundings of products and additions."""
    magnitude: torch.Tensor
    """The sum of the largest absolute values that the terms may have."""
    terms: int

    def radius(self):
        lost = torch.where(self.magnitude > 0, 3 * self.terms * SMALLEST_NORMAL, 0.0)
        return (self.propagated + gamma(self.terms) * self.magnitude + lost) * PADDING


@dataclass(frozen=True)
class Bounded:
    """Every float32 evaluation, and the exact value, is within `radius` of `centre`; all tensors are binary64."""

    centre: torch.Tensor
    radius: torch.Tensor
    sum: Sum | None = None

    @property
    def largest(self):
        """The largest absolute value of any evaluation."""
        return self.centre.abs() + self.radius

    def as_sum(self):
        """As a sum of one term where it is not a sum."""
        return self.sum or Sum(self.radius, self.largest, 1)


@dataclass(frozen=True)
class Truth:
    """The result of a comparison; where `certain` is false, evaluations may disagree."""

    value: torch.Tensor
    certain: torch.Tensor


def exact(tensor):
    """A float32 tensor that is given: no evaluation has another one, but a subnormal number may be read as zero."""
    centre = tensor.double()
    subnormal = (centre != 0) & (centre.abs() < SMALLEST_NORMAL)
    return Bounded(centre, torch.where(subnormal, centre.abs(), 0.0))


def of_sum(centre, propagated, magnitude, terms):
    total = Sum(propagated * PADDING, magnitude * PADDING, terms)
    return Bounded(centre, total.radius(), total)


def rounded(centre, propagated, magnitude, half_ulps=1):
    """The result of one operation: the operands' errors, and its own, relative to `magnitude`."""
    lost = torch.where(magnitude > 0, SMALLEST_NORMAL, 0.0)
    return Bounded(centre, (propagated + gamma(half_ulps) * magnitude + lost) * PADDING)

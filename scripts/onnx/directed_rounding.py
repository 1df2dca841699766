"""Reads a traced graph with every rounding forced to one side: evaluations that are worse than those of any library.

Each value is a float32 number, held in binary64. Library functions are exact but for that rounding.
"""

import numpy as np
import torch
from torch import fx

aten = torch.ops.aten


class DirectedRounding(fx.Interpreter):
    """`direction`: "up", "down", or "random", drawn for every rounding from `rng`."""

    def __init__(self, module, direction, rng):
        super().__init__(module)
        self.direction = direction
        self.rng = rng

    def call_function(self, target, args, kwargs):
        if target is aten.mm.default:
            return self.added(self.products(*args))
        if target is aten.addmm.default:
            bias, a, b = args
            first = bias.broadcast_to(a.shape[0], b.shape[1])
            return self.added([first, *self.products(a, b)])
        result = target(*args, **kwargs)
        if isinstance(result, torch.Tensor) and result.is_floating_point():
            return self.rounded(result.double())
        return result

    def products(self, a, b):
        return [self.rounded(a[:, k, None] * b[None, k]) for k in range(a.shape[1])]

    def added(self, terms):
        """From one end or the other, rounded at every step."""
        if self.rng.integers(2):
            terms = terms[::-1]
        total = terms[0]
        for term in terms[1:]:
            total = self.rounded(total + term)
        return total

    def rounded(self, x):
        nearest = x.float()
        below = torch.where(nearest.double() > x, torch.nextafter(nearest, torch.tensor(-torch.inf)), nearest)
        above = torch.where(nearest.double() < x, torch.nextafter(nearest, torch.tensor(torch.inf)), nearest)
        if self.direction == "random":
            up = torch.from_numpy(np.asarray(self.rng.integers(2, size=tuple(x.shape)) == 1))
        else:
            up = torch.tensor(self.direction == "up")
        return torch.where(up, above, below).double()


def evaluations(module, inputs, rng):
    """The outputs of one evaluation for each direction."""
    values = [x.double() if x.is_floating_point() else x for x in inputs]
    for direction in ("up", "down", "random"):
        yield DirectedRounding(module, direction, rng).run(*values, enable_io_processing=False)

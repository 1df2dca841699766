"""What a model's training needs: the network, its loss, and the batches of every step."""

from dataclasses import dataclass, field

import torch
from torch import nn

from inputs import float32

STEPS = 32


@dataclass(frozen=True)
class Task:
    name: str
    comment: str
    network: nn.Module
    """With its initial parameters, float32."""
    loss: object
    """(network's output, target) -> zero-dimensional tensor, as it is traced."""
    eager_loss: object
    """The loss of the eager run: PyTorch's own where it has one over the same formula."""
    batches: list
    """One (input, target) a step."""
    hyperparameters: dict = field(default_factory=dict)
    """Those that its run has instead of the variant's."""

    @property
    def parameters(self):
        """Name → parameter, in PyTorch's order."""
        return dict(self.network.named_parameters())


def set_parameters(network, draw):
    """Give every parameter the values of `draw(parameter)`, float32 arrays of its shape."""
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.from_numpy(draw(p)))


def uniform(rng, bound):
    """A draw from the interval that PyTorch's initialization uses, from a generator that is the same everywhere."""
    return lambda p: float32(rng.uniform(-bound, bound, tuple(p.shape)))


def rows(step, size, total):
    """The rows of a step's batch: the data from front to back, again and again."""
    start = step * size % total
    return slice(start, start + size)

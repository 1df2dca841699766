"""The programs that tell dialects apart: one parameter of one element, a few steps, a learning rate that changes.

Both forms of momentum are the same function while the learning rate is constant, so it changes in every program.
Parameters and gradients are float32 values, epsilon too: a mean square may start at it.
"""

from dataclasses import dataclass
from decimal import Decimal

OFF = {
    "momentum": 0.0,
    "weight_decay": 0.0,
    "centered": False,
    "maximize": False,
    "lr_decay": 0.0,
    "clip_value": float("inf"),
}
PLAIN = {**OFF, "alpha": 0.75, "eps": 2.0**-6}
EVERY_OPTION = {
    **PLAIN,
    "momentum": 0.5,
    "weight_decay": 0.125,
    "maximize": True,
    "lr_decay": 0.25,
    "clip_value": 0.375,
}


@dataclass(frozen=True)
class Step:
    """One step as a dialect sees it: the gradient and the hyperparameters at that time."""

    gradient: Decimal
    lr: Decimal
    alpha: Decimal
    eps: Decimal
    momentum: Decimal
    weight_decay: Decimal
    centered: bool
    maximize: bool
    lr_decay: Decimal
    clip_value: Decimal


@dataclass(frozen=True)
class Program:
    comment: str
    parameter: float
    start: dict
    """Hyperparameters before the first step, apart from the learning rate."""
    gradients: tuple
    learning_rates: tuple
    changes: dict
    """Step number from 0 -> hyperparameters that change before it."""

    def hyperparameters(self):
        """All hyperparameters at each step."""
        h = dict(self.start)
        for t, lr in enumerate(self.learning_rates):
            h = {**h, **self.changes.get(t, {}), "lr": lr}
            yield h

    def steps(self):
        # A Decimal of a float is exactly the number that its 64 bits say.
        for gradient, h in zip(self.gradients, self.hyperparameters(), strict=True):
            exact = {name: x if isinstance(x, bool) else Decimal(x) for name, x in h.items()}
            yield Step(gradient=Decimal(gradient), **exact)


def program(comment, parameter, start, gradients, learning_rates, changes=None):
    return Program(comment, parameter, start, gradients, learning_rates, changes or {})


PROGRAMS = {
    "plain": program(
        "No option is on: epsilon placement, initial accumulator, bias correction.",
        2.0,
        PLAIN,
        (0.5, -1.0, 0.375, 0.25),
        (0.25, 0.125, 0.5, 0.0625),
    ),
    "every-option": program(
        "Every option that is a number is on, and maximize; gradients on both sides of the clipping bound.",
        2.0,
        EVERY_OPTION,
        (0.5, -1.0, 0.375, 0.25),
        (0.25, 0.125, 0.5, 0.0625),
    ),
    "every-option-centered": program(
        "The same, centered. The variance stays above epsilon, so that subtracting epsilon leaves a real root.",
        2.0,
        {**EVERY_OPTION, "centered": True, "weight_decay": 2.0**-6},
        (0.5, -1.0, 0.375, 0.25),
        (0.25, 0.125, 0.5, 0.0625),
    ),
    "large-epsilon": program(
        "Epsilon is larger than the root, which shows max(root, epsilon), and than the centered variance.",
        1.0,
        {**OFF, "alpha": 0.5, "eps": 0.75, "centered": True},
        (0.25, -0.5, 0.125),
        (0.5, 0.25, 0.125),
    ),
    "momentum-switched-on": program(
        "Momentum is 0 for two steps, then 1/2: shows whether the buffer was fed before.",
        2.0,
        PLAIN,
        (0.5, -1.0, 0.375, 0.25),
        (0.25, 0.125, 0.5, 0.0625),
        {2: {"momentum": 0.5}},
    ),
    "decay-above-one": program(
        "Alpha is 3/2, which makes a mean square that started at 0 negative: shows a variance that is clamped.",
        1.0,
        {**OFF, "alpha": 1.5, "eps": 2.0**-6, "centered": True},
        (0.5, 0.25),
        (0.25, 0.125),
    ),
    "decay-above-one-large": program(
        "The same with gradients that outweigh a mean square that started at 1.",
        1.0,
        {**OFF, "alpha": 1.5, "eps": 2.0**-6, "centered": True},
        (4.0, 2.0),
        (0.25, 0.125),
    ),
    "decimal": program(
        "Hyperparameters as people write them, exactly what their 64 bits say.",
        0.5,
        {**OFF, "alpha": 0.99, "eps": 2.0**-20, "momentum": 0.9, "weight_decay": 0.01},
        (0.5, -1.0, 0.375, 0.25),
        (0.01, 0.001, 0.02, 0.003),
    ),
}

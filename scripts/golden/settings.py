"""Hyperparameters of the cases: which parts of the rule are on, and in which stratum the numbers lie."""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Combination:
    """Which optional parts of the rule a case uses."""

    momentum: bool
    centered: bool
    weight_decay: bool
    maximize: bool

    @property
    def id(self):
        return f"m{self.momentum:d}c{self.centered:d}w{self.weight_decay:d}x{self.maximize:d}"

    @property
    def words(self):
        """For a comment: the parts that are on."""
        on = [
            name
            for name, used in (
                ("momentum", self.momentum),
                ("centered", self.centered),
                ("weight decay", self.weight_decay),
                ("maximize", self.maximize),
            )
            if used
        ]
        return ", ".join(on) if on else "plain rule"

    @property
    def clause(self):
        """The clause that the most particular part belongs to; the plain rule has none of its own here."""
        if self.centered:
            return "RMS-7.1"
        if self.momentum:
            return "RMS-6.1"
        if self.weight_decay:
            return "RMS-9.2"
        return "RMS-9.1" if self.maximize else None

    @property
    def flags(self):
        return [
            *(["MomentumLearningRate"] if self.momentum else []),
            *(["MeanGradientRecurrence"] if self.centered else []),
            *(["WeightDecayBeforeSquare"] if self.weight_decay else []),
            *(["MaximizeSign"] if self.maximize else []),
            *(["MaximizeBeforeWeightDecay"] if self.maximize and self.weight_decay else []),
        ]


COMBINATIONS = [Combination(*parts) for parts in product((False, True), repeat=4)]

STRATA = {
    # Every number is exact in every precision, so no difference is about how scalars are rounded.
    "dyadic": {"lr": 2**-5, "alpha": 0.75, "eps": 2**-20, "momentum": 0.5, "weight_decay": 2**-4},
    "decimal": {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "momentum": 0.9, "weight_decay": 0.01},
    "decimal-fast": {"lr": 0.1, "alpha": 0.9, "eps": 1e-6, "momentum": 0.95, "weight_decay": 1e-4},
}


def hyperparameters(stratum, combination):
    """The full set of hyperparameters for a combination."""
    h = dict(STRATA[stratum], centered=combination.centered, maximize=combination.maximize)
    # From 1 - alpha = 1/2 on, PyTorch evaluates the mean gradient from the other end.
    if stratum == "dyadic" and combination.maximize:
        h["alpha"] = 0.5
    if not combination.momentum:
        h["momentum"] = 0.0
    if not combination.weight_decay:
        h["weight_decay"] = 0.0
    return h

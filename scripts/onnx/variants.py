"""Which optimizer a graph has: dialect, hyperparameters, and the clauses of the specification that it shows."""

from dataclasses import dataclass

PLAIN = {
    "lr": 0.01,
    "alpha": 0.99,
    "eps": 1e-8,
    "momentum": 0.0,
    "weight_decay": 0.0,
    "centered": False,
    "maximize": False,
}
"""The defaults of torch.optim.RMSprop."""


@dataclass(frozen=True)
class Variant:
    name: str
    dialect: str
    """An id of spec/dialects.ts."""
    hyperparameters: dict
    clauses: tuple
    initial_square: float = 0.0
    """What the mean square starts at."""

    @property
    def centered(self):
        return self.hyperparameters["centered"]

    @property
    def momentum(self):
        """Whether there is a momentum buffer."""
        return self.hyperparameters["momentum"] > 0

    @property
    def weight_decay(self):
        return self.hyperparameters["weight_decay"] != 0

    @property
    def slots(self):
        """The state slots, in the order of spec/step-shape.ts."""
        return [
            "square_avg",
            *(["grad_avg"] if self.centered else []),
            *(["momentum_buffer"] if self.momentum else []),
        ]

    @property
    def scalars(self):
        """The hyperparameters that are inputs of the graph."""
        return [
            "lr",
            "alpha",
            "one_minus_alpha",
            "eps",
            *(["momentum"] if self.momentum else []),
            *(["weight_decay"] if self.weight_decay else []),
        ]

    def scalar(self, name):
        """The binary64 value of an input; the host casts it to float32 once."""
        if name == "one_minus_alpha":
            return 1 - self.hyperparameters["alpha"]
        return self.hyperparameters[name]


VARIANTS = (
    Variant("pytorch", "pytorch", PLAIN, ("RMS-1.1", "RMS-1.2", "RMS-1.3")),
    Variant(
        "pytorch-centered-momentum-decay",
        "pytorch",
        {**PLAIN, "lr": 0.001, "momentum": 0.9, "weight_decay": 0.01, "centered": True},
        ("RMS-1.1", "RMS-1.3", "RMS-6.1", "RMS-7.1", "RMS-9.2"),
    ),
    Variant("inside", "textbook", {**PLAIN, "alpha": 0.9, "eps": 1e-6}, ("RMS-1.1", "RMS-1.2", "RMS-1.3")),
    Variant(
        "tensorflow-momentum",
        "tensorflow",
        {**PLAIN, "lr": 0.001, "alpha": 0.9, "eps": 1e-10, "momentum": 0.9},
        ("RMS-1.1", "RMS-1.3", "RMS-6.1"),
        initial_square=1.0,
    ),
)


def variant(name):
    return next(v for v in VARIANTS if v.name == name)

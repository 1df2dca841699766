"""Logistic regression: Linear(6, 1), binary cross-entropy, batches of 16."""

import torch
from torch import nn
from torch.nn import functional as F

from inputs import float32, generator
from sums import added
from task import STEPS, Task, rows, set_parameters, uniform

SIZE, TOTAL, INPUTS = 16, 64, 6


def cross_entropy(logit, target):
    """−y·log σ(z) − (1 − y)·log(1 − σ(z)) = softplus(z) − y·z."""
    return (F.softplus(logit) - target * logit).mean()


def logistic():
    rng = generator("onnx/logistic")
    x = float32(rng.standard_normal((TOTAL, INPUTS)))
    y = float32(added(x * rng.standard_normal(INPUTS)) + rng.standard_normal((TOTAL, 1)) > 0)
    network = nn.Linear(INPUTS, 1)
    set_parameters(network, uniform(rng, INPUTS**-0.5))
    batches = [(x[rows(t, SIZE, TOTAL)], y[rows(t, SIZE, TOTAL)]) for t in range(STEPS)]
    return Task(
        "logistic",
        "logistic regression on 6 features, binary cross-entropy as softplus(z) - y*z, batches of 16",
        network,
        cross_entropy,
        cross_entropy,
        [tuple(map(torch.from_numpy, batch)) for batch in batches],
    )

"""Linear regression: Linear(10, 1), mean squared error, batches of 16."""

import torch
from torch import nn
from torch.nn import functional as F

from inputs import float32, generator
from sums import added
from task import STEPS, Task, rows, set_parameters, uniform

SIZE, TOTAL, INPUTS = 16, 64, 10


def linear():
    rng = generator("onnx/linear")
    x = float32(rng.standard_normal((TOTAL, INPUTS)))
    y = float32(added(x * rng.standard_normal(INPUTS)) + 0.1 * rng.standard_normal((TOTAL, 1)))
    network = nn.Linear(INPUTS, 1)
    set_parameters(network, uniform(rng, INPUTS**-0.5))
    batches = [(x[rows(t, SIZE, TOTAL)], y[rows(t, SIZE, TOTAL)]) for t in range(STEPS)]
    return Task(
        "linear",
        "Linear(10, 1), mean squared error, batches of 16",
        network,
        F.mse_loss,
        F.mse_loss,
        [tuple(map(torch.from_numpy, batch)) for batch in batches],
    )

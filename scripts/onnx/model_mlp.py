"""A classifier 4-12-3 with ReLU, cross-entropy, batches of 16."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from classification import one_hot_cross_entropy
from inputs import float32, generator
from task import STEPS, Task, rows, set_parameters, uniform

SIZE, TOTAL = 16, 48


def mlp():
    rng = generator("onnx/mlp")
    labels = np.arange(TOTAL) % 3
    x = float32(rng.standard_normal((TOTAL, 4)) + np.eye(3, 4)[labels] * 2)
    network = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 3))
    set_parameters(network, lambda p: uniform(rng, (0.5 if 4 in p.shape else 12**-0.5))(p))
    batches = [(x[rows(t, SIZE, TOTAL)], labels[rows(t, SIZE, TOTAL)]) for t in range(STEPS)]
    return Task(
        "mlp",
        "classifier 4-12-3 with ReLU, cross-entropy, batches of 16",
        network,
        one_hot_cross_entropy,
        F.cross_entropy,
        [tuple(map(torch.from_numpy, batch)) for batch in batches],
    )

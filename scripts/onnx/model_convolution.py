"""A small convolutional classifier of 8 by 8 images: convolution, ReLU, average pooling, linear; batches of 8."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from classification import one_hot_cross_entropy
from inputs import float32, generator
from task import STEPS, Task, rows, set_parameters, uniform

SIZE, TOTAL, EDGE = 8, 24, 8


def convolution():
    rng = generator("onnx/convolution")
    labels = np.arange(TOTAL) % 3
    down, right = np.mgrid[:EDGE, :EDGE]
    patterns = np.stack([down % 2, right % 2, (down + right) % 2])  # stripes both ways, and a chessboard
    x = float32(rng.standard_normal((TOTAL, 1, EDGE, EDGE)) + 2 * patterns[labels][:, None])
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(36, 3))
    set_parameters(network, lambda p: uniform(rng, 36**-0.5 if 36 in p.shape or p.shape == (3,) else 1 / 3)(p))
    batches = [(x[rows(t, SIZE, TOTAL)], labels[rows(t, SIZE, TOTAL)]) for t in range(STEPS)]
    return Task(
        "convolution",
        "4 filters of 3 by 3 on images of 8 by 8, ReLU, average pooling, linear, cross-entropy, batches of 8",
        network,
        one_hot_cross_entropy,
        F.cross_entropy,
        [tuple(map(torch.from_numpy, batch)) for batch in batches],
    )

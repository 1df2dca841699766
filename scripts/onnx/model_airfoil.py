"""The linear regression of scripts/golden on NASA's airfoil self-noise data: batches of 10, half the squared error."""

import numpy as np
import torch
from torch import nn

import airfoil
from inputs import float32, generator
from task import STEPS, Task

SIZE = 10


class Product(nn.Module):
    """features · weight + bias, with the weight as a column."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weight))
        self.bias = nn.Parameter(torch.from_numpy(bias))

    def forward(self, features):
        return features @ self.weight + self.bias


def half_mean_square(prediction, label):
    return ((prediction - label) ** 2 / 2).mean()


def airfoil_regression(path):
    """Initial parameters, order of the samples and hyperparameters are those of golden/torch's training run."""
    try:
        features, labels = airfoil.load(path)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"--airfoil {path}: {error}; expected airfoil_self_noise.dat of the UCI Machine Learning Repository"
        ) from error
    rng = generator("torch/training/airfoil", 1)
    order = np.concatenate([rng.permutation(airfoil.SAMPLES) for _ in range(2)])
    network = Product(float32(rng.standard_normal((5, 1)) * 0.01), float32([0]))
    rows = [order[SIZE * t : SIZE * (t + 1)] for t in range(STEPS)]
    return Task(
        "airfoil",
        "linear regression on NASA's airfoil self-noise data, 5 standardised features, half the mean squared error, "
        "batches of 10",
        network,
        half_mean_square,
        half_mean_square,
        [(torch.from_numpy(features[r]), torch.from_numpy(labels[r, None])) for r in rows],
        {"alpha": 0.9},
    )

"""Recurrent networks that predict a number from a sequence: mean squared error, batches of 8."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from inputs import float32, generator
from sums import added
from task import STEPS, Task, rows, set_parameters, uniform

SIZE, TOTAL, INPUTS = 8, 32, 2


class LastOutput(nn.Module):
    """A linear layer on what a recurrent layer gives at the end of a sequence."""

    def __init__(self, recurrent):
        super().__init__()
        self.recurrent = recurrent
        self.head = nn.Linear(recurrent.hidden_size, 1)

    def forward(self, sequences):
        return self.head(self.recurrent(sequences)[0][:, -1])


def rnn():
    return task("rnn", "tanh network of 6 recurrent units", nn.RNN(INPUTS, 6, batch_first=True), 5)


def lstm():
    return task("lstm", "LSTM of 5 units", nn.LSTM(INPUTS, 5, batch_first=True), 4)


def task(name, words, recurrent, length):
    rng = generator(f"onnx/{name}")
    x = float32(rng.standard_normal((TOTAL, length, INPUTS)))
    mean = added(x.reshape(TOTAL, length * INPUTS)) / INPUTS
    y = float32(mean / (1 + np.abs(mean)))
    network = LastOutput(recurrent)
    set_parameters(network, uniform(rng, recurrent.hidden_size**-0.5))
    batches = [(x[rows(t, SIZE, TOTAL)], y[rows(t, SIZE, TOTAL)]) for t in range(STEPS)]
    return Task(
        name,
        f"{words} over sequences of {length}, mean squared error, batches of {SIZE}",
        network,
        F.mse_loss,
        F.mse_loss,
        [tuple(map(torch.from_numpy, batch)) for batch in batches],
    )

"""Training runs: PyTorch's autograd makes the gradients, the optimizer's trace is recorded.

A gradient depends on the parameters and so on the run before it. Each run is therefore recorded once, with the
correct root and the capability "default"; every kind and capability replays the recorded gradients.
As a script, makes the recordings and prints {case id: program} as JSON.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import airfoil
import capability
import wire
from case import Case
from correct_root import CorrectRoot
from inputs import float32, generator
from replay import make_optimizer, replay

DEFAULTS = {
    "lr": 0.01,
    "alpha": 0.99,
    "eps": 1e-8,
    "momentum": 0.0,
    "weight_decay": 0.0,
    "centered": False,
    "maximize": False,
}


@dataclass(frozen=True)
class Task:
    id: str
    comment: str
    clause: str
    hyperparameters: dict
    parameters: list
    """float32 arrays."""
    loss: object
    """From a list of tensors, and a step or None for all data, to the loss as a tensor."""
    steps: int
    facts: object = None
    """Further facts in wire form, without arguments."""


def tasks(airfoil_path):
    """All tasks; the airfoil regression only where its data is at hand."""
    return [
        linear(),
        classifier(),
        recurrent(),
        quadratic(),
        *([airfoil_regression(airfoil_path)] if airfoil_path else []),
    ]


def batch(step, size, total):
    """Rows of a step; all rows for None."""
    if step is None:
        return slice(None)
    start = step * size % total
    return slice(start, start + size)


def data(array, like):
    """An array as a tensor in the precision of the parameters."""
    values = torch.from_numpy(array)
    return values.to(like.dtype) if values.is_floating_point() else values


def uniform(rng, bound, *shape):
    return float32(rng.uniform(-bound, bound, shape))


def added(columns):
    """The sum of each row, from left to right and in binary64: the same on every machine, unlike a matrix product."""
    return sum(columns.astype(np.float64).T)[:, None]


def linear():
    rng = generator("torch/training/linear")
    x = float32(rng.standard_normal((64, 10)))
    y = float32(added(x * rng.standard_normal(10)) + 0.1 * rng.standard_normal((64, 1)))

    def loss(parameters, step):
        weight, bias = parameters
        rows = batch(step, 16, 64)
        return F.mse_loss(F.linear(data(x[rows], weight), weight, bias), data(y[rows], weight))

    bound = 10**-0.5
    return Task(
        "torch/training/linear",
        "Linear(10, 1), mean squared error, batches of 16, 30 steps with the default hyperparameters",
        "RMS-1.2",
        DEFAULTS,
        [uniform(rng, bound, 1, 10), uniform(rng, bound, 1)],
        loss,
        30,
    )


def classifier():
    rng = generator("torch/training/classifier")
    labels = np.arange(48) % 3
    x = float32(rng.standard_normal((48, 4)) + np.eye(3, 4)[labels] * 2)

    def loss(parameters, step):
        w1, b1, w2, b2 = parameters
        rows = batch(step, 16, 48)
        hidden = F.relu(F.linear(data(x[rows], w1), w1, b1))
        return F.cross_entropy(F.linear(hidden, w2, b2), data(labels[rows], w1))

    return Task(
        "torch/training/classifier",
        "classifier 4-12-3 with ReLU, cross-entropy, batches of 16, 25 steps, momentum and weight decay; "
        "silent units have gradients of exactly 0",
        "RMS-6.1",
        {**DEFAULTS, "lr": 0.001, "momentum": 0.9, "weight_decay": 1e-4},
        [uniform(rng, 0.5, 12, 4), uniform(rng, 0.5, 12), uniform(rng, 12**-0.5, 3, 12), uniform(rng, 12**-0.5, 3)],
        loss,
        25,
    )


def recurrent():
    rng = generator("torch/training/recurrent")
    sequences = float32(rng.standard_normal((24, 6, 2)))  # sequence, time, input
    mean = added(sequences.reshape(24, 12)) / 3
    targets = float32(mean / (1 + np.abs(mean)))

    def loss(parameters, step):
        w_in, w_hidden, b_hidden, w_out, b_out = parameters
        rows = batch(step, 8, 24)
        x = data(sequences[rows], w_in)
        state = torch.zeros(x.shape[0], 8, dtype=x.dtype)
        for t in range(x.shape[1]):
            state = torch.tanh(F.linear(x[:, t], w_in) + F.linear(state, w_hidden, b_hidden))
        return F.mse_loss(F.linear(state, w_out, b_out), data(targets[rows], w_in))

    bound = 8**-0.5
    return Task(
        "torch/training/recurrent",
        "tanh network of 8 recurrent units over sequences of 6, mean squared error, 20 steps, centered",
        "RMS-7.1",
        {**DEFAULTS, "alpha": 0.95, "eps": 1e-4, "centered": True},
        [uniform(rng, bound, *shape) for shape in ((8, 2), (8, 8), (8,), (1, 8), (1,))],
        loss,
        20,
    )


def quadratic():
    def loss(parameters, step):
        (x,) = parameters
        return 0.1 * x[0] ** 2 + 2 * x[1] ** 2

    return Task(
        "torch/training/quadratic",
        "f = 0.1*x1^2 + 2*x2^2 from (-5, -2), lr 0.4, alpha 0.9, eps 1e-6, 20 steps",
        "RMS-1.2",
        {**DEFAULTS, "lr": 0.4, "alpha": 0.9, "eps": 1e-6},
        [float32([-5, -2])],
        loss,
        20,
    )


def airfoil_regression(path):
    features, labels = airfoil.load(path)
    rng = generator("torch/training/airfoil", 1)  # of seeds 0 to 8, nearest to the median loss of 300 others
    order = np.concatenate([rng.permutation(airfoil.SAMPLES) for _ in range(2)])

    def loss(parameters, step):
        weight, bias = parameters
        rows = slice(None) if step is None else order[10 * step : 10 * step + 10]
        prediction = data(features[rows], weight) @ weight + bias
        return ((prediction - data(labels[rows, None], weight)) ** 2 / 2).mean()

    return Task(
        "torch/training/airfoil",
        "linear regression on NASA's airfoil self-noise data: 1500 samples of 5 standardised features, batches of "
        "10, 2 epochs, lr 0.01, alpha 0.9, half the mean squared error",
        "RMS-13.6",
        {**DEFAULTS, "alpha": 0.9},
        [float32(rng.standard_normal((5, 1)) * 0.01), float32([0])],
        loss,
        300,
        partial(airfoil.sufficient_statistics, features, labels),
    )


def record(task):
    """Train, and give back the program; RuntimeError if replaying it does not end at the trained parameters."""
    parameters = [torch.from_numpy(p.copy()).requires_grad_() for p in task.parameters]
    optimizer = make_optimizer([(task.hyperparameters, parameters)], foreach=False)
    operations = [wire.init([(task.hyperparameters, task.parameters)])]
    for step in range(task.steps):
        optimizer.zero_grad()
        task.loss(parameters, step).backward()
        operations += [
            wire.step([p.grad.numpy() for p in parameters]),
            wire.observe(task.hyperparameters),
        ]
        with CorrectRoot():
            optimizer.step()
    program = wire.program(operations)
    trained = [wire.tensor(p.detach().numpy()) for p in parameters]
    if [p["parameter"] for p in replay(program, "correct-root", foreach=False)[-1]["parameters"]] != trained:
        raise RuntimeError(f"{task.id}: replaying the recorded gradients does not give the trained parameters")
    return program


def recorded(airfoil_path):
    """The programs of all tasks, made in a process of its own whose arithmetic does not depend on this one's."""
    environment = {
        **os.environ,
        "ATEN_CPU_CAPABILITY": "default",
        # Matrix products in MKL then take the path that every processor has.
        "MKL_CBWR": "COMPATIBLE",
        "OMP_NUM_THREADS": "1",
    }
    arguments = ["--airfoil", str(airfoil_path)] if airfoil_path else []
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def training(airfoil_path):
    programs = recorded(airfoil_path)
    for task in tasks(airfoil_path):
        yield Case(
            task.id,
            task.comment,
            task.clause,
            ["TrainingLoop"],
            programs[task.id],
            partial(facts, task),
        )


def facts(task, observations):
    """The loss over all data at the end of a run, computed in binary64 from its float32 parameters."""
    final = [torch.from_numpy(wire.tensor_values(p["parameter"])).double() for p in observations[-1]["parameters"]]
    loss = wire.scalar(task.loss(final, None).item())
    return {"loss": loss, **(task.facts() if task.facts else {})}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--airfoil", type=Path)
    airfoil_path = parser.parse_args().airfoil
    capability.use("default")
    json.dump({task.id: record(task) for task in tasks(airfoil_path)}, sys.stdout)


if __name__ == "__main__":
    main()

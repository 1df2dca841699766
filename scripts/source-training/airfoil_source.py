"""The source's own RMSprop (ε = 1e-6 inside the root) on the airfoil data: one recorded training, and many seeds.

    python scripts/source-training/airfoil_source.py airfoil_self_noise.dat golden/source

The update is the source's code in PyTorch, operation by operation; torch.optim.RMSprop has no such ε. What is recorded
are the gradients of one run. Any implementation of the rule can follow them, and its last parameters give a loss.
"""

import hashlib
import statistics
import sys
from pathlib import Path

import numpy as np
import torch

# Data, wire forms and seeded inputs are those of the golden traces.
sys.path.append(str(Path(__file__).resolve().parent.parent / "golden"))

import airfoil  # noqa: E402
import wire  # noqa: E402
from capability import use  # noqa: E402
from inputs import float32, generator  # noqa: E402

LR, GAMMA, EPS = 0.01, 0.9, 1e-6
EPOCHS, BATCH = 2, 10
ID = "torch/training/airfoil"
SEEDS = 300


def draw(seed):
    """Start and order of the samples of a seed; seed 1 has those of golden/torch's airfoil case."""
    rng = generator(ID, seed)
    order = np.concatenate([rng.permutation(airfoil.SAMPLES) for _ in range(EPOCHS)])
    return [float32(rng.standard_normal((5, 1)) * 0.01), float32([0])], order


def source_update(parameters, states):
    """The source's rmsprop(), with its ε."""
    for p, s in zip(parameters, states, strict=True):
        with torch.no_grad():
            s[:] = GAMMA * s + (1 - GAMMA) * torch.square(p.grad)
            p[:] -= LR * p.grad / torch.sqrt(s + EPS)
        p.grad.data.zero_()


def train(features, labels, seed, update, on_gradients=lambda gradients: None):
    """The parameters after both epochs."""
    start, order = draw(seed)
    weight, bias = parameters = [torch.from_numpy(p.copy()).requires_grad_() for p in start]
    step = update(parameters)
    for first in range(0, len(order), BATCH):
        rows = order[first : first + BATCH]
        loss = ((features[rows] @ weight + bias - labels[rows, None]) ** 2 / 2).mean()
        loss.backward()
        on_gradients([p.grad.numpy().copy() for p in parameters])
        step()
    return parameters


def by_source(parameters):
    states = [torch.zeros_like(p) for p in parameters]
    return lambda: source_update(parameters, states)


def by_pytorch(parameters):
    optimizer = torch.optim.RMSprop(parameters, lr=LR, alpha=GAMMA)

    def step():
        optimizer.step()
        optimizer.zero_grad()

    return step


def loss_of(features, labels, parameters):
    """Half the mean squared error over all samples, in binary64."""
    weight, bias = [p.detach().double() for p in parameters]
    return ((features.double() @ weight + bias - labels.double()[:, None]) ** 2 / 2).mean().item()


def over_seeds(features, labels, update, printed):
    losses = [loss_of(features, labels, train(features, labels, seed, update)) for seed in range(SEEDS)]
    return {
        "seeds": SEEDS,
        "smallest": wire.scalar(min(losses)),
        "median": wire.scalar(statistics.median(losses)),
        "largest": wire.scalar(max(losses)),
        "printed": wire.scalar(printed),
        "atMostPrinted": sum(loss <= printed for loss in losses),
    }


def main():
    path, folder = map(Path, sys.argv[1:])
    use("default")
    data = airfoil.load(path)
    features, labels = map(torch.from_numpy, data)
    operations = []
    start, _ = draw(1)
    hyperparameters = {"lr": LR, "alpha": GAMMA, "eps": EPS}
    operations.append(
        {
            "op": "init",
            "groups": [
                {
                    "hyperparameters": wire.hyperparameters(hyperparameters),
                    "parameters": [wire.tensor(p) for p in start],
                }
            ],
        }
    )
    observe = {"op": "observe", "slots": ["parameter", "square_avg"]}

    def record(gradients):
        operations.extend([wire.step(gradients), observe])

    last = train(features, labels, 1, by_source, record)
    case = {
        "id": "source/training/airfoil",
        "comment": "the source's own code, ε = 1e-6 inside the root, on the data, start and batches of "
        "torch/training/airfoil: 300 recorded gradients",
        "clause": "RMS-13.11",
        "flags": ["TrainingLoop"],
        "program": {"format": "rmsprop-program/1", "dialect": "textbook", "operations": operations},
        "facts": {
            "loss": wire.scalar(loss_of(features, labels, last)),
            **airfoil.sufficient_statistics(*data),
            "source": over_seeds(features, labels, by_source, 0.243452),
            "pytorch": over_seeds(features, labels, by_pytorch, 0.243676),
        },
    }
    header = {
        "format": "rmsprop-golden-programs/1",
        "family": "source-training",
        "flagNotes": {"TrainingLoop": "Errors that only add up over a real training run."},
    }
    text = wire.document(header, [wire.compact(case)])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "airfoil.json").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    files = [{"path": "airfoil.json", "sha256": digest, "cases": 1}]
    (folder / "manifest.json").write_text(wire.compact({"format": "rmsprop-golden-manifest/1", "files": files}) + "\n")


if __name__ == "__main__":
    main()

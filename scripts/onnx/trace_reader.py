"""A stored trace as tensors."""

import json
from dataclasses import dataclass

import numpy as np
import torch

import wire


@dataclass(frozen=True)
class RecordedStep:
    """One step: what it started from, what it gave, and the largest accepted distance from the centre."""

    before: list
    state_before: list
    batch: dict
    loss: float
    gradients: list
    parameters: list
    state: list
    centre: list
    """Of the loss and each gradient, binary64 arrays."""
    bound: list


@dataclass(frozen=True)
class Trace:
    model: str
    variant: str
    names: list
    steps: list
    cpu: str


def read(path, initial_square):
    document = json.loads(path.read_text(encoding="utf-8"))
    before = [tensor(p["tensor"]) for p in document["parameters"]]
    slots = document["steps"][0]["state"][0]
    state = [
        {slot: torch.full_like(p, initial_square if slot == "square_avg" else 0) for slot in slots} for p in before
    ]
    steps = []
    for entry in document["steps"]:
        after = [tensor(p) for p in entry["parameters"]]
        state_after = [{slot: tensor(t) for slot, t in s.items()} for s in entry["state"]]
        steps.append(
            RecordedStep(
                before,
                state,
                {name: tensor(t) for name, t in entry["batch"].items()},
                float(np.frombuffer(bytes.fromhex(entry["loss"]), dtype=">f4")[0]),
                [tensor(g) for g in entry["gradients"]],
                after,
                state_after,
                quantities(entry["centre"]),
                quantities(entry["bound"]),
            )
        )
        before, state = after, state_after
    names = [p["name"] for p in document["parameters"]]
    return Trace(document["model"], document["variant"], names, steps, document["generator"]["cpu"])


def quantities(entry):
    gradients = [wire.tensor_values(g).astype(np.float64) for g in entry["gradients"]]
    return [np.float64(wire.scalar_value(entry["loss"])), *gradients]


def tensor(entry):
    if "int64" in entry:
        return torch.tensor(entry["int64"], dtype=torch.int64).reshape(entry["shape"])
    return torch.from_numpy(wire.tensor_values(entry))

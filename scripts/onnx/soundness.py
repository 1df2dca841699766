"""How far computed losses and gradients are from the centre, as a share of the bound; and whose updates they are."""

import copy
from itertools import product

import numpy as np
import onnxruntime
import torch

from directed_rounding import evaluations
from eager_run import loss_and_gradients
from eager_update import optimizer
from inputs import generator
from interface import input_names, output_names
from interpreter import gradient_graph
from trace_reader import read
from tracing import trace as traced
from training_step import example_inputs, training_step

LEVELS = {
    "disabled": onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
}
THREADS = (1, 2)

COLUMNS = ("eager", "onnxruntime", "directed")
"""PyTorch here and as recorded; the graph in onnxruntime; the graph with every rounding forced to one side."""


class Tally:
    def __init__(self):
        self.ratios = {column: [] for column in COLUMNS}
        self.updated = 0
        self.wrong = 0

    def add(self, column, computed, step):
        """Counts |computed − centre| / bound of the loss and of every element of the gradients.

        An element without any freedom must be equal, and is counted only if it is not.
        """
        for value, centre, bound in zip(computed, step.centre, step.bound, strict=True):
            distance = np.abs(np.asarray(value, dtype=np.float64) - centre)
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = np.asarray(distance / bound)
            free = np.asarray(bound > 0)
            equal = np.asarray(distance == 0) & ~free
            self.ratios[column].append(np.nan_to_num(ratio[~equal], nan=np.inf))

    def add_update(self, computed, expected):
        """Counts elements whose bits differ; NaN is not expected at all."""
        got, want = (np.asarray(x, dtype=np.float32).view(np.uint32) for x in (computed, expected))
        self.updated += want.size
        self.wrong += int((got != want).sum())

    @property
    def failed(self):
        return self.wrong > 0 or any(np.concatenate(found).max() > 1 for found in self.ratios.values())

    def line(self, name):
        numbers = []
        for column in COLUMNS:
            found = np.concatenate(self.ratios[column])
            numbers.append(f"{found.max():9.4f}{np.median(found):8.4f}")
        return f"{name:40}{'  '.join(numbers)}  {self.wrong} of {self.updated}"


def heading():
    columns = "  ".join(f"{column:>17}" for column in COLUMNS)
    worst = "  ".join(f"{'worst':>9}{'median':>8}" for _ in COLUMNS)
    return f"{'':40}{columns}  update\n{'':40}{worst}  wrong bits"


def check_pair(folder, task, variant, tally):
    trace = read(folder / "trace.json", variant.initial_square)
    sessions = [
        session(folder / "model.onnx", level, threads) for level, threads in product(LEVELS.values(), THREADS)
    ]
    names = trace.names
    outputs = output_names(names, variant)
    scalars = {name: np.array(variant.scalar(name), dtype=np.float32) for name in variant.scalars}
    network = copy.deepcopy(task.network)
    examples = example_inputs(task, variant)
    graph = gradient_graph(traced(training_step(task, variant), examples), 1 + len(names))
    rng = generator("onnx/check", task.name, variant.name)
    for number, step in enumerate(trace.steps):
        for p, value in zip(network.parameters(), step.before, strict=True):
            p.data.copy_(value)
        batch = (step.batch["input"], step.batch["target"])
        eager = loss_and_gradients(network, task.eager_loss, batch)
        tally.add("eager", [eager, *(p.grad for p in network.parameters())], step)
        tally.add("eager", [step.loss, *step.gradients], step)
        check_update(variant, number, step, step.gradients, step.parameters, step.state, tally)

        feed = {
            **{f"parameter.{name}": p.numpy() for name, p in zip(names, step.before, strict=True)},
            **{
                f"{slot}.{name}": state[slot].numpy()
                for name, state in zip(names, step.state_before, strict=True)
                for slot in variant.slots
            },
            **{f"batch.{name}": t.numpy() for name, t in step.batch.items()},
            **scalars,
        }
        tensors = [torch.from_numpy(feed[name]) for name in input_names(names, variant)]
        for found in evaluations(graph, tensors, rng):
            tally.add("directed", found, step)
        for s in sessions:
            values = dict(zip(outputs, s.run(outputs, feed), strict=True))
            gradients = [values[f"gradient.{name}"] for name in names]
            tally.add("onnxruntime", [values["loss"], *gradients], step)
            following = [values[f"next.parameter.{name}"] for name in names]
            state = [{slot: values[f"next.{slot}.{name}"] for slot in variant.slots} for name in names]
            check_update(variant, number, step, list(map(torch.from_numpy, gradients)), following, state, tally)


def check_update(variant, number, step, gradients, following, state, tally):
    """The optimizer's step from the recorded state and these gradients, against what was made of them."""
    parameters = [p.clone().requires_grad_() for p in step.before]
    rule = optimizer(variant, parameters)
    for p, gradient, slots in zip(parameters, gradients, step.state_before, strict=True):
        p.grad = gradient.clone()
        rule.state[p].update(
            {slot: t.clone() for slot, t in slots.items()}
            | ({"step": torch.tensor(float(number))} if variant.dialect == "pytorch" else {})
        )
    rule.step()
    for p, after, slots in zip(parameters, following, state, strict=True):
        tally.add_update(after, p.detach())
        for slot in variant.slots:
            tally.add_update(slots[slot], rule.state[p][slot])


def session(path, level, threads):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

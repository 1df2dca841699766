"""Run a program through torch.optim.RMSprop."""

import io
from contextlib import nullcontext

import torch

import wire
from correct_root import CorrectRoot

KINDS = ("correct-root", "as-shipped")


def replay(program, kind, foreach):
    """The observations of a program, in wire form, one for each observe.

    Raises RuntimeError when the kind is "correct-root" and not every root was replaced.
    """
    run = Run(kind, foreach)
    observations = []
    for operation in program["operations"]:
        match operation["op"]:
            case "init":
                run.init(operation["groups"])
            case "step":
                run.step(operation["gradients"])
            case "set":
                run.change(operation["group"], operation["hyperparameters"])
            case "checkpoint":
                run.checkpoint()
            case "observe":
                observations.append(run.observe(operation["slots"]))
            case other:
                raise ValueError(f"the generator has no operation {other!r}")
    run.check_roots()
    return observations


def make_optimizer(groups, foreach):
    """`groups`: (hyperparameters as Python values, list of parameters)."""
    return torch.optim.RMSprop([{**h, "params": parameters} for h, parameters in groups], foreach=foreach)


class Run:
    def __init__(self, kind, foreach):
        self.foreach = foreach
        self.mode = CorrectRoot() if kind == "correct-root" else None
        self.roots_due = 0

    def init(self, groups):
        self.groups = [
            (
                wire.hyperparameter_values(group["hyperparameters"]),
                [torch.from_numpy(wire.tensor_values(p)).requires_grad_() for p in group["parameters"]],
            )
            for group in groups
        ]
        self.optimizer = make_optimizer(self.groups, self.foreach)

    @property
    def parameters(self):
        return [p for _, parameters in self.groups for p in parameters]

    def step(self, gradients):
        for p, g in zip(self.parameters, gradients, strict=True):
            p.grad = None if g is None else torch.from_numpy(wire.tensor_values(g))
            self.roots_due += g is not None
        with self.mode or nullcontext():
            self.optimizer.step()

    def change(self, group, hyperparameters):
        self.optimizer.param_groups[group].update(wire.hyperparameter_values(hyperparameters))

    def checkpoint(self):
        file = io.BytesIO()
        torch.save(self.optimizer.state_dict(), file)
        file.seek(0)
        self.groups = [(h, [p.detach().clone().requires_grad_() for p in parameters]) for h, parameters in self.groups]
        # The new instance has PyTorch's defaults, so what it knows afterwards comes from the file.
        self.optimizer = make_optimizer([({}, parameters) for _, parameters in self.groups], self.foreach)
        self.optimizer.load_state_dict(torch.load(file))

    def observe(self, slots):
        def tensors(p):
            state = {"parameter": p, **self.optimizer.state.get(p, {})}
            return {slot: wire.tensor(state[slot].detach().numpy()) for slot in slots if slot in state}

        return {"parameters": [tensors(p) for p in self.parameters]}

    def check_roots(self):
        if self.mode and self.mode.roots != self.roots_due:
            raise RuntimeError(f"{self.mode.roots} roots were replaced, but {self.roots_due} were due")

"""The optimizer of the eager run, which changes parameters in place: PyTorch's own, or written by hand."""

import torch

from correct_root import CorrectRoot


def optimizer(variant, parameters):
    """An object with `step()` and `state`, parameter → slots by name, like a torch.optim.Optimizer."""
    if variant.dialect == "pytorch":
        return PyTorch(variant, parameters)
    return EpsilonInside(variant, parameters)


class PyTorch:
    """torch.optim.RMSprop with the correctly rounded root."""

    def __init__(self, variant, parameters):
        self.optimizer = torch.optim.RMSprop(parameters, **variant.hyperparameters, foreach=False)
        self.count = len(parameters)

    @property
    def state(self):
        return self.optimizer.state

    def step(self):
        with CorrectRoot() as mode:
            self.optimizer.step()
        if mode.roots != self.count:
            raise RuntimeError(f"{mode.roots} roots were replaced, but {self.count} were due")


class EpsilonInside:
    """ε inside the root; the learning rate inside the momentum buffer, if there is one."""

    def __init__(self, variant, parameters):
        h = variant.hyperparameters
        if h["centered"] or h["weight_decay"] != 0 or h["maximize"]:
            raise NotImplementedError("written for the plain rule and for momentum alone")
        self.h = {name: torch.tensor(variant.scalar(name), dtype=torch.float32) for name in variant.scalars}
        self.state = {
            p: {
                "square_avg": torch.full_like(p, variant.initial_square, requires_grad=False),
                **({"momentum_buffer": torch.zeros_like(p, requires_grad=False)} if variant.momentum else {}),
            }
            for p in parameters
        }

    @torch.no_grad()
    def step(self):
        h = self.h
        for p, state in self.state.items():
            s = state["square_avg"]
            s.mul_(h["alpha"])
            share = p.grad.mul(h["one_minus_alpha"]).mul_(p.grad)
            s.add_(share)
            root = s.add(h["eps"])
            with CorrectRoot():
                root.sqrt_()
            moved = p.grad.mul(h["lr"]).div_(root)
            if "momentum_buffer" in state:
                moved = state["momentum_buffer"].mul_(h["momentum"]).add_(moved)
            p.sub_(moved)

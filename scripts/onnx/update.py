"""The optimizer's step on one parameter as it is traced: operation by operation, evaluation "unfused".

Every scalar is a zero-dimensional float32 tensor, so that it stays an input of the graph.
"""

import torch


def update(variant, p, g, state, h):
    """The next parameter and the next state. `state` and `h` are by name; `g` is the gradient of the loss."""
    if variant.weight_decay:
        g = g + p * h["weight_decay"]
    following = {"square_avg": state["square_avg"] * h["alpha"] + h["one_minus_alpha"] * g * g}
    s = following["square_avg"]
    if variant.centered:
        a = following["grad_avg"] = lerp(state["grad_avg"], g, h["one_minus_alpha"])
        s = s - a * a
    d = torch.sqrt(s) + h["eps"] if variant.dialect == "pytorch" else torch.sqrt(s + h["eps"])
    if not variant.momentum:
        return p - h["lr"] * g / d, following
    carried = state["momentum_buffer"] * h["momentum"]
    if variant.dialect == "pytorch":
        b = following["momentum_buffer"] = carried + g / d
        return p - b * h["lr"], following
    b = following["momentum_buffer"] = carried + h["lr"] * g / d
    return p - b, following


def lerp(a, g, weight):
    """a + weight·(g − a), from the other end where weight ≥ 1/2, as PyTorch's lerp has it."""
    difference = g - a
    return torch.where(weight < 0.5, a + weight * difference, g - difference * (1 - weight))

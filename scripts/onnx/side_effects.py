"""Takes operators that write into their operand out of a traced graph, where nothing can tell the difference.

PyTorch's recurrent cells apply sigmoid and tanh in place to parts of one tensor. torch.export would express that by
writing each part back into the whole and reading it again.
"""

import torch

aten = torch.ops.aten

PURE = {
    aten.add_.Tensor: aten.add.Tensor,
    aten.sigmoid_.default: aten.sigmoid.default,
    aten.tanh_.default: aten.tanh.default,
}

FRESH = {aten.add.Tensor, aten.addmm.default, aten.mul.Tensor}
"""Operators whose result is a tensor of its own, not a part of another."""


def without_side_effects(module):
    """Changes the graph of `module`; what it computes stays the same."""
    order = {node: number for number, node in enumerate(module.graph.nodes)}
    for node in order:
        if node.target in PURE and not seen_elsewhere(node, order):
            node.target = PURE[node.target]
    module.recompile()
    return module


def seen_elsewhere(node, order):
    """Whether the operand, or a tensor that shares elements with it, may be read after it was written into."""

    def later(user):
        return order[user] > order[node]

    part = node.args[0]
    if any(later(user) for user in part.users):
        return True
    while part.target is aten.slice.Tensor:
        whole = part.args[0]
        if any(later(user) or not apart(user, part) for user in whole.users if user is not part):
            return True
        part = whole
    return part.target not in FRESH


def apart(one, other):
    """Whether two nodes are slices of a tensor, along the same dimension, without a common element."""
    if one.target is not aten.slice.Tensor or len(one.args) != 4 or len(other.args) != 4:
        return False
    _, dimension, start, end = one.args
    _, other_dimension, other_start, other_end = other.args
    return dimension == other_dimension and (end <= other_start or other_end <= start)

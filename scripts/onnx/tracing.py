"""From a function of flat tensors to an exported program, whose operators have no side effects."""

import torch
from torch.fx.experimental.proxy_tensor import make_fx

from missing_backward import decompositions
from side_effects import without_side_effects


def trace(step, examples):
    """The exported program of `step` for inputs of the examples' types and shapes."""
    # With oneDNN, an LSTM becomes one operator that has no translation.
    with torch.backends.mkldnn.flags(enabled=False):
        graph = make_fx(step, decomposition_table=decompositions(), tracing_mode="fake")(*examples)
        return torch.export.export(without_side_effects(graph), examples).run_decompositions(decompositions())

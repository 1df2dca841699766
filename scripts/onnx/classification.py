"""The loss of classifiers, in the form that is exported."""

import torch
from torch.nn import functional as F


def one_hot_cross_entropy(scores, labels):
    """F.cross_entropy over class numbers, as a product with ones and zeros.

    Exported with class numbers, its gradient lacks the division by the number of samples.
    """
    chosen = (labels[:, None] == torch.arange(scores.shape[1])).to(scores.dtype)
    return -(chosen * F.log_softmax(scores, 1)).sum(1).mean()

"""Decompositions for tracing, of operators that the ONNX exporter has no translation for.

README.md says which and why. Everything else of the backward pass is PyTorch's own.
"""

import torch
from torch._decomp import core_aten_decompositions

aten = torch.ops.aten


def convolution_backward(
    gradient, x, weight, bias_sizes, stride, padding, dilation, transposed, output_padding, groups, mask
):
    """Gradients of a two-dimensional convolution with stride 1, no padding, no dilation and one group."""
    plain = [list(stride), list(padding), list(dilation), transposed, groups] == [[1, 1], [0, 0], [1, 1], False, 1]
    if not plain or x.dim() != 4:
        raise NotImplementedError("convolution_backward is only decomposed for stride 1, without padding and dilation")
    to_x = to_weight = to_bias = None
    if mask[0]:
        to_x = aten.convolution(gradient, weight, None, [1, 1], [0, 0], [1, 1], True, [0, 0], 1)
    if mask[1]:
        # Batch and channels change places: the sum over the batch becomes the sum over input channels.
        swapped = aten.convolution(
            x.transpose(0, 1), gradient.transpose(0, 1), None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1
        )
        to_weight = swapped.transpose(0, 1)
    if mask[2]:
        to_bias = gradient.sum((0, 2, 3))
    return to_x, to_weight, to_bias


def avg_pool2d_backward(gradient, x, kernel, stride, padding, ceil_mode, count_include_pad, divisor):
    """Gradient of a two-dimensional average pooling whose windows do not overlap and cover the input."""
    height, width = kernel
    covered = (gradient.shape[-2] * height, gradient.shape[-1] * width) == tuple(x.shape[-2:])
    if list(stride or kernel) != list(kernel) or any(padding) or divisor or not covered:
        raise NotImplementedError("avg_pool2d_backward is only decomposed for windows that tile the input")
    share = gradient / (height * width)
    n, c, h, w = share.shape
    return share[:, :, :, None, :, None].expand(n, c, h, height, w, width).reshape(x.shape)


def power(x, exponent):
    """x·x for 2, and x for 1: a power function need not be exact to the last bit, a product is."""
    if exponent not in (1, 2):
        raise NotImplementedError(f"the power {exponent} is not decomposed")
    return x * x if exponent == 2 else x.clone()


def split_with_sizes(x, sizes, dim=0):
    """As slices: the exporter's own translation makes a sequence of tensors, which few runtimes have outside the CPU."""
    parts, start = [], 0
    for size in sizes:
        parts.append(aten.slice(x, dim, start, start + size))
        start += size
    return parts


def decompositions():
    return {
        **core_aten_decompositions(),
        aten.split_with_sizes.default: split_with_sizes,
        aten.convolution_backward.default: convolution_backward,
        aten.avg_pool2d_backward.default: avg_pool2d_backward,
        aten.pow.Tensor_Scalar: power,
    }

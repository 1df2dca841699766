"""Reads a traced graph with bounded tensors in place of float32 ones."""

import copy
import operator as python

import torch
from torch import fx

import rules_arithmetic as arithmetic
import rules_elementary as elementary
from bounded import Bounded, Sum, Truth, exact

aten = torch.ops.aten


def gradient_graph(program, count):
    """The part of an exported step that computes the first `count` outputs, without the update."""
    module = copy.deepcopy(program.graph_module)
    output = next(node for node in module.graph.nodes if node.op == "output")
    output.args = (tuple(output.args[0])[:count],)
    module.graph.eliminate_dead_code()
    module.recompile()
    return module


class ErrorBounds(fx.Interpreter):
    """`run` takes what the graph takes, float32 as `Bounded`, and returns `Bounded`.

    Raises NotImplementedError for an operator without a rule.
    """

    def call_function(self, target, args, kwargs):
        if target in STRUCTURAL:
            return structural(target, args, kwargs)
        if target in CONSTANT:
            return constant(target(*plain(args), **kwargs))
        if target in RULES:
            return RULES[target](*args, **kwargs)
        if not any(isinstance(x, (Bounded, Truth)) for x in flat(args)):
            return constant(target(*args, **kwargs))
        raise NotImplementedError(f"{target} has no rule for error bounds; add one to scripts/onnx/interpreter.py")


def bounds(module, inputs):
    """Run on float32 and integer tensors."""
    values = [exact(x) if x.is_floating_point() else x for x in inputs]
    return ErrorBounds(module).run(*values, enable_io_processing=False)


def flat(args):
    for x in args:
        if isinstance(x, (list, tuple)):
            yield from flat(x)
        else:
            yield x


def plain(args):
    """For operators that only look at shape and type."""
    return [torch.empty(x.centre.shape) if isinstance(x, Bounded) else x for x in args]


def constant(x):
    """What the graph made without any float32 input."""
    if isinstance(x, torch.Tensor) and x.is_floating_point():
        return exact(x)
    if isinstance(x, torch.Tensor) and x.dtype == torch.bool:
        return Truth(x, torch.ones_like(x))
    return x


def structural(target, args, kwargs):
    """Operators that move elements: done to every component."""
    values = [x for x in flat(args) if isinstance(x, (Bounded, Truth))]
    if not values:
        return constant(target(*args, **kwargs))

    def component(take):
        def replaced(x):
            if isinstance(x, (list, tuple)):
                return [replaced(y) for y in x]
            return take(x) if isinstance(x, (Bounded, Truth)) else x

        return target(*replaced(args), **kwargs)

    if isinstance(values[0], Truth):
        return Truth(component(lambda x: x.value), component(lambda x: x.certain))
    parts = [component(lambda x: x.centre), component(lambda x: x.radius)]
    if any(x.sum for x in values):
        terms = max(x.as_sum().terms for x in values)
        parts += [component(lambda x: x.as_sum().propagated), component(lambda x: x.as_sum().magnitude)]
    if isinstance(parts[0], (list, tuple)):
        several = zip(*parts, strict=True)
        return [made(part, terms if len(part) > 2 else None) for part in several]
    return made(parts, terms if len(parts) > 2 else None)


def made(parts, terms):
    centre, radius, *open_sum = parts
    return Bounded(centre, radius, Sum(*open_sum, terms) if open_sum else None)


def addmm(bias, a, b):
    return arithmetic.bilinear(torch.mm, a, b, bias)


def convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    def product(a, b):
        return aten.convolution(a, b, None, stride, padding, dilation, transposed, output_padding, groups)

    shape = None if bias is None else structural(aten.view.default, (bias, [1, -1, 1, 1]), {})
    return arithmetic.bilinear(product, x, weight, shape)


def avg_pool2d(x, kernel, stride=(), padding=(0, 0)):
    """A mean over each window, as a convolution of every channel with ones and a division."""
    if list(stride or kernel) != list(kernel) or any(padding):
        raise NotImplementedError("avg_pool2d has a rule for windows that do not overlap only")
    n, c, h, w = x.centre.shape
    split = structural(aten.reshape.default, (x, [n, c, h // kernel[0], kernel[0], w // kernel[1], kernel[1]]), {})
    return arithmetic.mean(split, [3, 5])


def cast(x, dtype=None):
    if isinstance(x, Truth) and dtype == torch.float32 and x.certain.all():
        return exact(x.value.float())
    if isinstance(x, torch.Tensor):
        return constant(x.to(dtype))
    if isinstance(x, Bounded) and dtype in (None, torch.float32):
        return x
    raise NotImplementedError(f"a cast to {dtype} has no rule")


def comparison(operator):
    def rule(a, b):
        if isinstance(a, Bounded) or isinstance(b, Bounded):
            return elementary.compare(operator, a, b)
        return constant(operator(a, b))

    return rule


STRUCTURAL = {
    aten.permute.default,
    aten.view.default,
    aten.reshape.default,
    aten.expand.default,
    aten.unsqueeze.default,
    aten.squeeze.dims,
    aten.select.int,
    aten.slice.Tensor,
    aten.slice_scatter.default,
    aten.cat.default,
    aten.clone.default,
    aten.split_with_sizes.default,
    aten.alias.default,
}
CONSTANT = {aten.full_like.default}
RULES = {
    python.getitem: lambda several, index: several[index],
    aten.add.Tensor: arithmetic.add,
    aten.sub.Tensor: arithmetic.subtract,
    aten.mul.Tensor: arithmetic.multiply,
    aten.mul.Scalar: arithmetic.multiply,
    aten.div.Tensor: arithmetic.divide,
    aten.div.Scalar: arithmetic.divide,
    aten.neg.default: arithmetic.negative,
    aten.sum.dim_IntList: arithmetic.total,
    aten.mean.default: arithmetic.mean,
    aten.mean.dim: arithmetic.mean,
    aten.mm.default: lambda a, b: arithmetic.bilinear(torch.mm, a, b),
    aten.addmm.default: addmm,
    aten.convolution.default: convolution,
    aten.avg_pool2d.default: avg_pool2d,
    aten.exp.default: elementary.exp,
    aten.log1p.default: elementary.log1p,
    aten.tanh.default: elementary.tanh,
    aten.sigmoid.default: elementary.sigmoid,
    aten.relu.default: elementary.relu,
    aten._log_softmax.default: lambda x, dim, half_to_float: elementary.log_softmax(x, dim),
    aten.le.Scalar: comparison(torch.le),
    aten.gt.Scalar: comparison(torch.gt),
    aten.eq.Scalar: comparison(torch.eq),
    aten.eq.Tensor: comparison(torch.eq),
    aten.where.self: elementary.where,
    aten._to_copy.default: cast,
}

"""The trace of a training run as text."""

import torch

import wire


def document(header, task, variant, steps, bounds):
    """`bounds`: for each step the loss and the gradients as `Bounded`."""
    head = {
        "format": "rmsprop-onnx-trace/1",
        **header,
        "model": task.name,
        "comment": task.comment,
        "variant": variant.name,
        "dialect": variant.dialect,
        "clauses": list(variant.clauses),
        "hyperparameters": wire.hyperparameters(variant.hyperparameters),
        "parameters": [{"name": n, "tensor": tensor(p.detach())} for n, p in task.parameters.items()],
    }
    lines = ",\n".join(wire.compact(entry(*pair)) for pair in zip(steps, bounds, strict=True))
    fields = ",\n".join(f"{wire.compact(key)}:{wire.compact(value)}" for key, value in head.items())
    return "{" + fields + ',\n"steps":[\n' + lines + "\n]}\n"


def entry(step, bounds):
    loss, *gradients = bounds
    centres = [g.centre.float() for g in gradients]
    return {
        "batch": {"input": tensor(step.batch[0]), "target": tensor(step.batch[1])},
        "loss": step.loss.numpy().astype(">f4").tobytes().hex(),
        "gradients": [tensor(g) for g in step.gradients],
        "parameters": [tensor(p) for p in step.parameters],
        "state": [{slot: tensor(t) for slot, t in slots.items()} for slots in step.state],
        "centre": {"loss": wire.scalar(loss.centre.item()), "gradients": [tensor(c) for c in centres]},
        "bound": {
            "loss": wire.scalar(loss.radius.item()),
            "gradients": [
                tensor(upward(g.radius + (g.centre - c.double()).abs()))
                for g, c in zip(gradients, centres, strict=True)
            ],
        },
    }


def tensor(t):
    if t.dtype == torch.int64:
        return {"shape": list(t.shape), "int64": t.flatten().tolist()}
    if t.dtype != torch.float32:
        raise TypeError(f"the wire form has no {t.dtype}")
    if not torch.isfinite(t).all():
        raise ValueError("a trace holds finite numbers only, but a tensor has NaN or an infinity")
    return wire.tensor(t.numpy())


def upward(x):
    """A float32 that is at least half an ulp above a non-negative binary64, which pays for that number's own
    rounding; 0 for 0."""
    infinity = torch.tensor(torch.inf, dtype=torch.float32)
    return torch.where(x == 0, 0.0, torch.nextafter(x.float(), infinity))

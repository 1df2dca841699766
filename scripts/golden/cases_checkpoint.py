"""Save, make a new instance, load, run on."""

from itertools import product

import wire
from case import Case
from inputs import generator, normal, ordinary_parameters
from settings import Combination, hyperparameters

SIZES = (1, 7, 9)
FLAG = "StateNotRestored"


def checkpoint():
    for momentum, centered, rest in product((False, True), repeat=3):
        combination = Combination(momentum, centered, weight_decay=rest, maximize=rest)
        for stratum in ("dyadic", "decimal"):
            h = hyperparameters(stratum, combination)

            def save(t):
                return [wire.checkpoint(), wire.observe(h)] if t == 2 else []  # noqa: B023

            yield stepping(
                f"torch/checkpoint/after-two-steps/{combination.id}/{stratum}",
                f"saved and loaded after two of four steps; {combination.words}",
                [(h, SIZES)],
                4,
                save,
            )

    full = hyperparameters("decimal", Combination(True, True, True, True))

    yield stepping(
        "torch/checkpoint/every-step/m1c1w1x1/decimal",
        "saved and loaded before every step, the first one too, when there is no state yet",
        [(full, SIZES)],
        4,
        lambda t: [wire.checkpoint()],
    )
    yield stepping(
        "torch/checkpoint/twice/m1c1w1x1/decimal",
        "saved and loaded twice in a row",
        [(full, SIZES)],
        4,
        lambda t: [wire.checkpoint(), wire.checkpoint(), wire.observe(full)] if t == 2 else [],
    )
    yield stepping(
        "torch/checkpoint/after-set/m1c1w1x1/decimal",
        "learning rate and alpha changed before saving; the changed values must survive",
        [(full, SIZES)],
        4,
        lambda t: [wire.change(0, lr=0.001, alpha=0.9), wire.checkpoint()] if t == 2 else [],
        ["StaleHyperparameters"],
    )
    other = hyperparameters("decimal-fast", Combination(True, False, False, False))
    yield stepping(
        "torch/checkpoint/two-groups/m1c1w1x1-m1c0w0x0",
        "two groups of different hyperparameters, saved and loaded after two of four steps",
        [(full, (7,)), (other, (9, 1))],
        4,
        lambda t: [wire.checkpoint()] if t == 2 else [],
        ["GroupMixing"],
    )
    yield stepping(
        "torch/checkpoint/missing-gradient/m1c1w1x1/decimal",
        "saved when one parameter has no state yet; its first gradient comes after loading",
        [(full, SIZES)],
        4,
        lambda t: [wire.checkpoint()] if t == 2 else [],
        ["LateState"],
        lambda t, parameter: parameter == 1 and t < 3,
    )


def stepping(case_id, comment, groups, steps, before, flags=(), missing=lambda t, parameter: False):
    """`groups`: (hyperparameters, sizes). `before(t)`: the operations before step t, counted from 0."""
    rng = generator(case_id)
    sizes = [n for _, group_sizes in groups for n in group_sizes]
    h = groups[0][0]
    rows = [
        [None if missing(t, i) else g for i, g in enumerate(row)] for t, row in enumerate(normal(rng, sizes, steps, h))
    ]
    settings = [group for group, _ in groups]
    operations = [wire.init([(group, ordinary_parameters(rng, group_sizes, group)) for group, group_sizes in groups])]
    for t, gradients in enumerate(rows):
        operations += [*before(t), wire.step(gradients), wire.observe(*settings)]
    return Case(case_id, comment, "RMS-10.1", sorted([FLAG, *flags]), wire.program(operations))

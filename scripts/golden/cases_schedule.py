"""Hyperparameters changed between steps."""

import math
from dataclasses import replace

import wire
from case import Case
from inputs import generator, normal, ordinary_parameters
from settings import Combination, hyperparameters

SIZES = (1, 7, 9)

PLAIN = Combination(momentum=False, centered=False, weight_decay=False, maximize=False)
MOMENTUM = replace(PLAIN, momentum=True)
CENTERED = replace(MOMENTUM, centered=True)
FULL = Combination(momentum=True, centered=True, weight_decay=True, maximize=True)

PARTS = {
    "dyadic": {"momentum": MOMENTUM},
    "decimal": {"momentum": MOMENTUM, "momentum-centered": CENTERED, "everything": FULL},
}


def schedule():
    for stratum, parts in PARTS.items():
        lr = hyperparameters(stratum, MOMENTUM)["lr"]
        rates = {
            "halved": ([lr * 2.0**-t for t in range(6)], "learning rate halved before every step"),
            "exponential": ([lr * math.prod([0.9] * t) for t in range(6)], "learning rate times 0.9 before every step"),
            "warm-up": ([lr * t / 4 for t in (1, 2, 3, 4, 4, 4)], "learning rate rising in quarters, then constant"),
            "zero-between": (
                [lr, lr, 0.0, 0.0, lr, lr],
                "learning rate 0 for two steps: parameters rest, state moves on",
            ),
            "tenfold": ([lr, lr, lr, 10 * lr, 10 * lr, 10 * lr], "learning rate times 10 after three steps"),
        }
        for name, (values, words) in rates.items():
            for part, combination in parts.items():
                yield changing(
                    f"torch/schedule/lr-{name}/{part}/{stratum}",
                    f"{words}; {combination.words}",
                    hyperparameters(stratum, combination),
                    [{"lr": x} for x in values],
                    ["LearningRateChange", "MomentumLearningRate"],
                )

    for part, combination in {"plain": PLAIN, "momentum-centered": CENTERED}.items():
        h = hyperparameters("decimal", combination)
        yield changing(
            f"torch/schedule/adagrad/{part}",
            "alpha = 1 - 1/t, lr = 0.01/sqrt(t), eps = 1e-8/sqrt(t): the plain rule is then AdaGrad",
            h,
            [{"alpha": 1 - 1 / t, "lr": 0.01 / math.sqrt(t), "eps": 1e-8 / math.sqrt(t)} for t in range(1, 7)],
            ["LearningRateChange", "StaleHyperparameters"],
        )

    changes = {
        "alpha": ([0.99, 0.9, 0.5, 0.25, 0.0, 1.0], "0.5 and below mirror the lerp; 0 forgets, 1 freezes"),
        "eps": ([1e-8, 1e-3, 1.0, 0.0, 1e-6, 1e-8], "0 among the values"),
        "momentum": ([0.9, 0.5, 0.99, 1.0, 0.1, 0.9], "always above 0"),
        "weight_decay": ([0.01, 0.0, 0.1, 0.0, 1.0, 0.01], "0 among the values"),
        "maximize": ([True, False, True, True, False, True], "the sign of the gradient turns"),
    }
    for name, (values, words) in changes.items():
        yield changing(
            f"torch/schedule/{name.replace('_', '-')}/everything",
            f"{name} changed before every step: {words}",
            hyperparameters("decimal", FULL),
            [{name: x} for x in values],
            ["StaleHyperparameters"],
        )

    every = zip(
        [0.01, 0.02, 0.005, 0.1, 0.1, 0.001],
        *(changes[name][0] for name in changes),
        strict=True,
    )
    yield changing(
        "torch/schedule/all-at-once/everything",
        "all hyperparameters changed before every step",
        hyperparameters("decimal", FULL),
        [dict(zip(["lr", *changes], values, strict=True)) for values in every],
        ["LearningRateChange", "StaleHyperparameters"],
    )

    yield one_of_two_groups()


def changing(case_id, comment, h, changes, flags):
    """`changes[t]` holds before step t; what a step does not change is not set again."""
    rng = generator(case_id)
    current = {**h, **changes[0]}
    operations = [wire.init([(current, ordinary_parameters(rng, SIZES, h))])]
    for gradients, new in zip(normal(rng, SIZES, len(changes), h), changes, strict=True):
        changed = {name: x for name, x in new.items() if x != current[name]}
        if changed:
            operations.append(wire.change(0, **changed))
        current = {**current, **changed}
        operations += [wire.step(gradients), wire.observe(h)]
    return Case(case_id, comment, "RMS-9.4", sorted(flags), wire.program(operations))


def one_of_two_groups():
    case_id = "torch/schedule/one-of-two-groups/momentum/decimal"
    h = hyperparameters("decimal", MOMENTUM)
    rng = generator(case_id)
    sizes = (7, 9)
    first, second = ordinary_parameters(rng, sizes, h)
    operations = [wire.init([(h, [first]), (h, [second])])]
    for t, gradients in enumerate(normal(rng, sizes, 5, h)):
        if t >= 2:
            operations.append(wire.change(1, lr=h["lr"] / 10 ** (t - 1)))
        operations += [wire.step(gradients), wire.observe(h)]
    return Case(
        case_id,
        "the second group's learning rate is lowered, the first one's is not; both begin alike",
        "RMS-9.4",
        ["GroupMixing", "LearningRateChange"],
        wire.program(operations),
    )

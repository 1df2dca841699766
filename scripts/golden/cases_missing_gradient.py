"""Parameters that have no gradient at some steps: neither they nor their state may move."""

from itertools import product

import wire
from case import Case
from inputs import generator, normal, ordinary_parameters
from settings import Combination, hyperparameters

SIZES = (1, 7, 8, 9)
STEPS = 6


def missing_gradient():
    for momentum, centered, rest in product((False, True), repeat=3):
        combination = Combination(momentum, centered, weight_decay=rest, maximize=rest)
        h = hyperparameters("decimal", combination)
        for name, (words, missing) in PATTERNS.items():
            case_id = f"torch/missing-gradient/{name}/{combination.id}/decimal"
            rng = generator(case_id)
            operations = [wire.init([(h, ordinary_parameters(rng, SIZES, h))])]
            for t, row in enumerate(normal(rng, SIZES, STEPS, h)):
                row = [None if missing(t, i) else g for i, g in enumerate(row)]
                operations += [wire.step(row), wire.observe(h)]
            yield Case(
                case_id,
                f"{words}; {combination.words}",
                "RMS-10.4",
                sorted(["StateWithoutGradient", *(["LateState"] if name != "whole-steps" else [])]),
                wire.program(operations),
            )


PATTERNS = {
    "some": (
        "one parameter begins at the third step, one pauses at two, one never has a gradient",
        lambda t, parameter: (parameter == 1 and t < 2) or (parameter == 2 and t in (2, 3)) or parameter == 3,
    ),
    "alternating": (
        "even and odd parameters have their gradients in turn",
        lambda t, parameter: (t + parameter) % 2 == 1,
    ),
    "whole-steps": (
        "no parameter has a gradient at two of six steps",
        lambda t, parameter: t in (2, 4),
    ),
}

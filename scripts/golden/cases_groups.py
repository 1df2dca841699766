"""Parameter groups with hyperparameters of their own."""

import wire
from case import Case
from inputs import generator, normal, ordinary_parameters
from settings import Combination, hyperparameters

STEPS = 4


def groups():
    plain = hyperparameters("decimal", Combination(False, False, False, False))
    momentum = hyperparameters("decimal", Combination(True, False, False, False))
    full = hyperparameters("decimal", Combination(True, True, True, True))
    fast = hyperparameters("decimal-fast", Combination(True, False, True, False))
    dyadic = hyperparameters("dyadic", Combination(False, True, False, False))

    def differing(name, base, **other):
        words = ", ".join(f"{key} {value}" for key, value in other.items())
        return case(f"two/{name}", f"two groups; the second has {words}", [(base, (7, 1)), ({**base, **other}, (9,))])

    yield differing("lr", plain, lr=0.1)
    yield differing("lr-zero", plain, lr=0.0)
    yield differing("alpha", plain, alpha=0.5)
    yield differing("eps", plain, eps=1e-3)
    yield differing("weight-decay", plain, weight_decay=0.1)
    yield differing("centered", plain, centered=True)
    yield differing("maximize", plain, maximize=True)
    yield differing("momentum", plain, momentum=0.9)
    yield differing("momentum-value", momentum, momentum=0.5)
    yield case(
        "three/all-different",
        "three groups that share no setting: plain centered, momentum with weight decay, everything",
        [(dyadic, (8,)), (fast, (1, 7)), (full, (9,))],
    )
    yield case(
        "three/order-reversed",
        "three groups that share no setting, in the other order",
        [(full, (9,)), (fast, (1, 7)), (dyadic, (8,))],
    )
    yield case(
        "three/one-empty",
        "the middle group has no parameters",
        [(full, (9,)), (fast, ()), (dyadic, (8,))],
    )


def case(name, comment, members):
    """`members`: (hyperparameters, sizes) of each group."""
    case_id = f"torch/groups/{name}"
    rng = generator(case_id)
    settings = [h for h, _ in members]
    operations = [wire.init([(h, ordinary_parameters(rng, sizes, h)) for h, sizes in members])]
    sizes = [n for _, group_sizes in members for n in group_sizes]
    for gradients in normal(rng, sizes, STEPS, settings[0]):
        operations += [wire.step(gradients), wire.observe(*settings)]
    return Case(case_id, comment, "RMS-8.6", ["GroupMixing"], wire.program(operations))

"""The matrix: every combination of the rule's parts, in every stratum, on every class of gradients."""

import wire
from case import Case
from inputs import bits, bits_parameters, constant, generator, log_uniform, normal, ordinary_parameters
from settings import COMBINATIONS, STRATA, hyperparameters
from special_values import edge, edge_parameters

SIZES = (1, 7, 8, 9, 31)
STEPS = 3

LARGE_SIZES = (*SIZES, 1024)
LARGE_STEPS = 4

CANCELLING_ALPHA = {"dyadic": 2**-6, "decimal": 0.01}
"""Under constant gradients the variance after step t is α^t(1 − α^t)g²: all bits are gone after four steps."""

CLASSES = {
    "normal": (normal, ordinary_parameters),
    "edge": (edge, edge_parameters),
    "bits": (bits, bits_parameters),
    "log-uniform": (log_uniform, ordinary_parameters),
}

CLASS_FLAGS = {
    "normal": ["EpsilonPlacement"],
    "edge": [
        "Infinity",
        "MeanSquareOverflow",
        "MeanSquareUnderflow",
        "NotANumber",
        "SignOfZero",
        "Subnormals",
    ],
    "bits": ["Infinity", "MeanSquareOverflow", "MeanSquareUnderflow", "NotANumber"],
    "log-uniform": ["MeanSquareRecurrence", "MeanSquareUnderflow"],
}

CLASS_WORDS = {
    "normal": "normal gradients of several scales, one of them epsilon's, one nearly constant",
    "edge": "edge values of float32 as gradients and parameters",
    "bits": "random bit patterns as gradients and parameters",
    "log-uniform": "gradients of alternating sign over a wide range of exponents",
}


def matrix():
    for stratum in STRATA:
        for combination in COMBINATIONS:
            for name in CLASSES:
                case_id = f"torch/matrix/{combination.id}/{stratum}/{name}"
                yield matrix_case(case_id, stratum, combination, name, SIZES, STEPS)
    yield from cancelling("torch/matrix")


def large_tensors():
    for combination in COMBINATIONS:
        case_id = f"torch/matrix-large-tensors/{combination.id}/decimal/normal"
        yield matrix_case(case_id, "decimal", combination, "normal", (1024,), 2)


def large(seed):
    """The matrix once more, with a tensor of 1024 elements beside the others."""
    for stratum in STRATA:
        for combination in COMBINATIONS:
            for name in CLASSES:
                case_id = f"torch/matrix-large/seed{seed}/{combination.id}/{stratum}/{name}"
                yield matrix_case(case_id, stratum, combination, name, LARGE_SIZES, LARGE_STEPS)
    yield from cancelling(f"torch/matrix-large/seed{seed}")


def matrix_case(case_id, stratum, combination, name, sizes, steps):
    h = hyperparameters(stratum, combination)
    make_gradients, make_parameters = CLASSES[name]
    rng = generator(case_id)
    parameters = make_parameters(rng, sizes, h)
    operations = [wire.init([(h, parameters)])]
    for gradients in make_gradients(rng, sizes, steps, h):
        operations += [wire.step(gradients), wire.observe(h)]

    special = name in ("edge", "bits")
    plain = "RMS-1.1" if name == "log-uniform" else "RMS-1.2"
    flags = [
        "Contraction",
        *combination.flags,
        *CLASS_FLAGS[name],
        *(["ScalarPrecision"] if stratum != "dyadic" else []),
        "ManyElements" if max(sizes) >= 1024 else "TailElements",
    ]
    return Case(
        id=case_id,
        comment=f"{combination.words}; {stratum} hyperparameters; {CLASS_WORDS[name]}",
        clause="RMS-11.7" if special else combination.clause or plain,
        flags=sorted(flags),
        program=wire.program(operations),
    )


def cancelling(prefix):
    """Centered cases whose variance loses its bits from step to step."""
    for combination in COMBINATIONS:
        if combination.centered and combination.weight_decay == combination.maximize:
            for stratum, alpha in CANCELLING_ALPHA.items():
                yield cancelling_case(f"{prefix}/{combination.id}/{stratum}/cancelling", stratum, combination, alpha)


def cancelling_case(case_id, stratum, combination, alpha):
    h = {**hyperparameters(stratum, combination), "alpha": alpha}
    rng = generator(case_id)
    sizes = (8, 17)
    operations = [wire.init([(h, ordinary_parameters(rng, sizes, h))])]
    for gradients in constant(rng, sizes, 4, h):
        operations += [wire.step(gradients), wire.observe(h)]
    return Case(
        id=case_id,
        comment=f"{combination.words}; alpha {alpha}; constant and nearly constant gradients",
        clause="RMS-7.1",
        flags=sorted(["Contraction", *combination.flags, "CenteredCancellation", "NegativeVariance"]),
        program=wire.program(operations),
    )

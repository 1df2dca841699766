"""Names of a training graph's inputs and outputs, in order."""


def input_names(parameters, variant):
    return [
        *(f"parameter.{name}" for name in parameters),
        *(f"{slot}.{name}" for slot in variant.slots for name in parameters),
        "batch.input",
        "batch.target",
        *variant.scalars,
    ]


def output_names(parameters, variant):
    return [
        "loss",
        *(f"gradient.{name}" for name in parameters),
        *(f"next.parameter.{name}" for name in parameters),
        *(f"next.{slot}.{name}" for slot in variant.slots for name in parameters),
    ]

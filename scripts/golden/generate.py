"""Golden traces from PyTorch's RMSprop on the CPU. See README.md beside this file."""

import argparse
import hashlib
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

import airfoil
import capability
import flags
import wire

HERE = Path(__file__).parent
FAMILIES = (
    "matrix",
    "matrix-large-tensors",
    "schedule",
    "checkpoint",
    "groups",
    "missing-gradient",
    "training",
    "vector-tail",
)
LARGE = "matrix-large"
LARGE_FILE_BYTES = 38_000_000


class Refused(Exception):
    """The arguments or the environment do not allow a run; the message is for the person who started it."""


def main():
    arguments = parse()
    try:
        check_versions()
        if arguments.require_airfoil and not arguments.airfoil:
            raise Refused("--require-airfoil needs --airfoil PATH")
        if arguments.airfoil:
            check_airfoil(arguments.airfoil)
        capability.use(arguments.capability)
        if arguments.large:
            write_large(arguments)
        else:
            for family in arguments.only or FAMILIES:
                write_family(arguments, family)
    except (Refused, capability.Unavailable) as refusal:
        sys.exit(f"generate.py: {refusal}")


def parse():
    parser = argparse.ArgumentParser(description="Write golden traces of PyTorch's RMSprop on the CPU.")
    parser.add_argument("--out", type=Path, required=True, help="folder; files go to OUT/KIND/CAPABILITY/")
    parser.add_argument("--kind", choices=("correct-root", "as-shipped"), required=True)
    parser.add_argument("--capability", choices=capability.CAPABILITIES, required=True)
    parser.add_argument("--only", choices=FAMILIES, action="append", help="this family only; may be repeated")
    parser.add_argument("--airfoil", type=Path, help="airfoil_self_noise.dat; without it that case is left out")
    parser.add_argument("--require-airfoil", action="store_true", help="fail where the airfoil case would be left out")
    parser.add_argument("--large", action="store_true", help=f"write {LARGE}-NNN.json instead of the families")
    parser.add_argument("--seed", type=int, default=1, help="first seed of --large (default 1)")
    parser.add_argument(
        "--values",
        type=int,
        default=3_000_000,
        help="--large goes through seeds until it has as many (default 3000000)",
    )
    return parser.parse_args()


def pins():
    """Package → version, for the requirements that hold on this machine."""
    linux = platform.system() == "Linux" and platform.machine() == "x86_64"
    found = {}
    for line in (HERE / "requirements.txt").read_text().splitlines():
        pin = re.match(r"([\w-]+)==([\w.+]+)\s*(;.*)?$", line)
        if pin and (pin[3] is None or ("+cpu" in pin[2]) == linux):
            found[pin[1]] = pin[2]
    return found


def check_versions():
    for package, pinned in pins().items():
        if version(package) != pinned:
            raise Refused(f"{package} {version(package)} is installed, but requirements.txt pins {pinned}")


def check_airfoil(path):
    try:
        airfoil.load(path)
    except (OSError, ValueError) as error:
        raise Refused(f"--airfoil: {error}") from error


def cases(family, airfoil_path):
    match family:
        case "matrix":
            from cases_matrix import matrix

            return matrix()
        case "matrix-large-tensors":
            from cases_matrix import large_tensors

            return large_tensors()
        case "schedule":
            from cases_schedule import schedule

            return schedule()
        case "checkpoint":
            from cases_checkpoint import checkpoint

            return checkpoint()
        case "groups":
            from cases_groups import groups

            return groups()
        case "missing-gradient":
            from cases_missing_gradient import missing_gradient

            return missing_gradient()
        case "training":
            from training import training

            return training(airfoil_path)
        case "vector-tail":
            from cases_vector_tail import vector_tail

            return vector_tail()


def header(arguments, family, words):
    sources = sorted(HERE.glob("*.py"))
    return {
        "format": "rmsprop-golden-raw/1",
        "family": family,
        "kind": arguments.kind,
        "capability": arguments.capability,
        "flagNotes": flags.notes(words),
        "generator": {
            "script": "scripts/golden/generate.py",
            "sha256": hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest(),
            "packages": {
                "torch": version("torch"),
                "numpy": version("numpy"),
                "python": platform.python_version(),
            },
            "machine": platform.machine(),
            **({"cpu": capability.processor()} if arguments.kind == "as-shipped" else {}),
        },
    }


def run(case, kind):
    """The case with its observations: one entry if both values of foreach give the same bits, otherwise two."""
    from replay import replay

    single, multiple = (replay(case.program, kind, foreach) for foreach in (False, True))
    runs = (
        [("", [False, True], single)]
        if single == multiple
        else [("-single", [False], single), ("-foreach", [True], multiple)]
    )
    return [
        {
            "id": case.id + suffix,
            "comment": case.comment,
            "clause": case.clause,
            "flags": case.flags,
            "foreach": foreach,
            "program": case.program,
            "observations": observations,
            **({"facts": case.facts(observations)} if case.facts else {}),
        }
        for suffix, foreach, observations in runs
    ]


def write_family(arguments, family):
    if family == "training" and not arguments.airfoil:
        print("training: no --airfoil PATH, so torch/training/airfoil is left out", file=sys.stderr)
    entries = [entry for case in cases(family, arguments.airfoil) for entry in run(case, arguments.kind)]
    write(arguments, family, family, entries, [wire.compact(entry) for entry in entries])


def write_large(arguments):
    from cases_matrix import large

    for stale in folder(arguments).glob(f"{LARGE}-*.json"):
        if re.fullmatch(LARGE + r"-\d+", stale.stem):
            stale.unlink()
    entries, lines, size, number, total = [], [], 0, 0, 0

    def flush():
        nonlocal entries, lines, size, number
        write(arguments, LARGE, f"{LARGE}-{number:03}", entries, lines)
        entries, lines, size, number = [], [], 0, number + 1

    seed = arguments.seed
    while total < arguments.values:
        for case in large(seed):
            for entry in run(case, arguments.kind):
                line = wire.compact(entry)
                if size + len(line) > LARGE_FILE_BYTES:
                    flush()
                entries.append(entry)
                lines.append(line)
                size += len(line)
                total += judged_values(entry)
        seed += 1
    flush()
    print(f"{total} judged values, seeds {arguments.seed} to {seed - 1}")


def judged_values(entry):
    return sum(
        wire.elements(tensor)
        for observation in entry["observations"]
        for parameter in observation["parameters"]
        for tensor in parameter.values()
    )


def folder(arguments):
    return arguments.out / arguments.kind / arguments.capability


def write(arguments, family, name, entries, lines):
    ids = [entry["id"] for entry in entries]
    if len(set(ids)) != len(ids):
        raise ValueError(f"{family}: two cases have the same id")
    path = folder(arguments) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    words = [word for entry in entries for word in entry["flags"]]
    text = wire.document(header(arguments, family, words), lines)
    path.write_text(text, encoding="utf-8", newline="\n")
    values = sum(judged_values(entry) for entry in entries)
    print(f"{path}: {len(entries)} cases, {values} judged values, {len(text)} bytes")


if __name__ == "__main__":
    main()

"""The versions that the requirements pin, and a refusal to run with others."""

import platform
import re
from importlib.metadata import PackageNotFoundError, version


class WrongVersion(Exception):
    """A package is missing or has another version than the pinned one."""


def check(requirements):
    for package, pinned in pins(requirements).items():
        try:
            found = version(package)
        except PackageNotFoundError as missing:
            raise WrongVersion(f"{package} is not installed; {requirements.name} pins {pinned}") from missing
        if found != pinned:
            raise WrongVersion(f"{package} {found} is installed, but {requirements.name} pins {pinned}")


def pins(requirements):
    """Package → version, for the requirements that hold on this machine."""
    linux = platform.system() == "Linux" and platform.machine() == "x86_64"
    found = {}
    for line in requirements.read_text().splitlines():
        pin = re.match(r"([\w-]+)==([\w.+]+)\s*(;.*)?$", line)
        if pin and (pin[3] is None or ("+cpu" in pin[2]) == linux):
            found[pin[1]] = pin[2]
    return found

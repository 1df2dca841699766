"""A case before it has been run."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    id: str
    """Stable for ever; says what the case is, never where it stands in a list."""
    comment: str
    clause: str
    flags: list[str]
    program: dict
    """Wire form; must not depend on the kind or the capability of the run."""
    facts: Callable[[list], dict] | None = None
    """From the observations to what else is worth keeping of the run."""

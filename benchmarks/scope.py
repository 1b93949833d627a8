"""How much a case does: small enough for a coffee, or as much as it takes to be sure."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`rows` are in the tables before, `events` come; `seconds` is how long a steady load lasts; `runs` are compared side by side."""

    rows: int
    events: int
    runs: int
    seconds: int
    clients: int
    say: Callable[[str], None]


Say = Callable[[str], None]


def tiny(say: Say) -> Scope:
    """To see whether a case works at all: its figures say nothing."""
    return Scope(rows=50_000, events=300_000, runs=1, seconds=10, clients=50, say=say)


def short(say: Say) -> Scope:
    return Scope(rows=500_000, events=240_000, runs=3, seconds=30, clients=200, say=say)


def full(say: Say) -> Scope:
    return Scope(rows=10_000_000, events=2_000_000, runs=3, seconds=60, clients=2_000, say=say)


SIZES = {"tiny": tiny, "short": short, "full": full}

"""What is broken when: a seed and a duration come in, a list of faults goes out; the same seed gives the same list.

Every kind happens at least once in a run, whatever its seed; then more of them, by weight, until there is one every two seconds.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.failpoints import POINTS
from tests.faults.fleet import SERVICES

LETTERS = ("a", "b")
EVERY_SECONDS = 2.0
SESSION_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Fault:
    """`at` and `seconds` are seconds from the beginning and of the fault's own length; `detail` what else its kind needs."""

    at: float
    kind: str
    service: str
    letter: str
    seconds: float
    detail: str = ""

    def __str__(self) -> str:
        where = "-".join(part for part in (self.service, self.letter) if part)
        return f"{self.at:6.1f} s  {self.kind:20} {where:14} {self.seconds:4.0f} s  {self.detail}"


@dataclass(frozen=True, slots=True)
class Kind:
    """How often (`weight`), how long, and whether one replica is meant or the whole service."""

    name: str
    weight: int
    shortest: float
    longest: float
    of_replica: bool = False
    of_server: bool = False
    details: Sequence[str] = ("",)
    least_duration: float = 0.0


KINDS = (
    Kind("kill", 6, 0, 0, of_replica=True),
    Kind("kill-both", 2, 2, 8),
    Kind("term", 2, 0, 0, of_replica=True),
    Kind("freeze", 2, SESSION_SECONDS + 4, SESSION_SECONDS + 8, of_replica=True),
    Kind("nap", 2, 3, 12, of_replica=True),
    Kind("kafka-restart", 2, 1, 5, of_server=True, details=("SIGKILL", "SIGTERM")),
    Kind("kafka-freeze", 1, 6, 12, of_server=True),
    Kind("kafka-hole", 1, 10, 25, of_replica=True, of_server=True, details=("heal", "cut", "slow")),
    Kind("kafka-long-hole", 1, 45, 60, of_replica=True, of_server=True, details=("heal", "cut"), least_duration=120.0),
    Kind("kafka-cut", 2, 0, 0, of_replica=True, of_server=True),
    Kind("postgres-restart", 1, 0, 2, of_server=True, details=("SIGQUIT",)),
    Kind("postgres-away", 1, 6, 12, of_server=True, details=("SIGINT",)),
    Kind("postgres-crash", 1, 0, 0, of_server=True),
    Kind("postgres-freeze", 1, 4, 9, of_server=True),
    Kind("postgres-hole", 3, 5, 15, of_replica=True, details=("heal", "cut", "answers", "slow")),
    Kind("postgres-long-hole", 1, 65, 80, of_replica=True, details=("heal", "cut"), least_duration=120.0),
    Kind("postgres-cut", 2, 0, 0, of_replica=True),
    Kind("terminate", 3, 0, 0),
    Kind("terminate-relays", 2, 0, 0),
    Kind("lose-commit", 5, 0, 0),
    Kind("read-only", 1, 3, 8),
    Kind("crowd", 1, 4, 8),
    Kind("registry", 2, 0, 0, of_server=True),
    Kind("rebuild", 1, 0, 0, least_duration=120.0),
    Kind("hold-lock", 1, 5, 12),
    Kind("hold-lock-long", 1, 33, 40, least_duration=120.0),
    Kind("deadlock", 2, 0, 0),
    Kind("migrate", 2, 1, 3),
    Kind("storm", 1, 4, 7, details=("2", "3")),
    Kind("move-offsets", 1, 0, 0, details=("beginning", "end", "nowhere")),
    Kind("hang", 1, 0, 0, least_duration=180.0),
)
DEEDS = {
    "in-copy": ("stop", "exit"),
    "after-lock": ("stop", "exit", "cancel", "sleep 6"),
    "before-commit": ("exit", "sleep 3", "cancel"),
    "after-commit": ("exit", "cancel"),
    "before-send": ("stop", "sleep 5"),
    "mid-flush": ("exit", "stop"),
    "after-send": ("exit",),
}
STOP_SECONDS = (15.0, SESSION_SECONDS + 4)


def make(seed: int, duration: float, services: Sequence[str] = SERVICES) -> list[Fault]:
    """Faults in their order."""
    draw = random.Random(f"faults {seed} plan")
    possible = [kind for kind in KINDS if kind.least_duration <= duration]
    faults = [one(draw, kind, duration, services) for kind in possible]
    faults += [failpoint(draw, point, DEEDS[point][0], duration, services) for point in POINTS]
    while len(faults) < duration / EVERY_SECONDS:
        kind = draw.choices((None, *possible), (12, *(kind.weight for kind in possible)))[0]
        if kind is not None:
            faults.append(one(draw, kind, duration, services))
        else:
            point = draw.choice(POINTS)
            faults.append(failpoint(draw, point, draw.choice(DEEDS[point]), duration, services))
    return sorted(faults, key=lambda fault: fault.at)


def one(draw: random.Random, kind: Kind, duration: float, services: Sequence[str]) -> Fault:
    seconds = draw.uniform(kind.shortest, kind.longest)
    at, service = draw.uniform(0, max(duration - seconds, duration * 0.1)), draw.choice(services)
    letter = draw.choice(LETTERS) if kind.of_replica else ""
    return Fault(at, kind.name, "" if kind.of_server else service, letter, seconds, draw.choice(kind.details))


def failpoint(draw: random.Random, point: str, deed: str, duration: float, services: Sequence[str]) -> Fault:
    """Armed early enough that somebody gets there, and a stopped one can go on before the end."""
    seconds = draw.uniform(*STOP_SECONDS) if deed == "stop" else 0.0
    at = draw.uniform(0, max(duration - seconds - 15, duration * 0.1))
    return Fault(at, "failpoint", draw.choice(services), "", seconds, f"{point} {deed}")

"""What every generator draws from: one seeded random, the cast of publishers, instants and codes."""

import datetime
import random
from dataclasses import dataclass, field
from itertools import count

from tests.oracle.places import PROVINCES
from tests.oracle.records import JAKARTA, Registry
from tests.oracle.sending import Told, msme

_ZONES = ("+07:00", "+08:00", "Z", "z", "-05:30", "+00:00")
_FRACTIONS = ("", "", ".5", ".120", ".123456", ".000000001", ".999999999")


@dataclass(frozen=True)
class Cast:
    """The publishers' names. `registers` speak for platforms of others, as far as the registry lets them."""

    platforms: tuple[str, ...]
    registers: tuple[str, ...]
    identities: tuple[str, ...]
    exports: tuple[str, ...]
    procurements: tuple[str, ...]
    observers: tuple[str, ...]

    @staticmethod
    def named(seed: int, registry: Registry) -> "Cast":
        """Names that no other seed has; and of those that are registered all who may speak for others, with their platforms."""
        registers = tuple(publisher for publisher in registry.publishers if publisher.platforms)
        spoken_for = sorted({platform for publisher in registers for platform in publisher.platforms})
        return Cast(
            (*(f"shop-{letter}-{seed}" for letter in "abc"), *spoken_for[:3]),
            tuple(publisher.name for publisher in registers[:2]),
            (f"id-{seed}", f"dukcapil-{seed}"),
            (f"customs-{seed}", f"post-{seed}"),
            (f"lpse-{seed}", f"bumn-{seed}"),
            (f"stats-{seed}", f"bank-{seed}"),
        )


@dataclass
class Source:
    """`until` is the newest instant that an event may have."""

    seed: int
    registry: Registry
    until: datetime.datetime
    cast: Cast = field(init=False)
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"scenario {self.seed}")
        self.cast = Cast.named(self.seed, self.registry)
        self._ids = count(1)

    def msme(self, number: int) -> str:
        return msme(number, f"{self.seed}:")

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def day(self, back_days: int = 1200) -> datetime.date:
        """The newer, the likelier."""
        ago = int(back_days * self.draw.random() ** 1.6) + 1
        return (self.until.astimezone(JAKARTA) - datetime.timedelta(days=ago)).date()

    def province(self) -> str:
        """Most of them are on Java."""
        return self.draw.choice(("ID-JB", "ID-JT", "ID-JI", "ID-BT") if self.chance(0.6) else sorted(PROVINCES))

    def instant(self, day: datetime.date) -> str:
        """A moment of this day somewhere, in one of the forms that the contract takes."""
        clock = f"{self.draw.randrange(24):02d}:{self.draw.randrange(60):02d}:{self.draw.randrange(60):02d}"
        letter = "t" if self.chance(0.1) else "T"
        return f"{day.isoformat()}{letter}{clock}{self.draw.choice(_FRACTIONS)}{self.draw.choice(_ZONES)}"

    def id(self) -> str:
        return f"{self.draw.choice(('', 'evt-', 'É ', '☀', 'a' * 150))}{next(self._ids)}"

    def told(self, publisher: str, type_: str, day: datetime.date, data: dict[str, object]) -> Told:
        """Some corrections state when they became known."""
        late = self.instant(min(day + datetime.timedelta(days=3), self.day(0))) if self.chance(0.05) else None
        return Told(publisher, type_, data, self.instant(day), self.id(), late)

    def again(self, told: Told, data: dict[str, object], recorded_day: datetime.date | None = None) -> Told:
        """The same version with other content; with a day a correction: the same time, recorded then."""
        if recorded_day is None:
            return Told(told.publisher, told.type, data, told.time, told.id, told.recordedtime)
        return Told(told.publisher, told.type, data, told.time, self.id(), self.instant(recorded_day))

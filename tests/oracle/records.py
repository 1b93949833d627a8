"""The words of the recount: a raw record comes in; an event, a refusal and a fact are what is made of it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

JAKARTA = datetime.timezone(datetime.timedelta(hours=7))
UNREGISTERED = 2**31 - 1

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Record:
    """One record as Kafka holds it; `timestamp_ms` is the broker's."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


@dataclass(frozen=True)
class Publisher:
    """One line of the registry of publishers; a smaller rank comes first."""

    name: str
    rank: int
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registry:
    """Who is registered. `unregistered` says what happens to the others: count or hold."""

    publishers: tuple[Publisher, ...] = ()
    unregistered: str = "count"

    def place(self, name: str) -> tuple[int, str]:
        """Of two publishers the one with the smaller place leads."""
        for publisher in self.publishers:
            if publisher.name == name:
                return (publisher.rank, name)
        return (UNREGISTERED, name)

    def counts(self, name: str) -> bool:
        return self.unregistered == "count" or any(publisher.name == name for publisher in self.publishers)

    def may_speak_for(self, name: str, platform: str) -> bool:
        return platform == name or any(publisher.name == name and platform in publisher.platforms for publisher in self.publishers)


class Refusal(Exception):
    """Why a record cannot be taken. Where the contract does not name the code, several `reasons` are possible."""

    def __init__(self, reasons: tuple[str, ...], detail: str = "") -> None:
        super().__init__(reasons, detail)
        self.reasons = reasons
        self.detail = detail


Version = tuple[int, int, str]


@dataclass(frozen=True)
class Event:
    """A record that was taken. `data` holds the known members only, as sent."""

    publisher: str
    stream: str
    type: str
    version: Version
    data: dict[str, Any]
    digest: bytes
    known_ms: int

    @property
    def time_ns(self) -> int:
        return self.version[0]


@dataclass
class Fact:
    """All that one publisher said about one natural key."""

    kind: str
    key: tuple[str, ...]
    publisher: str
    stated: Event
    standing: bool
    first_ns: int = 0
    ended_ns: int | None = None
    statements: list[Event] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        return self.stated.data

    @property
    def newness(self) -> Version:
        return self.stated.version


def month_of_ns(time_ns: int) -> int:
    """The month in Jakarta, counted from the year 0."""
    at = datetime.datetime.fromtimestamp(time_ns // 10**9, JAKARTA)
    return at.year * 12 + at.month - 1


def month_of_text(text: str) -> int:
    """`2025-10` or `2025-10-31`."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"

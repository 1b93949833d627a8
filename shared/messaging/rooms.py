"""What a service is made of, for whoever runs it, rebuilds it or checks it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.events.cells import CellKind
from shared.messaging.batch import Projection
from shared.messaging.registry import Registry
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.repair.tables import Difference, Table
from shared.runtime.pulse import Pulse
from shared.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Wired:
    """The parts of a running process that its outlets need; `on_commit` is called after every commit of this process."""

    settings: Settings
    pool: Pool
    codes: Codes
    pulse: Pulse
    on_commit: list[Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Outlets:
    """How a process tells: over HTTP, and by tasks that go on until it ends."""

    app: FastAPI
    tasks: Mapping[str, Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a service is made of. `prepare` readies a connection; `recount` counts everything anew from the facts.

    `streams` are the publishers' streams that it hears, its own first; `hears` the pattern of all its topics. `compares` are the
    tables in which a rebuild must end where live is; `keeps` those that go over to it as they are, since they cannot be heard again.
    `check` finds what differs from what it follows from.
    """

    name: str
    streams: Sequence[str]
    hears: str
    kinds: Sequence[CellKind]
    migrations: Sequence[Path]
    projection: Callable[[Registry], Projection]
    prepare: Callable[[Connection], Coroutine[Any, Any, None]]
    recount: Callable[[Connection, int, int], Awaitable[None]]
    compares: Sequence[Table]
    keeps: Sequence[str]
    check: Callable[[Connection], Awaitable[Sequence[Difference]]]
    outlets: Callable[[Wired], Outlets]

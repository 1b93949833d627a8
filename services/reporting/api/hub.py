"""Who is listening: changes come in from the database, each client's latest ones go out.

A client has a place for each indicator, not a queue: who reads slowly gets the latest figure and never holds anybody up.
Several processes serve the same changes: each looks at the database, at once where it committed itself.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

import structlog

from services.reporting.api.reader import QUERIES, Head, Reader
from shared.postgres import errors

log = structlog.get_logger(__name__)
POLL_SECONDS = 0.15
PAGE = 1_000
MOST_CLIENTS = 10_000
FAILED_SECONDS = 1.0
HEARTBEAT_SECONDS = 15


class Change(NamedTuple):
    """A figure that changed, as the event that tells it: written once for all who listen."""

    indicator: str
    seq: int
    event: bytes


# A comment keeps proxies from closing what is silent. One for all instead of a timer and a task for each reader.
HEARTBEAT = Change("", sys.maxsize, b": heartbeat\n\n")


@dataclass(slots=True, eq=False)
class Client:
    """The newest figure of each indicator that was not sent yet, oldest first. `set` says that the process ends."""

    waiting: dict[str, Change] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ending: bool = False

    def set(self) -> None:
        self.ending = True
        self.news.set()

    def offer(self, change: Change) -> None:
        self.waiting.pop(change.indicator, None)
        self.waiting[change.indicator] = change
        self.news.set()

    async def take(self) -> list[Change]:
        """Wait for something new, then all of it."""
        await self.news.wait()
        self.news.clear()
        taken, self.waiting = list(self.waiting.values()), {}
        return taken


@dataclass(slots=True)
class Hub:
    """One a process. `wake` is set after a commit of this process."""

    reader: Reader
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    clients: set[Client] = field(default_factory=set)
    head: Head | None = None
    snapshot: tuple[Head, bytes] | None = None

    async def run(self) -> None:
        """Follow the changes for ever; every while something goes to whoever listens, also while nothing changes."""
        beat_at = monotonic() + HEARTBEAT_SECONDS
        while True:
            if monotonic() > beat_at:
                beat_at = monotonic() + HEARTBEAT_SECONDS
                self.offer(HEARTBEAT)
            try:
                await self.follow()
                await self.rest(POLL_SECONDS)
            except Exception as error:
                log.warning("changes_not_followed", error=repr(error)[:300], passing=errors.is_passing(error))
                await asyncio.sleep(FAILED_SECONDS)

    async def rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        self.wake.clear()

    async def follow(self) -> None:
        """Offer what changed since the last look; the latest figures only where changes are no longer kept."""
        head = await self.reader.head()
        known = self.head
        if known is None or known.instance != head.instance or not self.clients:
            self.head = head
            return
        if head.seq == known.seq:
            return
        async with self.reader.snapshot() as (connection, now):
            changes = await connection.fetch(QUERIES.list_changes, known.seq, PAGE)
            if len(changes) < now.seq - known.seq:
                changes = await connection.fetch(QUERIES.list_newer_figures, known.seq)
        for row in changes:
            self.offer(Change(row["indicator"], row["seq"], event("change", now.at(row["seq"]), row["figure"])))
        self.head = now

    def offer(self, change: Change) -> None:
        for client in self.clients:
            client.offer(change)

    @contextmanager
    def listening(self, client: Client) -> Iterator[None]:
        """For as long as this lasts the client is offered what changes."""
        self.clients.add(client)
        try:
            yield
        finally:
            self.clients.discard(client)


def event(name: str, cursor: str | None, data: str) -> bytes:
    """One event of the stream; figures are one line of JSON."""
    identity = "" if cursor is None else f"id: {cursor}\n"
    return f"event: {name}\n{identity}data: {data}\n\n".encode()

"""Who is listening: changes come in from the database, each client's latest ones go out.

A client has a place for each indicator, not a queue: who reads slowly gets the latest figure and never holds anybody up.
Several processes serve the same changes: each looks at the database, at once where it committed itself.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from services.reporting.api.reader import QUERIES, Head, Reader
from shared.postgres import errors

log = structlog.get_logger(__name__)
POLL_SECONDS = 0.15
PAGE = 1_000
MOST_CLIENTS = 10_000
FAILED_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Client:
    """The newest figure of each indicator that was not sent yet, oldest first."""

    waiting: dict[str, tuple[int, str]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, indicator: str, seq: int, figure: str) -> None:
        self.waiting.pop(indicator, None)
        self.waiting[indicator] = (seq, figure)
        self.news.set()

    async def take(self) -> list[tuple[int, str]]:
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

    async def run(self) -> None:
        """Follow the changes for ever."""
        while True:
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
        for change in changes:
            for client in self.clients:
                client.offer(change["indicator"], change["seq"], change["figure"])
        self.head = now

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A place for one reader, for as long as it listens."""
        client = Client()
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.discard(client)

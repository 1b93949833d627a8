"""One look at the database: a question about its state comes in, an answer as of one instant goes out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from services.reporting import knowledge
from services.reporting.api import cursors, replies
from services.reporting.api.problems import Problem
from services.reporting.api.replies import Replies
from services.reporting.figures.known import Known
from shared.postgres import queries
from shared.postgres.connection import Connection, Pool

AT_ONCE = 4  # looks at the same time: batches are applied over the same pool, and always find a connection
QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
Make = Callable[[Connection, "Head"], Awaitable[bytes]]


class Head(NamedTuple):
    """Where publishing is. `instance` tells this database from others, `today` is the day of its figures."""

    instance: str
    seq: int
    revision: int
    today: date

    @property
    def cursor(self) -> str:
        return self.at(self.seq)

    def at(self, seq: int) -> str:
        """The cursor after one change."""
        return cursors.encode(self.instance, seq)


@dataclass(slots=True)
class Reader:
    """One a process."""

    pool: Pool
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    replies: Replies = field(default_factory=Replies)
    known: tuple[tuple[str, int], Known] | None = None

    async def head(self) -> Head:
        async with self.turns:
            return await get_head(self.pool)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[tuple[Connection, Head]]:
        """Everything read in here is of one instant."""
        async with self.turns, self.pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection, await get_head(connection)

    async def get_known(self, connection: Connection, head: Head) -> Known:
        """What figures are made of, read once a revision."""
        version = (head.instance, head.revision)
        if self.known is None or self.known[0] != version:
            self.known = (version, await knowledge.get_known(connection, head.today))
        return self.known[1]

    async def reply(self, request: Request, make: Make) -> Response:
        """The answer to this path and query, worked out once a revision."""
        head = await self.head()
        key = (f"{head.instance}/{head.revision}", request.url.path, urlencode(sorted(request.query_params.multi_items())))

        async def make_at_once() -> bytes:
            async with self.snapshot() as (connection, now):
                return await make(connection, now)

        return replies.send(request, await self.replies.get(key, make_at_once))


async def get_head(connection: Connection | Pool) -> Head:
    row = await connection.fetchrow(QUERIES.head)
    assert row is not None
    return Head(*row)


def parameters(request: Request, *possible: str) -> dict[str, str]:
    """The query's parameters: only these, each at most once."""
    asked: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name not in possible:
            raise Problem(400, "unknown-parameter", f"There is no parameter {name[:60]!r} here.", possible)
        if name in asked:
            raise Problem(400, "repeated-parameter", f"{name} is given more than once.", possible)
        asked[name] = text
    return asked

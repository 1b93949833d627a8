"""One look at the database: a question about its state comes in, an answer as of one instant goes out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from fastapi.responses import Response
from starlette.types import Scope

from services.reporting import knowledge
from services.reporting.api import cursors, replies
from services.reporting.api.replies import Key, Replies
from services.reporting.figures.known import Known
from shared.postgres import queries
from shared.postgres.connection import Connection, Pool
from shared.runtime.problems import Problem

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
    def state(self) -> str:
        """What answers are worked out from: as long as it is the same they are too."""
        return f"{self.instance}/{self.revision}"

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
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_look: "asyncio.Task[Head] | None" = None
    replies: Replies = field(default_factory=Replies)
    known: tuple[tuple[str, int], Known] | None = None

    async def head(self) -> Head:
        """As of a moment after this was asked: all who ask while one look is under way share the next."""
        if self.next_look is None:
            self.next_look = asyncio.create_task(self.look())
        return await asyncio.shield(self.next_look)

    async def look(self) -> Head:
        async with self.looking, self.turns:
            self.next_look = None  # whoever asks from here on may have seen something newer
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

        async def make_at_once() -> bytes:
            async with self.snapshot() as (connection, now):
                return await make(connection, now)

        return replies.send(request, await self.replies.get(key(request.scope), head.state, make_at_once))


def key(scope: Scope) -> Key:
    """What is asked for; the order of the parameters makes no difference."""
    question = scope["query_string"].decode("latin-1")
    return scope["path"], urlencode(sorted(parse_qsl(question, keep_blank_values=True))) if question else ""


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

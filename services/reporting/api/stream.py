"""/v1/stream, server-sent events: a snapshot, then each figure that changes; the id of an event is the cursor after it.

A reader that comes back with Last-Event-ID gets what it missed. Where that is no longer possible it is told so (`gap`) and gets
a snapshot.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from services.reporting.api import changes, progress
from services.reporting.api.hub import MOST_CLIENTS, Client, Hub
from services.reporting.api.problems import Problem
from services.reporting.api.reader import QUERIES, Head, Reader, parameters
from shared.postgres.connection import Connection

HEARTBEAT_SECONDS = 15
CLOSING_SECONDS = 1.0
SEND_SECONDS = 30  # a reader that takes nothing for so long is let go
MOST_MISSED = 1_000  # further behind a snapshot is shorter
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Type": "text/event-stream; charset=utf-8"}
DESCRIPTION = "Events: `snapshot` (as /v1/progress), `change` (one figure), `gap` (what was missed is lost; a snapshot follows)."


def routes(reader: Reader, hub: Hub) -> APIRouter:
    router = APIRouter(tags=["changes"])
    form = {200: {"content": {"text/event-stream": {}}, "description": DESCRIPTION}}

    @router.get("/v1/stream", summary="Figures as they change", responses=form, response_class=EventSourceResponse)  # type: ignore[arg-type]
    async def stream(request: Request) -> Response:
        parameters(request)
        if request.scope.get("head"):
            return Response(headers=HEADERS)
        if len(hub.clients) >= MOST_CLIENTS:
            raise Problem(503, "too-many-readers", "Too many readers listen at the moment; /v1/changes has the same.", ["/v1/changes"])
        closing = anyio.Event()
        return EventSourceResponse(
            events(reader, hub, request.headers.get("last-event-id"), closing),
            ping=HEARTBEAT_SECONDS,
            send_timeout=SEND_SECONDS,
            sep="\n",
            headers=HEADERS,
            shutdown_event=closing,
            shutdown_grace_period=CLOSING_SECONDS,
        )

    return router


async def events(reader: Reader, hub: Hub, since: str | None, closing: anyio.Event) -> AsyncIterator[bytes]:
    """What was missed or a snapshot, then changes as they come. Listening begins before: nothing falls in between."""
    with hub.client() as client:
        async with reader.snapshot() as (connection, head):
            first = await beginning(connection, head, since)
        for event in first:
            yield event
        async for event in following(client, head, closing):
            yield event


async def following(client: Client, head: Head, closing: anyio.Event) -> AsyncIterator[bytes]:
    """Changes until the process ends; then the reader's connection is closed in order, and it comes back elsewhere."""
    ending = asyncio.ensure_future(closing.wait())
    ending.add_done_callback(lambda _: client.news.set())
    try:
        while not ending.done():
            for seq, figure in await client.take():
                if seq > head.seq:
                    yield event("change", head.at(seq), figure)
    finally:
        ending.cancel()


async def beginning(connection: Connection, head: Head, since: str | None) -> list[bytes]:
    """Up to the head: by changes where the reader can go on, else by a snapshot."""
    if not since:
        return [await snapshot(connection, head)]
    missed = await get_missed(connection, head, since)
    if missed is None:
        return [event("gap", None, '{"reason":"what changed since is no longer kept"}'), await snapshot(connection, head)]
    return [event("change", head.at(row["seq"]), row["figure"]) for row in missed]


async def get_missed(connection: Connection, head: Head, since: str) -> Sequence[Any] | None:
    """The changes since a cursor; None where it is not ours, or too old."""
    try:
        seq = await changes.place(connection, head, since)
    except Problem:
        return None
    return await connection.fetch(QUERIES.list_changes, seq, MOST_MISSED) if head.seq - seq <= MOST_MISSED else None


async def snapshot(connection: Connection, head: Head) -> bytes:
    return event("snapshot", head.cursor, (await progress.get_headlines(connection, head)).decode())


def event(name: str, cursor: str | None, data: str) -> bytes:
    """One event; figures are one line of JSON."""
    identity = "" if cursor is None else f"id: {cursor}\n"
    return f"event: {name}\n{identity}data: {data}\n\n".encode()

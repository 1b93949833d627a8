"""/v1/stream, server-sent events: a snapshot, then each figure that changes; the id of an event is the cursor after it.

A reader that comes back with Last-Event-ID gets what it missed. Where that is no longer possible it is told so (`gap`) and gets
a snapshot.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from services.reporting.api import changes, progress
from services.reporting.api.hub import MOST_CLIENTS, Client, Hub, event
from services.reporting.api.reader import QUERIES, Head, Reader, parameters
from shared.postgres.connection import Connection
from shared.runtime.problems import Problem

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
        client = Client()
        return EventSourceResponse(
            events(reader, hub, request.headers.get("last-event-id"), client),
            ping=0,  # the hub's heartbeat is for all
            send_timeout=SEND_SECONDS,
            sep="\n",
            headers=HEADERS,
            shutdown_event=client,  # type: ignore[arg-type]  # it is only ever set; to wait for an event takes a task for each reader
            shutdown_grace_period=CLOSING_SECONDS,
        )

    return router


async def events(reader: Reader, hub: Hub, since: str | None, client: Client) -> AsyncIterator[bytes]:
    """What was missed or a snapshot, then changes as they come. Listening begins before: nothing falls in between."""
    with hub.listening(client):
        async with reader.snapshot() as (connection, head):
            first = await beginning(hub, connection, head, since)
        while first:
            yield first.pop(0)  # nothing is kept of it while the reader listens
        async for event in following(client, head.seq):
            yield event


async def following(client: Client, seq: int) -> AsyncIterator[bytes]:
    """Changes until the process ends; then the reader's connection is closed in order, and it comes back elsewhere."""
    while not client.ending:
        for change in await client.take():
            if change.seq > seq:
                yield change.event


async def beginning(hub: Hub, connection: Connection, head: Head, since: str | None) -> list[bytes]:
    """Up to the head: by changes where the reader can go on, else by a snapshot."""
    if not since:
        return [await snapshot(hub, connection, head)]
    missed = await get_missed(connection, head, since)
    if missed is None:
        return [event("gap", None, '{"reason":"what changed since is no longer kept"}'), await snapshot(hub, connection, head)]
    return [event("change", head.at(row["seq"]), row["figure"]) for row in missed]


async def get_missed(connection: Connection, head: Head, since: str) -> Sequence[Any] | None:
    """The changes since a cursor; None where it is not ours, or too old."""
    try:
        seq = await changes.place(connection, head, since)
    except Problem:
        return None
    return await connection.fetch(QUERIES.list_changes, seq, MOST_MISSED) if head.seq - seq <= MOST_MISSED else None


async def snapshot(hub: Hub, connection: Connection, head: Head) -> bytes:
    """One for all who come while nothing changes."""
    if hub.snapshot is None or hub.snapshot[0] != head:
        hub.snapshot = (head, event("snapshot", head.cursor, (await progress.get_headlines(connection, head)).decode()))
    return hub.snapshot[1]

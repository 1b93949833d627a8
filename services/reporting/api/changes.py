"""The change feed: a cursor comes in, the figures that changed since go out, in the order in which they were published."""

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.reporting.api import cursors, schemas
from services.reporting.api.reader import QUERIES, Head, Reader, parameters
from shared.postgres.connection import Connection
from shared.runtime.problems import Problem

PAGE = 500
GONE = "What changed since this cursor is no longer kept; begin anew with /v1/progress."


def routes(reader: Reader) -> APIRouter:
    router = APIRouter(tags=["changes"])

    @router.get("/v1/changes", responses=schemas.of(schemas.Changes), summary="Figures that changed since a cursor")
    async def list_changes(
        request: Request,
        cursor: str | None = Query(None, description="from an answer; without one: from now"),  # noqa: ARG001
    ) -> Response:
        asked = parameters(request, "cursor").get("cursor")

        async def make(connection: Connection, head: Head) -> bytes:
            return await get_changes(connection, head, asked)

        return await reader.reply(request, make)

    return router


async def get_changes(connection: Connection, head: Head, cursor: str | None) -> bytes:
    if cursor is None:
        return f'{{"cursor":"{head.cursor}","more":false,"changes":[]}}'.encode()
    seq = await place(connection, head, cursor)
    found = await connection.fetch(QUERIES.list_changes, seq, PAGE)
    newest = found[-1]["seq"] if found else seq
    more = "true" if newest < head.seq else "false"
    return f'{{"cursor":"{head.at(newest)}","more":{more},"changes":[{",".join(row["figure"] for row in found)}]}}'.encode()


async def place(connection: Connection, head: Head, cursor: str) -> int:
    """The number of the change that a cursor stands after. Raises Problem where nothing can follow it."""
    instance, seq = cursors.decode(cursor, str, int)
    if instance == head.instance and not 0 <= seq <= head.seq:
        raise Problem(400, "bad-cursor", cursors.WRONG)
    oldest = await connection.fetchval(QUERIES.oldest_change)
    if instance != head.instance or (seq < head.seq and (oldest is None or seq + 1 < oldest)):
        raise Problem(410, "gone", GONE, ["/v1/progress"])
    return int(seq)

"""What publishers get back: receipts of what they sent, what was rejected and why, and facts that two of them state."""

from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.reporting.api import cursors, question, schemas
from services.reporting.api.reader import QUERIES, Head, Reader, parameters
from shared.messaging.fold import OUTCOMES
from shared.postgres.connection import Connection
from shared.runtime.problems import Problem

PAGE = 500
CURSOR = Query(None, description="from an answer; without one: from the beginning")


def routes(reader: Reader) -> APIRouter:
    router = APIRouter(tags=["publishers"])

    @router.get("/v1/publishers/{publisher}/receipts", responses=schemas.of(schemas.Receipts), summary="What became of what was sent")
    async def list_receipts(request: Request, publisher: str) -> Response:
        parameters(request)

        async def make(connection: Connection, _: Head) -> bytes:
            await check(connection, publisher)
            return await get_receipts(connection, publisher)

        return await reader.reply(request, make)

    @router.get("/v1/publishers/{publisher}/rejected", responses=schemas.of(schemas.Rejected), summary="What was rejected, and why")
    async def list_rejected(request: Request, publisher: str, cursor: str | None = CURSOR) -> Response:  # noqa: ARG001
        asked = parameters(request, "cursor").get("cursor")

        async def make(connection: Connection, _: Head) -> bytes:
            await check(connection, publisher)
            return await get_rejected(connection, publisher, asked)

        return await reader.reply(request, make)

    @router.get("/v1/contested", responses=schemas.of(schemas.Contested), summary="Facts stated by two publishers")
    async def list_contested(request: Request, cursor: str | None = CURSOR) -> Response:  # noqa: ARG001
        asked = parameters(request, "cursor").get("cursor")

        async def make(connection: Connection, _: Head) -> bytes:
            return await get_contested(connection, asked)

        return await reader.reply(request, make)

    return router


async def check(connection: Connection, publisher: str) -> None:
    """Raises Problem for a publisher of whom nothing was heard."""
    if not question.is_plain(publisher) or not await connection.fetchval(QUERIES.is_publisher, publisher):
        known = [row["publisher"] for row in await connection.fetch(QUERIES.list_publishers)]
        raise Problem(404, "unknown-publisher", f"Nothing was heard of a publisher {publisher[:64]!r}.", known)


async def get_receipts(connection: Connection, publisher: str) -> bytes:
    reasons: dict[str, dict[str, int]] = {}
    for row in await connection.fetch(QUERIES.list_reasons, publisher):
        reasons.setdefault(row["stream"], {})[row["reason"]] = row["records"]
    streams = []
    for row in await connection.fetch(QUERIES.list_receipts, publisher):
        counts = dict(zip(OUTCOMES, row["counts"], strict=True))
        why = {reason: records for reason, records in reasons.get(row["stream"], {}).items() if records}
        streams.append({"stream": row["stream"], "sent": sum(counts.values()), **counts, "reasons": why})
    return orjson.dumps({"publisher": publisher, "streams": streams})


async def get_rejected(connection: Connection, publisher: str, cursor: str | None) -> bytes:
    after = 0 if cursor is None else cursors.decode(cursor, str, int)[1]
    found = await connection.fetch(QUERIES.list_rejected, publisher, bounded(after), PAGE + 1)
    page = found[:PAGE]
    newest = page[-1]["id"] if page else after
    listed = [refusal(row) for row in page]
    more = len(found) > PAGE
    return orjson.dumps({"publisher": publisher, "cursor": cursors.encode(publisher, newest), "more": more, "rejected": listed})


def bounded(number: int) -> int:
    """A number from a cursor, as the database can take it."""
    if not 0 <= number < 2**63:
        raise Problem(400, "bad-cursor", cursors.WRONG)
    return number


def refusal(row: Any) -> dict[str, Any]:
    """The bytes stay in Kafka and in quarantine: whoever sent them has them, and nobody else should."""
    fields = ("stream", "topic", "partition", "offset", "reason", "path", "expected", "seen")
    at = datetime.fromtimestamp(row["known_ms"] / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**{name: row[name] for name in fields}, "at": at}


async def get_contested(connection: Connection, cursor: str | None) -> bytes:
    after = ["", "", "", ""] if cursor is None else cursors.decode(cursor, str, str, str, str)
    if any("\0" in part for part in after):
        raise Problem(400, "bad-cursor", cursors.WRONG)
    found = await connection.fetch(QUERIES.list_contested, *after, PAGE + 1)
    page = found[:PAGE]
    newest = cursors.encode(*page[-1].values()) if page else cursors.encode(*after)
    return orjson.dumps({"cursor": newest, "more": len(found) > PAGE, "contested": [contested(row) for row in page]})


def contested(row: Any) -> dict[str, Any]:
    key, publishers = read_json(row["key"]), read_json(row["publishers"])
    return {"kind": row["fact"], "key": key, "publishers": publishers, "leads": row["leads"] or None}


def read_json(text: str | None) -> Any:
    """Services tell keys as JSON text; whatever else they tell is shown as it is."""
    try:
        return orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return text

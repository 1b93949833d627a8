"""Changes: the feed by cursor, and the stream that begins with a snapshot, resumes, and says when it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from services.reporting.api import cursors
from services.reporting.api import stream as streaming
from services.reporting.api.hub import HEARTBEAT, Change, Client
from shared.postgres.connection import Connection, Pool
from tests.reporting import sending
from tests.reporting.sending import observed

MANY = "insert into change(seq, indicator, figure) select n, 'x', '{}' from generate_series($1::int, $2) as n"
Event = tuple[str, str | None, Any]


async def observe(pool: Pool, value: int) -> None:
    await sending.state(pool, observed("credit_share", "2022", str(value), value))


async def test_the_feed_is_from_now_and_then_everything_in_order(api: httpx.AsyncClient, pool: Pool) -> None:
    await observe(pool, 1)
    start = (await api.get("/v1/changes")).json()
    assert (start["more"], start["changes"]) == (False, [])
    for value in range(2, 6):
        await observe(pool, value)
    page = (await api.get("/v1/changes", params={"cursor": start["cursor"]})).json()
    assert [change["value"] for change in page["changes"]] == ["2", "3", "4", "5"]
    assert page["more"] is False
    assert page["cursor"] == (await api.get("/v1/progress")).json()["cursor"]
    assert (await api.get("/v1/changes", params={"cursor": page["cursor"]})).json()["changes"] == []


async def test_the_feed_comes_in_pages(api: httpx.AsyncClient, pool: Pool, connection: Connection) -> None:
    start = (await api.get("/v1/progress")).json()["cursor"]
    await observe(pool, 1)
    first = await connection.fetchval("select seq from head")
    await connection.execute(
        "insert into change(seq, indicator, figure) select n, 'x', '{}' from generate_series($1::int, $2) as n", first + 1, first + 1200
    )
    await connection.execute("update head set seq = seq + 1200, revision = revision + 1")
    sizes, cursor, more = [], start, True
    while more:
        page = (await api.get("/v1/changes", params={"cursor": cursor})).json()
        sizes.append(len(page["changes"]))
        cursor, more = page["cursor"], page["more"]
    assert sizes[:-1] == [500, 500]
    assert sum(sizes) == first + 1200


async def test_cursors_that_cannot_be_followed(api: httpx.AsyncClient, pool: Pool, connection: Connection) -> None:
    start = (await api.get("/v1/progress")).json()["cursor"]
    for value in range(1, 4):
        await observe(pool, value)
    instance, seq = await connection.fetchval("select instance from head"), await connection.fetchval("select seq from head")
    assert (await api.get("/v1/changes", params={"cursor": cursors.encode(instance, seq + 1)})).status_code == 400
    assert (await api.get("/v1/changes", params={"cursor": cursors.encode("another", 1)})).status_code == 410
    await connection.execute("delete from change where seq <= 3")
    gone = await api.get("/v1/changes", params={"cursor": start})
    assert (gone.status_code, gone.json()["possible"]) == (410, ["/v1/progress"])


@asynccontextmanager
async def listening(api: httpx.AsyncClient, since: str | None = None) -> AsyncIterator[AsyncIterator[Event]]:
    headers = {} if since is None else {"Last-Event-ID": since}
    async with api.stream("GET", "/v1/stream", headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["cache-control"] == "no-store"
        assert "content-encoding" not in reply.headers
        yield events(reply)


async def events(reply: httpx.Response) -> AsyncIterator[Event]:
    told: dict[str, str] = {}
    async for line in reply.aiter_lines():
        name, _, text = line.partition(": ")
        if line:
            told[name] = text
        elif "event" in told:
            yield told["event"], told.get("id"), orjson.loads(told["data"])
            told = {}


async def after(stream: AsyncIterator[Event], count: int) -> list[Event]:
    async with asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def test_the_stream_is_a_snapshot_and_then_changes(api: httpx.AsyncClient, pool: Pool) -> None:
    await observe(pool, 1)
    async with listening(api) as stream:
        [(name, identity, snapshot)] = await after(stream, 1)
        assert name == "snapshot"
        assert snapshot == (await api.get("/v1/progress")).json()
        assert identity == snapshot["cursor"]
        for value in (2, 3):
            await observe(pool, value)
            [(name, identity, figure)] = await after(stream, 1)
            assert (name, figure["id"], figure["value"]) == ("change", "credit_share", str(value))
        assert identity == (await api.get("/v1/progress")).json()["cursor"]


async def test_a_reader_that_comes_back_gets_what_it_missed(api: httpx.AsyncClient, pool: Pool) -> None:
    await observe(pool, 1)
    cursor = (await api.get("/v1/progress")).json()["cursor"]
    for value in (2, 3):
        await observe(pool, value)
    async with listening(api, cursor) as stream:
        missed = await after(stream, 2)
        assert [(name, figure["value"]) for name, _, figure in missed] == [("change", "2"), ("change", "3")]
        await observe(pool, 4)
        [(_, identity, figure)] = await after(stream, 1)
        assert figure["value"] == "4"
    assert identity == (await api.get("/v1/progress")).json()["cursor"]


async def test_the_stream_says_when_it_cannot_resume(api: httpx.AsyncClient, pool: Pool) -> None:
    await observe(pool, 1)
    for since in ("unknown", cursors.encode("another", 1)):
        async with listening(api, since) as stream:
            assert [name for name, _, _ in await after(stream, 2)] == ["gap", "snapshot"]


async def test_a_slow_reader_has_a_place_for_each_indicator_and_gets_the_latest() -> None:
    client = Client()
    for seq in range(1, 1001):
        client.offer(Change(f"indicator-{seq % 3}", seq, b"%d" % seq))
    assert [(change.seq, change.event) for change in await client.take()] == [(998, b"998"), (999, b"999"), (1000, b"1000")]
    assert client.waiting == {}


async def test_a_heartbeat_is_a_comment_for_every_reader_whatever_it_has_seen() -> None:
    client = Client()
    client.offer(HEARTBEAT)
    told = streaming.following(client, 10**12)
    assert await anext(told) == b": heartbeat\n\n"

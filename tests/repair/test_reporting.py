"""Reporting ends on the figures of a rebuilt service, whatever version the old ones had; and it is rebuilt itself, unseen by readers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.onboarding.app import ROOMS as ONBOARDING
from services.reporting import messages
from services.reporting.app import ROOMS as REPORTING
from shared.events import topics
from shared.messaging import telling
from shared.messaging.relay import CellRelay
from shared.messaging.topics import Topics
from shared.repair import verify
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, told
from tests.oracle.sending import binary
from tests.repair.live import Live, live
from tests.reporting import sending

DATE = "2025-02-03"
FIGURE = "select figure::jsonb->>'value' from figure where indicator = $1"
TOTALS = "select kind, part, month, measures from total where 0 <> any(measures) order by kind, part, month"


@pytest.fixture
async def onboarding(kafka: str, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Live]:
    async with live(ONBOARDING, kafka, await database("onboarding"), tmp_path) as service:
        await service.send(*[onboarded("shop-a", number, DATE) for number in range(9)])
        await service.hear()
        yield service


@pytest.fixture
async def reporting(kafka: str, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Live]:
    async with live(REPORTING, kafka, await database("reporting"), tmp_path) as service:
        yield service


async def announce_all(service: Live, reporting: Live) -> None:
    """All cells of a service, as its relay tells them at its start, and reporting hears them."""
    relay = CellRelay("", "", service.rooms.kinds, service.service.applier.codes)
    async with service.service.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        (epoch,) = [tuple(row) for row in await connection.fetch("select generation, number from epoch")]
        told = [value async for _, value in relay.messages(connection, -1, epoch)]
        told.append((await relay.watermark(connection, epoch, full=False))[1])
    async with reporting.service.pool.acquire() as connection:
        await sending.tell(connection, *messages.read_cells("onboarding", told))


async def test_reporting_ends_on_the_new_figures_whatever_version_the_old_ones_had(onboarding: Live, reporting: Live) -> None:
    await announce_all(onboarding, reporting)
    right = await reporting.service.pool.fetch(TOTALS)
    assert await reporting.service.pool.fetchval(FIGURE, "onboarded") == "9"
    await onboarding.service.pool.execute("update listing_cell set month = month - 1, onboarded = 5, number = 1000000")
    await onboarding.service.pool.execute("update epoch set number = 1000000")
    await announce_all(onboarding, reporting)
    assert await reporting.service.pool.fetch(TOTALS) != right
    assert await onboarding.rebuild(accept=True)
    await announce_all(onboarding, reporting)
    assert await reporting.service.pool.fetch(TOTALS) == right
    assert await reporting.service.pool.fetchval(FIGURE, "onboarded") == "9"
    assert await verify.alarm(REPORTING, reporting.service.pool) == []


CELLS = topics.cells("onboarding")
OBSERVED = {"indicator": "msme_population", "period": "2024", "value": "64000000", "unit": "msme", "stated_by": "a ministry"}
VERSION = {"generation": 10**12, "number": 1}  # newer than what other tests told on this topic


async def say_and_hear(reporting: Live) -> None:
    """An observation, a target and a few cells, on the topics that reporting hears."""
    target = {"indicator": "onboarded", "version": "2022-01", "set_on": "2022-01-01", "value": "30000000", "due": "2024-12-31"}
    observed = told("office", "observations.indicator-observed", DATE, **OBSERVED)
    await reporting.send(observed, told("office", "observations.target-set", DATE, **target), replace(binary(observed), value=b"{"))
    values = [
        {"kind": "listing", "key": ["2024-02", "ID-JB", "producer", "micro", "a"], "measures": ["2", "2", "2"], **VERSION},
        {"kind": "watermark", "newest": {}, "positions": {}, **VERSION},
    ]
    await Topics(reporting.settings.kafka).ensure({CELLS: topics.CELLS})
    producer = telling.open_producer(reporting.settings.kafka)
    await producer.start()
    await telling.send(producer, [(CELLS, str(value["kind"]).encode(), orjson.dumps(value)) for value in values])
    await producer.stop()
    await reporting.hear(CELLS)


async def published(reporting: Live) -> tuple[Any, ...]:
    """What readers have seen, and the place in the feed of changes to which their cursors lead."""
    pool = reporting.service.pool
    return (
        await pool.fetch("select instance, seq, today from head"),
        await pool.fetch("select * from figure order by indicator"),
        await pool.fetch("select * from change order by seq"),
    )


async def test_reporting_is_rebuilt_and_readers_do_not_notice(reporting: Live) -> None:
    await say_and_hear(reporting)
    seen = await published(reporting)
    assert await reporting.rebuild() == []
    assert await published(reporting) == seen
    assert await verify.alarm(REPORTING, reporting.service.pool) == []
    await reporting.send(told("office", "observations.indicator-observed", "2025-03-01", **{**OBSERVED, "value": "65000000"}))
    await reporting.hear(CELLS)
    assert await reporting.service.pool.fetchval(FIGURE, "msme_population") == "65000000"
    assert await reporting.service.pool.fetchval("select count(*) from change") > len(seen[2])


async def test_reporting_that_lost_its_cells_gets_them_back_and_publishes_what_changes(reporting: Live) -> None:
    await say_and_hear(reporting)
    pool = reporting.service.pool
    (head, figures, changes) = await published(reporting)
    await pool.execute("delete from total; delete from cell where kind = 'listing'; delete from observation")
    async with pool.acquire() as connection, connection.transaction():
        await REPORTING.recount(connection, 0, 0)
    assert await pool.fetchval(FIGURE, "msme_population") is None
    assert await reporting.rebuild(accept=True)
    after = await published(reporting)
    assert [row["figure"] for row in after[1]] == [row["figure"] for row in figures]
    assert after[0][0]["instance"] == head[0]["instance"]
    assert after[2][: len(changes)] == changes
    assert await verify.alarm(REPORTING, pool) == []

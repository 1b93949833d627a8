"""Whoever deletes or doubles a row of a domain service, of a fact or of a number, is found out by its check; and nobody else is."""

import asyncio
import importlib
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import REGISTRY as METRICS
from structlog.testing import capture_logs

from shared.messaging.rooms import Rooms
from shared.repair import verify
from shared.repair.tables import Difference
from tests.conftest import NewDatabase
from tests.oracle.examples import awarded, exported, linked, onboarded, records, supplier, traded, trained, unlinked
from tests.oracle.records import Record, Registry
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
DOUBLED_FACT = (
    "insert into {0} select other.* from (select * from {0} limit 1) as one, jsonb_populate_record(null::{0}, to_jsonb(one) || $1) as other"
)
FIRST_ROW = "(select min(ctid) from {0})"
OTHER = '{"msme": "ffffffff-0000-0000-0000-000000000000", "unit": "ffffffff-0000-0000-0000-000000000000"}'


@dataclass(frozen=True)
class Case:
    """A service, what it heard, and for each of its fact tables what makes of a row another one."""

    name: str
    heard: Sequence[Record]
    facts: dict[str, str]


def broken(record: Record) -> Record:
    return Record(record.topic, record.key, b"{", record.headers, record.timestamp_ms)


LISTED = [onboarded("shop-a", number, DATE) for number in range(4)]
SOLD = [traded("shop-a", number, month) for number in range(2) for month in ("2025-01", "2025-02", "2025-03")]
EXPORTED = [exported(number, f"N{number}", DATE) for number in range(4)]
TRAINED = [trained(number, "its", DATE) for number in range(3)]
AWARDED = [awarded(f"ocds-{number}", DATE, 1_000, [supplier(id=f"s-{number}")]) for number in range(4)]
LINKED = linked("L1", 1, 2, DATE)
CASES = [
    Case("onboarding", records(*LISTED, *SOLD, LINKED), {"listing": OTHER, "trading": OTHER}),
    Case("export", records(*EXPORTED, *TRAINED, LINKED), {"item": '{"number": "another"}', "training": OTHER}),
    Case("procurement", records(*AWARDED, LINKED), {"award": '{"award_key": "ffffffff-0000-0000-0000-000000000000"}'}),
]
FACTS = [(case, table) for case in CASES for table in case.facts]


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture
async def service(case: Case, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    rooms: Rooms = importlib.import_module(f"services.{case.name}.app").ROOMS
    async with trial(rooms, await database(case.name), write_registry(tmp_path, Registry())) as running:
        await running.apply([*case.heard, broken(case.heard[0])])
        yield running


async def found(service: Trial) -> Sequence[Difference]:
    differences = await verify.alarm(service.rooms, service.pool)
    assert differences is not None
    return differences


async def test_untouched_numbers_raise_no_alarm_and_the_check_leaves_nothing(service: Trial) -> None:
    cells, number = await service.cells(), await service.pool.fetchval("select number from epoch")
    assert await found(service) == []
    assert (await service.cells(), await service.pool.fetchval("select number from epoch")) == (cells, number)
    assert METRICS.get_sample_value("denyut_verify_divergence") == 0


async def test_a_deleted_row_of_a_fact_is_found(service: Trial, case: Case) -> None:
    for table in case.facts:
        await service.pool.execute(f"delete from {table} where ctid = (select min(ctid) from {table})")  # noqa: S608
        assert await found(service), table


async def test_a_doubled_row_of_a_fact_is_found(service: Trial, case: Case) -> None:
    for table, other in case.facts.items():
        await service.pool.execute(DOUBLED_FACT.format(table), other)
        assert await found(service), table


@pytest.mark.parametrize("change", ["delete from {0} where ctid = {1}", "update {0} set {2} = 2 * {2} + 1 where ctid = {1}"])
async def test_a_deleted_or_doubled_cell_is_found_and_named(service: Trial, change: str) -> None:
    cells = await service.cells()
    harmed: set[str] = set()
    for kind in (kind for kind in service.rooms.kinds if cells[kind.name]):
        table = f"{kind.name}_cell"
        await service.pool.execute(change.format(table, FIRST_ROW.format(table), kind.measures[0]))
        harmed.add(table)
        differences = await found(service)
        assert {difference.table for difference in differences} == harmed
        assert all(difference.key in cells[difference.table.removesuffix("_cell")] for difference in differences)


async def test_the_alarm_says_the_first_number_that_is_wrong(service: Trial) -> None:
    kind = service.rooms.kinds[0]
    await service.pool.execute(f"update {kind.name}_cell set {kind.measures[0]} = 77")  # noqa: S608 - a kind's own name
    with capture_logs() as said:
        differences = await found(service)
    (alarm,) = [line for line in said if line["event"] == "verify_failed"]
    assert (alarm["log_level"], alarm["table"], alarm["told"][0]) == ("error", f"{kind.name}_cell", 77)
    assert alarm["counted"][0] != 77
    assert METRICS.get_sample_value("denyut_verify_divergence") == len(differences)


@pytest.mark.parametrize(
    "harm", ["delete from member", "delete from link", "update outcome set applied = applied + 1", "delete from quarantine"]
)
async def test_what_numbers_rest_on_is_checked_too(service: Trial, harm: str) -> None:
    await service.pool.execute(harm)
    assert await found(service)


async def test_sums_kept_aside_are_checked_too(database: NewDatabase, tmp_path: Path) -> None:
    rooms: Rooms = importlib.import_module("services.procurement.app").ROOMS
    async with trial(rooms, await database("procurement"), write_registry(tmp_path, Registry())) as service:
        await service.apply(records(*AWARDED))
        await service.pool.execute("update buyer_year set umkk_idr = umkk_idr * 2")
        assert "buyer_year" in {difference.table for difference in await found(service)}


async def test_while_one_process_checks_another_leaves_it_alone(service: Trial) -> None:
    async with service.pool.acquire() as connection:
        assert await connection.fetchval("select pg_try_advisory_lock($1)", verify.CHECKS)
        assert await verify.alarm(service.rooms, service.pool) is None
    assert await found(service) == []


async def test_a_check_between_batches_sees_whole_batches_only(service: Trial, case: Case) -> None:
    """Batches go on while it checks, MSMEs are linked and unlinked, and nothing is seen half."""
    checks = asyncio.create_task(several(service, 8))
    for second in itertools.count():
        if checks.done():
            break
        at = f"{DATE}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+07:00"
        assert await service.apply(records(linked("L2", 1, 3, at))) == ["applied"]
        assert await service.apply([*records(unlinked("L2", at)), *case.heard]) != []
    assert await checks == []


async def several(service: Trial, times: int) -> list[Difference]:
    return [difference for _ in range(times) for difference in await found(service)]

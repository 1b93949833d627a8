"""A projection rebuilt from the log is the live one; it takes its place while live goes on, or says what differs and changes nothing."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared.messaging.rooms import Rooms
from shared.repair import rebuild, verify
from tests.conftest import NewDatabase
from tests.oracle.examples import awarded, exported, linked, onboarded, supplier, traded, trained, unlinked
from tests.oracle.sending import Sent, Told, binary
from tests.repair.live import Live, live

DATE = "2025-02-03"


@dataclass(frozen=True)
class Case:
    """A service, what it hears before and after a rebuild, and its first kind of cells."""

    name: str
    before: Sequence[Told]
    after: Sequence[Told]


def broken(told: Told) -> Sent:
    return replace(binary(told), value=b"{")


LISTED = [onboarded("shop-a", number, DATE) for number in range(12)]
SOLD = [traded("shop-a", number, month) for number in range(3) for month in ("2025-01", "2025-02", "2025-03")]
EXPORTED = [exported(number, f"N{number}", DATE) for number in range(12)]
TRAINED = [trained(number, "its", DATE) for number in range(3)]
AWARDED = [awarded(f"ocds-{number}", DATE, 1_000, [supplier(id=f"s-{number}")]) for number in range(12)]
LINKS = [linked("L1", 1, 2, DATE), linked("L2", 2, 10, DATE)]
CASES = [
    Case("onboarding", [*LISTED[:9], *SOLD, *LINKS], [*LISTED[9:], onboarded("shop-b", 1, DATE), unlinked("L1", "2025-03-01")]),
    Case("export", [*EXPORTED[:9], *TRAINED, *LINKS], [*EXPORTED[9:], unlinked("L1", "2025-03-01")]),
    Case("procurement", [*AWARDED[:9], *LINKS], [*AWARDED[9:], unlinked("L1", "2025-03-01")]),
]


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture
async def running(case: Case, kafka: str, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Live]:
    rooms: Rooms = importlib.import_module(f"services.{case.name}.app").ROOMS
    async with live(rooms, kafka, await database(case.name), tmp_path) as service:
        await service.send(*case.before, broken(case.before[0]))
        await service.hear()
        yield service


async def test_rebuilt_is_the_same_and_live_goes_on_with_its_old_connections(running: Live, case: Case) -> None:
    service = running.service
    cells, generation = await service.cells(), await service.pool.fetchval("select generation from epoch")
    positions = await service.pool.fetch("select * from position order by 1, 2")
    assert await running.rebuild() == []
    assert await service.cells() == cells
    assert await service.pool.fetch("select * from position order by 1, 2") == positions
    assert await service.pool.fetchval("select generation from epoch") > generation
    assert await service.pool.fetchval("select array_agg(nspname) from pg_namespace where nspname in ('shadow', 'retired')") is None
    await running.send(*case.after)
    await running.hear()
    assert await verify.alarm(running.rooms, service.pool) == []
    cells = await service.cells()
    assert await running.rebuild() == []
    assert await service.cells() == cells


async def test_live_goes_on_while_it_is_rebuilt(running: Live, case: Case) -> None:
    rebuilding = asyncio.create_task(running.rebuild())
    for told in case.after:
        await running.send(told)
        await running.hear()
    assert await rebuilding == []
    await running.hear()
    assert await verify.alarm(running.rooms, running.service.pool) == []
    assert await running.rebuild() == []


async def test_a_harmed_projection_is_found_and_left_as_it_is(running: Live) -> None:
    kind = running.rooms.kinds[0]
    await running.service.pool.execute(f"update {kind.name}_cell set {kind.measures[0]} = 77")  # noqa: S608 - a kind's own names
    cells, epoch = await running.service.cells(), await running.service.pool.fetchrow("select * from epoch")
    with pytest.raises(rebuild.Differs) as differs:
        await running.rebuild()
    first = differs.value.found[0]
    assert (first.table, first.told[0]) == (f"{kind.name}_cell", 77)
    assert first.key in cells[kind.name]
    assert await running.service.cells() == cells
    assert await running.service.pool.fetchrow("select * from epoch") == epoch


async def test_accepted_the_rebuilt_projection_becomes_live_and_what_only_was_is_told_as_nothing(running: Live) -> None:
    service, kind = running.service, running.rooms.kinds[0]
    cells = await service.cells()
    await service.pool.execute(f"update {kind.name}_cell set month = month - 1, number = 1000000")  # noqa: S608 - a kind's own name
    assert await running.rebuild(accept=True)
    assert await service.cells() == cells
    measures = " and ".join(f"{name} = 0" for name in kind.measures)
    assert await service.pool.fetchval(f"select count(*) from {kind.name}_cell where {measures}") == len(cells[kind.name])  # noqa: S608
    assert await verify.alarm(running.rooms, service.pool) == []


async def test_refusals_that_were_told_are_not_told_again(running: Live, case: Case) -> None:
    pool = running.service.pool
    await pool.execute("update quarantine set published_at = now()")
    await running.send(broken(case.before[1]))
    await running.hear()
    assert await running.rebuild() == []
    rows = await pool.fetch('select published_at is null as waits from quarantine order by "offset", partition, known_ms')
    assert sorted(row["waits"] for row in rows) == [False, True]


async def test_a_rebuild_that_was_killed_is_in_nobodys_way(running: Live) -> None:
    await running.service.pool.execute("create schema shadow; create table shadow.listing(half int); create schema retired")
    assert await running.rebuild() == []


async def test_who_counts_is_as_live_has_it_whatever_the_registry_says_now(running: Live) -> None:
    running.settings = running.settings.model_copy(update={"unregistered": "hold"})
    cells = await running.service.cells()
    assert await running.rebuild() == []
    assert await running.service.cells() == cells


async def test_one_rebuild_at_a_time(running: Live) -> None:
    async with running.service.pool.acquire() as connection:
        assert await connection.fetchval("select pg_try_advisory_lock($1)", rebuild.REBUILDS)
        with pytest.raises(rebuild.Refused, match="another rebuild"):
            await running.rebuild()


async def test_a_topic_that_is_gone_is_said_and_nothing_is_changed(running: Live) -> None:
    await running.service.pool.execute("insert into position values ($1, 0, 5)", f"umkm.{running.rooms.name}.nobody{running.mark}")
    cells = await running.service.cells()
    with pytest.raises(rebuild.LogUnreadable, match="gone"):
        await running.rebuild()
    assert await running.service.cells() == cells

"""Procurement's cells are what a plain recount of the same records gives, whatever is sent in whatever order and batches."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given

from services.procurement.app import ROOMS
from shared.messaging.batch import QUERIES
from tests.conftest import NewDatabase
from tests.generated import History, histories, thorough
from tests.oracle.examples import award_cancelled, awarded, budget, buyer, linked, matched, records, supplier
from tests.oracle.records import Publisher, Record, Registry
from tests.oracle.sending import Told
from tests.procurement.comparing import check
from tests.procurement.events import CANCELLATIONS, MATCHES, amended, awards, budgets
from tests.projections import Trial, count_plainly, measure, split, trial, write_registry

REGISTRY = Registry((Publisher("registry", 2), Publisher("lpse", 3)))  # lkpp comes after all who are registered
SPENT = "select buyer, fiscal_year, buyer_kind, umkk_idr from buyer_year where umkk_idr <> 0"


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    path = write_registry(tmp_path, REGISTRY, "procurement", "identity")
    async with trial(ROOMS, await database("procurement"), path) as running:
        yield running


@thorough
@given(history=histories(awards(), awards(), CANCELLATIONS, budgets(), MATCHES, MATCHES))
async def test_any_history_in_any_batches_gives_what_a_plain_recount_gives(service: Trial, history: History) -> None:
    await service.forget()
    outcomes: Counter[str] = Counter()
    for batch in history.batches:
        outcomes.update(await service.apply(batch))
    cells, spent = await service.cells(), await spending(service)
    check(cells, count_plainly(history.records, REGISTRY))
    assert outcomes.total() == len(history.records) == sum(sum(measures) for measures in cells["receipt"].values())
    await service.recount()
    assert await service.cells() == cells
    assert await spending(service) == spent


@thorough
@given(history=histories(awards(), CANCELLATIONS, budgets()))
async def test_awards_and_budgets_in_any_history(service: Trial, history: History) -> None:
    await replay(service, history.batches)
    check(await service.cells(), count_plainly(history.records, REGISTRY))


@thorough
@given(history=histories(MATCHES))
async def test_matches_in_any_history(service: Trial, history: History) -> None:
    await replay(service, history.batches)
    check(await service.cells(), count_plainly(history.records, REGISTRY))


@thorough
@given(history=histories(awards(), CANCELLATIONS, budgets(), MATCHES))
async def test_two_writers_at_once_give_the_same(service: Trial, history: History) -> None:
    await service.forget()
    by_topic: dict[str, list[Record]] = {}
    for record in history.records:
        by_topic.setdefault(record.topic, []).append(record)
    for batches in zip(*map(two, by_topic.values()), strict=True):
        await service.apply_at_once(*batches)
    check(await service.cells(), count_plainly(history.records, REGISTRY))


@thorough
@given(history=histories(awards(), CANCELLATIONS, budgets(), MATCHES))
async def test_a_changed_registry_decides_anew_who_leads(service: Trial, history: History) -> None:
    await replay(service, history.batches)
    changed = Registry((Publisher("lkpp", 1), Publisher("lpse", 3)))
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute(QUERIES.lock)
        await connection.execute("update publisher set rank = 1 where name = 'lkpp'")
        await connection.execute("update publisher set rank = 2147483647 where name = 'registry'")
        await ROOMS.recount(connection, await connection.fetchval(QUERIES.next_number), 0)
    check(await service.cells(), count_plainly(history.records, changed))


async def test_a_recount_changes_no_number(service: Trial) -> None:
    events = awarded("o1", "2025-02-01", 9, [supplier()]), budget("b1", 2025, 90, 4), matched("1", 1, "2025-01-05"), linked_early()
    await service.apply(records(*events))
    before = await numbers(service)
    await service.recount()
    assert await numbers(service) == before


async def test_outcomes_are_told_apart(service: Trial) -> None:
    first = awarded("o1", "2025-02-01", 9, [supplier(id="s")], version=2)
    assert await service.apply(records(first)) == ["applied"]
    assert await service.apply(records(first)) == ["repeated"]
    assert await service.apply(records(awarded("o1", "2025-02-01", 9, [supplier()], version=1))) == ["superseded"]
    assert await service.apply(records(awarded("o1", "2025-02-01", 8, [supplier()], version=2))) == ["conflicted"]
    assert await service.apply(records(award_cancelled("o1", 2, "2025-02-03"))) == ["applied"]
    assert await service.apply(records(budget("b1", 2025, 90, 4), budget("b1", 2025, 90, 4, version=2))) == ["superseded", "applied"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_cancellation_may_come_before_what_it_cancels(service: Trial, order: tuple[int, ...]) -> None:
    events = awarded("o1", "2025-02-01", 9, [supplier()]), amended("o1", "2025-02-02", 8, [supplier()], version=2), void(2)
    for place in order:
        await service.apply(records(events[place]))
    assert (await service.cells())["award"] == {}
    await service.apply(records(amended("o1", "2025-02-03", 7, [supplier()], version=3), void(1)))
    assert measure((await service.cells())["award"], 0) == {(): 7}


@pytest.mark.parametrize("cut", [1, 2, 3])
async def test_an_amendment_moves_spending_to_another_buyer_and_year(service: Trial, cut: int) -> None:
    events = [
        budget("b1", 2024, 90, 4, buyer=buyer("b1", "ministry")),
        awarded("o1", "2025-02-01", 9, [supplier()]),
        amended("o1", "2025-02-01", 9, [supplier()], version=2, fiscal_year=2024),
    ]
    await replay(service, split(records(*events), [cut]))
    assert (await service.cells())["budget"] == {("2024", "ministry"): (9, 0, 90, 4, 1)}


async def test_a_match_may_come_to_name_another_msme_and_enterprise(service: Trial) -> None:
    pal = {"id": "pal", "name": "PT PAL", "kind": "soe", "country": "ID"}
    await service.apply(records(matched("m1", 1, "2025-01-05")))
    await service.apply(records(matched("m1", 2, "2025-02-05", enterprise=pal)))
    cells = await service.cells()
    assert (cells["partner"], cells["enterprise"]) == ({("2025-02", "ID-JI"): (1,)}, {("2025-02",): (1,)})
    await service.apply(records(matched("m1", 1, "2025-03-05", publisher="lpse", province="ID-PA")))
    cells = await service.cells()
    assert (cells["partner"], cells["enterprise"]) == ({("2025-03", "ID-PA"): (1,)}, {("2025-03",): (1,)})
    assert cells["partner_forum"] == {("2025-03", "Temu Bisnis"): (1, 1)}


async def test_a_date_far_away_is_an_award_like_any_other(service: Trial) -> None:
    await check_all(service, awarded("o1", "2025-02-01", 9, [supplier()], awarded_on="9999-12-31", fiscal_year=2100))


async def test_causes_are_kept_for_closed_periods(service: Trial) -> None:
    await service.apply(records(awarded("o1", "2024-02-01", 9, [supplier()]), budget("b1", 2024, 90, 4), matched("1", 1, "2024-01-05")))
    await service.apply(records(award_cancelled("o1", 1, "2024-03-01"), matched("2", 2, "2024-02-05"), linked("L1", 1, 2, "2024-05-01")))
    rows = await service.pool.fetch("select measure, month % 12 + 1 as month, cause, change from cause_cell where change <> 0")
    told = {(row["measure"], row["month"], row["cause"]): int(row["change"]) for row in rows}
    assert told["value_idr", 2, "late"] == 9
    assert told["value_idr", 2, "cancellation"] == -9
    assert told["umkk_idr", 12, "late"] == 9
    assert told["umkk_idr", 12, "cancellation"] == -9
    assert told["budget_idr", 12, "late"] == 90
    assert told["msmes", 1, "late"] == 1
    assert "identity" not in {cause for measure, _, cause in told if measure == "enterprises"}


async def test_who_is_not_registered_is_heard_but_not_counted(database: NewDatabase, tmp_path: Path) -> None:
    events = [budget("b1", 2025, 90, 4, "lkpp"), awarded("o1", "2025-02-01", 9, [supplier()]), matched("1", 1, "2025-01-05")]
    heard = records(*events, linked("L1", 1, 2, "2025-01-06", "other"))
    held = Registry(REGISTRY.publishers, "hold")
    path = write_registry(tmp_path, REGISTRY, "procurement", "identity")
    async with trial(ROOMS, await database("procurement"), path, "hold") as service:
        assert await service.apply(heard) == ["applied"] * 4
        check(await service.cells(), count_plainly(heard, held))


async def check_all(service: Trial, *events: Told) -> None:
    heard = records(*events)
    assert set(await service.apply(heard)) == {"applied"}
    check(await service.cells(), count_plainly(heard, REGISTRY))


async def replay(service: Trial, batches: Sequence[Sequence[Record]]) -> None:
    await service.forget()
    for batch in batches:
        await service.apply(batch)


async def spending(service: Trial) -> set[tuple[object, ...]]:
    return {tuple(row) for row in await service.pool.fetch(SPENT)}


async def numbers(service: Trial) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for kind in ROOMS.kinds
        for row in await service.pool.fetch(f"select * from {kind.name}_cell order by {', '.join(kind.dimensions)}")  # noqa: S608
    ]


def void(version: int) -> Told:
    return award_cancelled("o1", version, "2025-02-03")


def linked_early() -> Told:
    return linked("L1", 1, 2, "2025-01-06")


def two(heard: list[Record]) -> list[list[Record]]:
    """In two batches, the second of them possibly empty."""
    halves = [list(part) for part in split(heard, [(len(heard) + 1) // 2])]
    return [*halves, []][:2]

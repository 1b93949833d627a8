"""Export's cells are what a plain recount of the same records gives, whatever is sent in whatever order and batches."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.export.app import ROOMS
from tests.conftest import NewDatabase
from tests.generated import DATES, PROVINCES, WHO, History, histories, lanes, racing, thorough, versioned
from tests.oracle import export
from tests.oracle.counting import Flow, MonthCount, Stock
from tests.oracle.examples import exported, linked, records, told, trained
from tests.oracle.records import Publisher, Registry, month_text
from tests.projections import Cells, Plain, Trial, count_plainly, measure, told_contested, trial, write_registry

REGISTRY = Registry((Publisher("logistics", 1), Publisher("registry", 2), Publisher("kampus", 3)))
PUBLISHERS = st.sampled_from(["customs", "logistics"])
# An item's number is text: 1 and "1" are one.
NAMED = [("PEB", "1", 1), ("PEB", "1", "1"), ("PEB", "1", "2"), ("CN", "1", 1), ("PEB", "2", 1)]
DECLARATIONS = st.builds(
    lambda name, date: dict(zip(("type", "number", "item", "date"), (*name, date), strict=True)),
    st.sampled_from(NAMED),
    st.sampled_from(["2025-01-31", "2025-02-01", "2025-03-01", "2025-04-15"]),
)
GOODS = st.sampled_from([{"version": "HS2022", "code": code} for code in ("03061710", "121221", "620520")])


@st.composite
def items(draw: st.DrawFn) -> Any:
    """Exported or corrected: which MSME, when and where to may all differ between two statements of one item."""
    kind = draw(st.sampled_from(["product-exported", "export-corrected"]))
    data = {
        "declaration": draw(DECLARATIONS),
        "goods": draw(GOODS),
        "destination": draw(st.sampled_from(["JP", "SG", "AQ"])),
        "province": draw(PROVINCES),
        "fob_usd": draw(st.sampled_from(["0", "1.5", "9999999999999.99"])),
        "quantity": draw(st.sampled_from([1, "2.000", 999_999_999_999_999])),
        "unit": draw(st.sampled_from(["C62", "KGM"])),
    }
    item = draw(versioned(exported, WHO, st.just(""), DATES, PUBLISHERS, **{name: st.just(value) for name, value in data.items()}))
    return told(item.publisher, f"export.{kind}", item.time, id=item.id, recordedtime=item.recordedtime, **item.data)


CANCELLATIONS = versioned(told, PUBLISHERS, st.just("export.export-cancelled"), DATES, declaration=DECLARATIONS)
TRAININGS = versioned(
    trained,
    WHO,
    st.sampled_from(["Solo", "Medan"]),
    st.sampled_from(["2024-12-31", "2025-03-01"]),
    st.sampled_from(["campus", "kampus"]),
    province=st.none() | PROVINCES,
)
ANY = (items(), items(), CANCELLATIONS, TRAININGS, TRAININGS)


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    path = write_registry(tmp_path, REGISTRY, "export", "identity")
    async with trial(ROOMS, await database("export"), path) as running:
        yield running


@thorough
@given(history=histories(*ANY))
async def test_any_history_in_any_batches_gives_what_a_plain_recount_gives(service: Trial, history: History) -> None:
    await service.forget()
    outcomes: Counter[str] = Counter()
    for batch in history.batches:
        outcomes.update(await service.apply(batch))
    cells = await service.cells()
    check(cells, count_plainly(history.records, REGISTRY))
    assert outcomes.total() == len(history.records) == sum(sum(measures) for measures in cells["receipt"].values())
    assert outcomes["quarantined"] == 0
    await service.recount()
    assert await service.cells() == cells


@racing
@given(history=histories(*ANY))
async def test_two_writers_at_once_give_the_same(service: Trial, history: History) -> None:
    await service.forget()
    for batches in lanes(history):
        await service.apply_at_once(*batches)
    check(await service.cells(), count_plainly(history.records, REGISTRY))


async def test_who_is_not_registered_is_heard_but_not_counted(database: NewDatabase, tmp_path: Path) -> None:
    heard = records(
        exported(7, "1", "2025-01-05", "logistics"),
        exported(7, "2", "2025-01-05", "customs"),
        trained(7, "Solo", "2025-01-05", "campus"),
        linked("L1", 7, 13, "2025-01-06", "other"),
    )
    path = write_registry(tmp_path, REGISTRY, "export", "identity")
    async with trial(ROOMS, await database("export"), path, "hold") as service:
        assert await service.apply(heard) == ["applied"] * 4
        check(await service.cells(), count_plainly(heard, Registry(REGISTRY.publishers, "hold")))


async def test_an_item_that_moves_to_another_msme_leaves_nothing_behind(service: Trial) -> None:
    first = exported(7, "1", "2025-01-05")
    corrected = exported(13, "1", "2025-01-05", recordedtime="2025-02-01", province="ID-PA")
    for event in (first, corrected):
        await service.apply(records(event))
    assert measure((await service.cells())["exporter"], 0, 0, 1) == {("2025-01", "ID-PA"): 1}


async def test_a_date_far_in_the_future_is_counted_in_its_month(service: Trial) -> None:
    far = exported(7, "1", "2025-01-05", declaration={"type": "CN", "number": "1", "date": "9999-12-31", "item": 1})
    assert await service.apply(records(far)) == ["applied"]
    assert measure((await service.cells())["exporter"], 0, 0) == {("9999-12",): 1}


def check(cells: dict[str, Cells], plain: Plain) -> None:
    facts, groups = plain.facts, plain.groups
    exporters, completed = export.exporters(facts, groups), export.trained(facts, groups)
    place = ("month", "province", "destination", "region", "commodity", "type")
    assert measure(cells["export"], 0, 0, 1, 2, 3, 4, 5) == amounts(export.value(facts), *place)
    assert measure(cells["export"], 1, 0, 1, 2, 3, 4, 5) == amounts(export.pieces(facts), *place)
    assert sum(measure(cells["export"], 2, 0).values()) == len(facts.standing("item"))
    prioritised = {key: values for key, values in cells["export"].items() if key[6] is not None}
    assert measure(prioritised, 0, 0, 1, 2, 6) == amounts(export.priority_value(facts), "month", "province", "destination", "commodity")
    assert measure(cells["exporter"], 0, 0, 1) == entries(exporters, "province")
    assert measure(cells["exporter_destination"], 0, 0, 1) == entries(exporters, "destination")
    assert measure(cells["exporter_commodity"], 0, 0, 1) == entries(exporters, "commodity")
    assert measure(cells["exporter_month"], 0, 0, 1) == active(export.exporters_consistent(facts, groups))
    assert measure(cells["trained"], 0, 0, 1, 2) == entries(completed, "campus", "province")
    assert measure(cells["trained"], 1, 0, 1, 2) == entries(export.exporters_trained(facts, groups), "campus", "province")
    assert told_contested(cells["contested"], natural_key) == plain.contested("item", "training")


def amounts(flow: Flow, *dimensions: str) -> dict[tuple[str | None, ...], int]:
    sums: Counter[tuple[str | None, ...]] = Counter()
    for amount in flow.amounts:
        sums[tuple(amount.codes[name] for name in dimensions)] += amount.top
    return {key: value for key, value in sums.items() if value}


def entries(stock: Stock, *dimensions: str) -> dict[tuple[str | None, ...], int]:
    """How many units begin to stand in each month and these codes: nobody stops being an exporter or trained."""
    first: dict[tuple[str, tuple[str | None, ...]], int] = {}
    for stay in stock.stays:
        place = (stay.unit, tuple(stay.codes[dimension] for dimension in dimensions))
        first[place] = min(stay.start, first.get(place, stay.start))
    return dict(Counter((month_text(month), *codes) for (_, codes), month in first.items()))


def active(count: MonthCount) -> dict[tuple[str | None, ...], int]:
    months = {active.month for active in count.active}
    return dict(Counter((month_text(month), codes["province"]) for month in months for codes in count.where(month).values()))


def natural_key(fact: str, key: dict[str, str]) -> tuple[str, ...]:
    return (key["type"], key["number"], key["item"]) if fact == "item" else (key["msme_id"], key["campus"], key["programme"])

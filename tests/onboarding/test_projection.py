"""Onboarding's cells are what a plain recount of the same records gives, whatever is sent in whatever order and batches."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.app import ROOMS
from tests.conftest import NewDatabase
from tests.generated import DATES, PROVINCES, WHO, History, histories, lanes, racing, thorough, versioned
from tests.oracle import onboarding
from tests.oracle.counting import Flow, MonthCount
from tests.oracle.examples import linked, offboarded, onboarded, profile_changed, records, traded
from tests.oracle.records import Publisher, Registry, month_text
from tests.projections import (
    Cells,
    Plain,
    Trial,
    count_plainly,
    measure,
    net_flows,
    told_contested,
    trial,
    write_registry,
)

REGISTRY = Registry((Publisher("shop-b", 1), Publisher("registry", 2), Publisher("ministry", 3, ("shop-a", "shop-b"))))
ROLES = st.sampled_from(["producer", "reseller"])
SCALES = st.sampled_from(["micro", "small"])
MERCHANTS = st.sampled_from(["m1", "m1", "m1", "m2"])
SPEAKERS = [("shop-a", "shop-a"), ("shop-b", "shop-b"), ("ministry", "shop-b")]


@st.composite
def listed(draw: st.DrawFn, /, make: Any, **data: st.SearchStrategy[Any]) -> Any:
    publisher, platform = draw(st.sampled_from(SPEAKERS))
    return draw(versioned(make, st.just(publisher), WHO, DATES, platform=st.just(platform), merchant_id=MERCHANTS, **data))


PROFILE = {"province": PROVINCES, "role": ROLES, "scale": SCALES}
PROFILES = listed(onboarded, **PROFILE) | listed(profile_changed, **PROFILE)
ENDS = listed(offboarded)


@st.composite
def reports(draw: st.DrawFn) -> Any:
    publisher, platform = draw(st.sampled_from(SPEAKERS))
    value = draw(st.integers(0, 10**15 - 1))
    data = {"province": draw(PROVINCES), "role": draw(ROLES), "orders": draw(st.integers(0, 2))}
    amounts = {"value_idr": str(value), "local_value_idr": str(draw(st.integers(0, value)))}
    months = st.sampled_from(["2025-01", "2025-02", "2025-03", "2025-04"])
    place = {"platform": st.just(platform), "merchant_id": MERCHANTS}
    return draw(versioned(traded, st.just(publisher), WHO, months, **place, **{k: st.just(v) for k, v in {**data, **amounts}.items()}))


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    path = write_registry(tmp_path, REGISTRY, "onboarding", "identity")
    async with trial(ROOMS, await database("onboarding"), path) as running:
        yield running


@thorough
@given(history=histories(PROFILES, ENDS, reports()))
async def test_any_history_in_any_batches_gives_what_a_plain_recount_gives(service: Trial, history: History) -> None:
    await service.forget()
    outcomes: Counter[str] = Counter()
    for batch in history.batches:
        outcomes.update(await service.apply(batch))
    cells = await service.cells()
    check(cells, count_plainly(history.records, REGISTRY))
    assert outcomes.total() == len(history.records) == sum(sum(measures) for measures in cells["receipt"].values())
    await service.recount()
    assert await service.cells() == cells


@racing
@given(history=histories(PROFILES, ENDS, reports()))
async def test_two_writers_at_once_give_the_same(service: Trial, history: History) -> None:
    await service.forget()
    for batches in lanes(history):
        await service.apply_at_once(*batches)
    check(await service.cells(), count_plainly(history.records, REGISTRY))


async def test_who_is_not_registered_is_heard_but_not_counted(database: NewDatabase, tmp_path: Path) -> None:
    heard = records(onboarded("shop-a", 1, "2025-01-05"), onboarded("shop-b", 2, "2025-01-05"), linked("L1", 1, 2, "2025-01-06", "other"))
    held = Registry(REGISTRY.publishers, "hold")
    path = write_registry(tmp_path, REGISTRY, "onboarding", "identity")
    async with trial(ROOMS, await database("onboarding"), path, "hold") as service:
        assert await service.apply(heard) == ["applied"] * 3
        check(await service.cells(), count_plainly(heard, held))


async def test_a_report_that_two_publishers_state_is_contested_without_a_second_listing(service: Trial) -> None:
    place = {"platform": "shop-b", "merchant_id": "m1"}
    reports = [traded(publisher, 13, "2025-01", **place) for publisher in ("shop-b", "ministry")]
    heard = records(onboarded("shop-b", 13, "2025-01-05", **place), *reports)
    for said in heard:
        await service.apply([said])
    check(await service.cells(), count_plainly(heard, REGISTRY))


async def test_a_merchant_whose_first_msme_returns_is_contested(service: Trial) -> None:
    place = {"platform": "shop-b", "merchant_id": "m1"}
    heard = records(
        onboarded("shop-b", 13, "2025-01-05", **place),
        offboarded("shop-b", 13, "2025-01-06", **place),
        onboarded("shop-b", 17, "2025-01-07", **place),
        profile_changed("shop-b", 13, "2025-01-08", **place),
        offboarded("shop-b", 17, "2025-01-09", **place),
    )
    for count, said in enumerate(heard, 1):
        await service.apply([said])
        check(await service.cells(), count_plainly(heard[:count], REGISTRY))


def check(cells: dict[str, Cells], plain: Plain) -> None:
    facts, groups = plain.facts, plain.groups
    listing, place = cells["listing"], ("province", "role", "scale")
    assert measure(listing, 0, 0, 1, 2, 3, 4) == net_flows(onboarding.listings(facts), *place, "platform")
    assert measure(listing, 1, 0, 1, 2, 3) == net_flows(onboarding.onboarded(facts, groups), *place)
    assert measure(listing, 2, 0, 1, 2, 3, 4) == net_flows(onboarding.onboarded(facts, groups), *place, "platform")
    assert measure(cells["trading"], 0, 0, 1, 2, 3) == amounts(onboarding.traded(facts))
    assert measure(cells["trading"], 1, 0, 1, 2, 3) == amounts(onboarding.local(facts))
    assert measure(cells["seller"], 0, 0, 1, 2) == active(onboarding.sellers(facts, groups, 1))
    assert measure(cells["seller"], 1, 0, 1, 2) == active(onboarding.sellers(facts, groups, 3))
    assert told_contested(cells["contested"], natural_key) == plain.contested("listing", "trading", "merchant", "link")


def amounts(flow: Flow) -> dict[tuple[str | None, ...], int]:
    sums: Counter[tuple[str | None, ...]] = Counter()
    for amount in flow.amounts:
        sums[tuple(amount.codes[name] for name in ("month", "province", "role", "platform"))] += amount.top
    return {key: value for key, value in sums.items() if value}


def active(count: MonthCount) -> dict[tuple[str | None, ...], int]:
    sums: Counter[tuple[str | None, ...]] = Counter()
    for month in {active.month for active in count.active}:
        for codes in count.where(month).values():
            sums[month_text(month), codes["province"], codes["role"]] += 1
    return dict(sums)


def natural_key(fact: str, key: dict[str, str]) -> tuple[str, ...]:
    if fact == "link":
        return (key["link_id"],)
    merchant = (key["platform"], key["merchant_id"])
    return merchant if fact == "merchant" else (key["msme_id"], *merchant, *([key["month"]] if fact == "trading" else []))

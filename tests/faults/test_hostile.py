"""Whatever is sent: every record gets its one outcome, good neighbours are applied, and nothing stops a partition."""

import importlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.messaging.fold import OUTCOMES, QUARANTINED
from shared.messaging.service import Rooms
from tests.conftest import NewDatabase
from tests.faults import hostile
from tests.oracle import examples
from tests.oracle.records import Record, Registry
from tests.oracle.sending import Told, record
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
KNOWN_MS = 1_760_000_000_000
EXAMPLES = 60

thorough = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
    ],
)


@dataclass(frozen=True)
class Case:
    """A service, a good event of it by number, and one of each kind that it hears."""

    name: str
    good: Callable[[int], Told]
    kinds: tuple[Told, ...]


LINKS = (examples.linked("L1", 1, 2, DATE), examples.unlinked("L1", DATE))
CASES = [
    Case(
        "onboarding",
        lambda number: examples.onboarded("shop-a", number, DATE),
        (
            examples.onboarded("shop-a", 1, DATE),
            examples.profile_changed("shop-a", 1, DATE),
            examples.offboarded("shop-a", 1, DATE),
            examples.traded("shop-a", 1, "2025-01"),
            *LINKS,
        ),
    ),
    Case(
        "export",
        lambda number: examples.exported(number, f"N{number}", DATE),
        (examples.exported(1, "N1", DATE), examples.trained(1, "Solo", DATE), *LINKS),
    ),
    Case(
        "procurement",
        lambda number: examples.awarded(f"ocds-synthetic-{number}", DATE, 1_000, [examples.supplier()]),
        (
            examples.awarded("ocds-synthetic-1", DATE, 1_000, [examples.supplier(), examples.supplier("small")]),
            examples.award_cancelled("ocds-synthetic-1", 2, DATE),
            examples.budget("b1", 2025, 1_000, 400),
            examples.matched("m1", 1, DATE),
            *LINKS,
        ),
    ),
    Case(
        "reporting",
        lambda number: examples.observed(f"synthetic-{number}", "2024", "5"),
        (
            examples.observed("credit_share", "2022", "25", numerator="1", denominator="4"),
            examples.opening("onboarded", "2023", 25_292_701),
            examples.aimed("onboarded", "2021-08", "2021-08-01", 30_000_000, milestones=[{"at": "2022-12-31", "value": 20_000_000}]),
        ),
    ),
]


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture
async def service(case: Case, database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    rooms: Rooms = importlib.import_module(f"services.{case.name}.app").ROOMS
    async with trial(rooms, await database(case.name), write_registry(tmp_path, Registry())) as running:
        yield running


@thorough
@given(data=st.data())
async def test_whatever_is_sent_has_its_outcome_and_harms_no_neighbour(service: Trial, case: Case, data: st.DataObject) -> None:
    bad = data.draw(st.lists(st.sampled_from(case.kinds).flatmap(hostile.spoiled), min_size=1, max_size=6))
    new = await service.pool.fetchval("select count(*)::int + 10 from heard")
    good = [record(case.good(new * 3 + place), KNOWN_MS) for place in range(3)]
    outcomes = await service.apply([good[0], *bad[:3], good[1], *bad[3:], good[2]])
    assert set(outcomes) <= set(OUTCOMES)
    neighbours = [outcomes[0], outcomes[len(bad[:3]) + 1], outcomes[-1]]
    assert neighbours == ["applied"] * 3
    await check_kept(service, [*good, *bad], outcomes)


async def check_kept(service: Trial, sent: list[Record], outcomes: list[str]) -> None:
    """As many as were refused are in quarantine, with their bytes or, where they are personal, without."""
    newest = outcomes.count(QUARANTINED)
    rows = await service.pool.fetch("select value, reason from quarantine order by id desc limit $1", newest)
    values = [one.value for one in sent]
    assert all(row["value"] in values or row["reason"] == "personal-identifier" or row["value"] is None for row in rows)
    total, refused = await service.pool.fetchrow(
        """select sum(applied + repeated + superseded + conflicted + quarantined)::int, sum(quarantined)::int from outcome"""
    ) or (0, 0)
    assert total == sum(service.next.values())
    assert refused == await service.pool.fetchval("select count(*)::int from quarantine")

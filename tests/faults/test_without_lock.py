"""Two writers at once: with the merge lock they count right, and without it the same test finds them wrong."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.onboarding.app import ROOMS
from shared.messaging import batch
from tests.conftest import NewDatabase
from tests.faults.unlocked import without_lock
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Publisher, Registry
from tests.oracle.sending import Told
from tests.projections import Trial, measure, trial, write_registry

SHOPS = ("shop-a", "shop-b")
SELLERS, ROUNDS = 200, 5


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    registry = write_registry(tmp_path, Registry(tuple(Publisher(shop, 1) for shop in SHOPS)), "onboarding")
    async with trial(ROOMS, await database("onboarding"), registry) as running:
        yield running


def listings(shop: str, round_: int) -> list[Told]:
    """The same sellers on every shop: each is one MSME."""
    first = round_ * SELLERS
    return [onboarded(shop, number, "2025-01-05", merchant_id=f"{shop}-{number}") for number in range(first, first + SELLERS)]


async def msmes_counted(service: Trial) -> int:
    """After both shops were heard at once, round by round."""
    for round_ in range(ROUNDS):
        await service.apply_at_once(*(records(*listings(shop, round_)) for shop in SHOPS))
    return sum(measure((await service.cells())["listing"], 1, 0).values())


async def test_with_the_lock_every_msme_counts_once(service: Trial) -> None:
    assert await msmes_counted(service) == SELLERS * ROUNDS


async def test_without_the_lock_this_test_finds_msmes_counted_twice(service: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "QUERIES", without_lock())
    assert await msmes_counted(service) > SELLERS * ROUNDS

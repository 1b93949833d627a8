"""What `hold` keeps back is receipted, and counted as soon as the registry names its publisher; both as a running process does it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.onboarding.app import ROOMS
from shared.messaging.consumer import Consumer
from shared.messaging.watch import Watch
from shared.repair import verify
from shared.runtime.pulse import Pulse
from tests.conftest import NewDatabase
from tests.oracle.examples import linked, onboarded, records
from tests.oracle.records import Publisher, Registry
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
SAID = records(
    onboarded("shop-a", 1, DATE), onboarded("shop-b", 2, DATE), onboarded("shop-b", 3, DATE), linked("L1", 2, 3, DATE, "stranger")
)


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    path = registry(tmp_path, "shop-a")
    async with trial(ROOMS, await database("onboarding"), path, "hold") as running:
        assert await running.apply(SAID) == ["applied"] * 4
        yield running


def registry(folder: Path, *names: str) -> Path:
    return write_registry(folder, Registry(tuple(Publisher(name, rank) for rank, name in enumerate(names))), "onboarding", "identity")


def watching(service: Trial) -> tuple[Watch, list[str]]:
    woken: list[str] = []
    consumer = Consumer(service.applier, Pulse(), [lambda: woken.append("woken")])
    nobody: Any = None
    return Watch(consumer.pulse, service.pool, nobody, consumer, service.applier.registry, ROOMS.recount), woken


async def follow(service: Trial, *names: str, folder: Path) -> None:
    """The file changes, and the process's next look finds it."""
    watch, woken = watching(service)
    registry(folder, *names)
    service.applier.registry.read_at = 0  # a file of the same millisecond would go unseen
    await watch.follow_registry()
    assert watch.checked
    assert woken


async def count(service: Trial) -> tuple[int, int]:
    """Listings and MSMEs that stand."""
    listings = (await service.cells())["listing"].values()
    return sum(measures[0] for measures in listings), sum(measures[1] for measures in listings)


async def test_held_back_is_receipted_and_not_counted(service: Trial) -> None:
    assert await count(service) == (1, 1)
    assert (await service.cells())["receipt"]["shop-b", "onboarding"] == (2, 0, 0, 0, 0)


async def test_named_by_the_registry_it_counts(service: Trial, tmp_path: Path) -> None:
    receipts = (await service.cells())["receipt"]
    await follow(service, "shop-a", "shop-b", folder=tmp_path)
    assert await count(service) == (3, 3)
    await follow(service, "shop-a", "shop-b", "stranger", folder=tmp_path)
    assert await count(service) == (3, 2)
    assert (await service.cells())["receipt"] == receipts
    assert await verify.alarm(ROOMS, service.pool) == []


async def test_no_longer_named_it_counts_no_more(service: Trial, tmp_path: Path) -> None:
    await follow(service, "shop-a", "shop-b", "stranger", folder=tmp_path)
    await follow(service, "shop-a", folder=tmp_path)
    assert await count(service) == (1, 1)
    assert await verify.alarm(ROOMS, service.pool) == []


async def test_a_new_registry_counts_from_the_next_batch_on_too(service: Trial, tmp_path: Path) -> None:
    await follow(service, "shop-a", "shop-b", folder=tmp_path)
    await service.apply(records(onboarded("shop-b", 4, DATE)))
    assert await count(service) == (4, 4)

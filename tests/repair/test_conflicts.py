"""Of two contents under one version both are found again, whichever came first and whatever was said since."""

import importlib
from pathlib import Path

import pytest

from shared.messaging.rooms import Rooms
from shared.repair import conflicts
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded
from tests.repair.live import Live, live

DATE, LATER = "2025-02-03", "2025-03-04"
ROOMS: Rooms = importlib.import_module("services.onboarding.app").ROOMS
PLACES = ("ID-JB", "ID-JT", "ID-BA")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_both_contents_are_listed_in_any_order(kafka: str, database: NewDatabase, tmp_path: Path, order: tuple[int, int]) -> None:
    async with live(ROOMS, kafka, await database("onboarding"), tmp_path) as trial:
        for place in order:
            await say(trial, place)
        await say(trial, order[0])
        await trial.send(onboarded("shop-a", 1, LATER, id="later"), onboarded("shop-b", 1, DATE))
        await trial.hear()
        number, found = await conflicts.find(ROOMS, trial.settings, None)
        assert await conflicts.find(ROOMS, trial.settings, "shop-b") == (0, [])
    [conflict] = found
    assert number == (1 if order == order_of(conflict) else 2)
    assert (conflict.fact, len(conflict.contents)) == ("listing", 2)
    assert sorted(content.times for content in conflict.contents) == [1, 2]
    assert conflict.contents[0].event.digest < conflict.contents[1].event.digest
    assert {content.event.data.model_dump()["province"] for content in conflict.contents} == set(PLACES[:2])


async def say(trial: Live, place: int) -> None:
    """The same listing, version and all, in another province; each batch holds one record."""
    await trial.send(onboarded("shop-a", 1, DATE, id="same", province=PLACES[place]))
    await trial.hear()


def order_of(conflict: conflicts.Conflict) -> tuple[int, ...]:
    return tuple(PLACES.index(content.event.data.model_dump()["province"]) for content in conflict.contents)

"""Topics that were deleted and made anew: a publisher's waits for somebody, our own begins again; and positions that were removed."""

import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from services.onboarding.app import ROOMS
from shared.events import topics
from shared.messaging.place import Place
from shared.messaging.topics import OwnTopic, Topics
from shared.postgres import positions
from tests.conftest import NewDatabase
from tests.messaging.test_place import Client
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Registry
from tests.projections import Trial, trial, write_registry

DATE = "2025-02-03"
THEIRS, OURS = TopicPartition("umkm.onboarding.a", 0), TopicPartition("umkm.cells.onboarding", 0)


class Two(Client):
    """A client that reads one topic of a publisher and one of ours."""

    def assignment(self) -> set[TopicPartition]:
        return {THEIRS, OURS}


@pytest.fixture
async def service(database: NewDatabase, tmp_path: Path) -> AsyncIterator[Trial]:
    async with trial(ROOMS, await database("onboarding"), write_registry(tmp_path, Registry())) as running:
        yield running


async def test_of_a_topic_made_anew_nothing_is_passed_over(service: Trial) -> None:
    client, ids = Two(), {THEIRS.topic: "1", OURS.topic: "1"}

    async def known(names: Collection[str]) -> Mapping[str, str]:
        return {name: ids[name] for name in names}

    place = Place(service.pool, lambda: client, ids=known)
    await place.adopt()
    await service.pool.execute("update position set next_offset = 7")
    place.clear()
    await place.adopt()
    assert (client.positions, place.vanished) == ({THEIRS: 7, OURS: 7}, {})
    ids.update({THEIRS.topic: "2", OURS.topic: "2"})
    await place.lose_topics(await place.list_made_anew(list(place.fetched)))
    assert "made anew" in place.vanished[THEIRS.topic, 0]
    assert (client.paused, client.positions[OURS]) == ([THEIRS], 0)
    assert await positions.get_positions(service.pool, [(OURS.topic, 0)]) == {(OURS.topic, 0): 0}
    place.clear()
    await place.adopt()
    assert (list(place.vanished), place.fetched) == ([(THEIRS.topic, 0)], {(OURS.topic, 0): 0})
    await place.find_again()
    assert list(place.vanished) == [(THEIRS.topic, 0)]
    await service.pool.execute("update topic set id = '2'")
    await place.find_again()
    await place.adopt()
    assert (place.vanished, place.fetched) == ({}, {(THEIRS.topic, 0): 7, (OURS.topic, 0): 0})


async def test_a_position_that_was_removed_comes_back_from_what_was_heard(service: Trial) -> None:
    await service.apply(records(onboarded("shop-a", 1, DATE), onboarded("shop-a", 2, DATE)))
    before = dict(service.next)
    await service.pool.execute("delete from position")
    assert await positions.begin(service.pool, dict.fromkeys(before, 0)) == before


async def test_a_topic_of_ours_is_made_again_as_it_should_be(kafka: str) -> None:
    known, name = Topics(kafka), f"umkm.cells.test-{secrets.token_hex(4)}"
    topic = OwnTopic(known, name, topics.CELLS)
    await topic.ensure()
    topic.look_at = 0.0
    assert not await topic.is_anew()
    topic.id, topic.look_at = "another", 0.0
    assert await topic.is_anew()
    assert not await topic.is_anew()
    assert await known.ids([name, "umkm.onboarding.nobody"]) == {name: topic.id}

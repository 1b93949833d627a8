"""Where a process is in the log: nothing that was fetched is passed over, and a log that lost records stops its partition only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from shared.messaging.place import Place

A, B = TopicPartition("umkm.export.a", 0), TopicPartition("umkm.export.b", 0)


@dataclass
class Client:
    """A Kafka client that says what a test wants: its positions, and where logs begin and end."""

    positions: dict[TopicPartition, int] = field(default_factory=dict)
    begins: Mapping[TopicPartition, int] = field(default_factory=dict)
    ends: Mapping[TopicPartition, int] = field(default_factory=dict)
    paused: list[TopicPartition] = field(default_factory=list)

    def assignment(self) -> set[TopicPartition]:
        return {A, B}

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self.positions[tp] = offset

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused = [tp for tp in self.paused if tp not in partitions]

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused.extend(partitions)

    async def position(self, tp: TopicPartition) -> int:
        return self.positions[tp]

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: self.begins.get(tp, 0) for tp in partitions}

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: self.ends[tp] for tp in partitions}


def fetched(tp: TopicPartition, first: int, last: int) -> list["ConsumerRecord[Any, Any]"]:
    return [ConsumerRecord(tp.topic, tp.partition, offset, 0, 1, None, b"{}", None, 0, 2, ()) for offset in range(first, last + 1)]


@pytest.fixture
def client() -> Client:
    return Client({A: 10, B: 5})


@pytest.fixture
def place(client: Client) -> Place:
    here: dict[tuple[str, int], int] = {(A.topic, 0): 0, (B.topic, 0): 5}
    return Place(None, lambda: client, dict(here), dict(here))  # type: ignore[arg-type] # no database is asked


async def test_a_batch_begins_where_the_last_one_ended(place: Place) -> None:
    batch = await place.take(fetched(A, 0, 9))
    assert batch is not None
    assert (dict(batch.begins), dict(batch.ends)) == ({(A.topic, 0): 0}, {(A.topic, 0): 10})
    assert place.fetched[A.topic, 0] == 10
    assert place.next[A.topic, 0] == 0


async def test_a_gap_of_a_transaction_is_no_loss(place: Place) -> None:
    batch = await place.take(fetched(A, 3, 9))
    assert batch is not None
    assert batch.begins[A.topic, 0] == 0


async def test_a_log_that_begins_later_stops_its_partition_and_no_other(place: Place, client: Client) -> None:
    client.begins = {A: 3}
    client.positions[B] = 8
    batch = await place.take([*fetched(A, 3, 9), *fetched(B, 5, 7)])
    assert batch is not None
    assert dict(batch.begins) == {(B.topic, 0): 5}
    assert {record.topic for record in batch.records} == {B.topic}
    assert client.paused == [A]
    assert "the log begins at 3" in place.vanished[A.topic, 0]


async def test_a_topic_made_anew_stops_its_partition(place: Place, client: Client) -> None:
    place.fetched[A.topic, 0] = place.next[A.topic, 0] = 500
    client.ends = {A: 4}
    client.positions[A] = 4
    assert await place.take(fetched(A, 0, 3)) is None
    assert "the log ends at 4" in place.vanished[A.topic, 0]


async def test_what_a_failed_fetch_dropped_is_fetched_again(place: Place, client: Client) -> None:
    client.positions = {A: 7, B: 9}
    place.seek_again()
    assert client.positions == {A: 0, B: 5}


async def test_a_rewind_goes_back_to_the_last_commit_of_every_partition(place: Place, client: Client) -> None:
    await place.take(fetched(A, 0, 9))
    era = place.era
    place.rewind({(B.topic, 0): 6})
    assert (client.positions, place.fetched[B.topic, 0], place.next[B.topic, 0]) == ({A: 0, B: 6}, 6, 6)
    assert place.era == era + 1


async def test_a_rewind_in_between_drops_the_batch(place: Place, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def meanwhile(tp: TopicPartition) -> int:
        place.rewind({})
        return {A: 10, B: 5}[tp]

    monkeypatch.setattr(client, "position", meanwhile)
    assert await place.take(fetched(A, 0, 9)) is None
    assert place.fetched[A.topic, 0] == 0

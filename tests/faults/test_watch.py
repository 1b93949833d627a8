"""What makes a process end itself, and what does not: the watch's verdict beside a consumer in every state."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging import watch
from shared.messaging.watch import HUNG_SECONDS, Watch
from shared.runtime.pulse import Pulse

PLACE = TopicPartition("umkm.onboarding.shop-a", 0)


@dataclass
class Coordinator:
    error: KafkaError | None = None

    def check_errors(self) -> None:
        if self.error:
            raise self.error


@dataclass
class Client:
    """As much of Kafka's client as the watch asks."""

    end: int = 0
    _coordinator: Coordinator = field(default_factory=Coordinator)

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    def paused(self) -> set[TopicPartition]:
        return set()

    def highwater(self, _: TopicPartition) -> int:
        return self.end


@dataclass
class Place:
    next: dict[tuple[str, int], int] = field(default_factory=lambda: {(PLACE.topic, PLACE.partition): 5})


@dataclass
class Consumer:
    kafka: Client = field(default_factory=Client)
    place: Place = field(default_factory=Place)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    flight: asyncio.Task[None] | None = None


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watch, "monotonic", clock)
    return clock


def looking_at(consumer: Consumer, clock: Clock, tasks: tuple[Any, ...] = ()) -> Watch:
    subscriber: Any = type("Subscriber", (), {"tasks": tasks})
    nothing: Any = None
    pulse = Pulse(started=clock.now, last_beat=clock.now)
    look: Any = consumer
    return Watch(pulse, nothing, subscriber, look, nothing, nothing)


async def test_a_record_that_comes_after_an_idle_hour_is_no_hang(clock: Clock) -> None:
    consumer = Consumer()
    looks = looking_at(consumer, clock)
    consumer.kafka.end = 5
    assert looks.verdict() == ""
    clock.now += 3_600
    consumer.kafka.end = 6
    async with consumer.busy:
        assert looks.verdict() == ""


async def test_a_batch_that_goes_on_for_ever_while_records_wait_is_a_hang(clock: Clock) -> None:
    consumer = Consumer(Client(end=9))
    looks = looking_at(consumer, clock)
    async with consumer.busy:
        assert looks.verdict() == ""
        clock.now += HUNG_SECONDS + 1
        assert looks.verdict()


async def test_a_batch_that_fails_again_and_again_is_no_hang(clock: Clock) -> None:
    consumer = Consumer(Client(end=9))
    looks = looking_at(consumer, clock)
    async with consumer.busy:
        looks.verdict()
        clock.now += HUNG_SECONDS + 1
        looks.pulse.failed(OSError("away"), passing=True)
        assert looks.verdict() == ""


async def test_what_is_waited_for_with_nothing_under_way_is_no_hang(clock: Clock) -> None:
    """What an open transaction of a publisher holds back."""
    looks = looking_at(Consumer(Client(end=9)), clock)
    looks.verdict()
    clock.now += HUNG_SECONDS + 1
    assert looks.verdict() == ""


async def test_a_client_that_lost_its_group_for_good_is_dead(clock: Clock) -> None:
    consumer = Consumer(Client(_coordinator=Coordinator(KafkaError("Unexpected error during coordination"))))
    assert "coordination" in looking_at(consumer, clock).verdict()


async def test_a_loop_that_ended_is_dead(clock: Clock) -> None:
    ended = asyncio.create_task(asyncio.sleep(0))
    await ended
    assert looking_at(Consumer(), clock, (ended,)).verdict()


def test_a_batch_that_failed_and_went_to_somebody_else_leaves_the_process_ready() -> None:
    pulse = Pulse()
    pulse.assigned(3)
    pulse.failed(OSError("away"), passing=True)
    assert pulse.unready()
    pulse.dropped()
    assert pulse.unready() == []

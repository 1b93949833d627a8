"""Two contents under one version, for whoever asks their publisher: a service comes in, such pairs go out, both as they were sent.

The database knows which records contradicted what stood. The other content is found in the log, which is kept for ever: their topics
are read once more, to where live is. Nothing of this is on the way of a batch.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.events.envelope import Event
from shared.events.reasons import Refused
from shared.messaging.batch import Projection
from shared.messaging.decode import decode
from shared.messaging.fold import UNSTAMPED
from shared.messaging.registry import Registry
from shared.messaging.rooms import Rooms
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection
from shared.postgres.pool import open_pool
from shared.repair.recounting import QUERIES
from shared.repair.replaying import open_log, read
from shared.runtime.settings import Settings

LISTED = 100  # each is looked up in the log
SILENT_SECONDS = 30
Subject = tuple[str, bool, tuple[Any, ...], bytes]  # fact, whether it is a cancellation, key, version without its content


@dataclass(frozen=True, slots=True)
class Content:
    """What was said, where first, and how often; of several the one with the smallest digest stands."""

    topic: str
    partition: int
    offset: int
    event: Event
    times: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """All contents of one version of a fact: the one that stands comes first."""

    fact: str
    contents: Sequence[Content]


async def find(rooms: Rooms, settings: Settings, publisher: str | None) -> tuple[int, Sequence[Conflict]]:
    """How many records contradicted a version that stood, of this publisher or of all; and what some of them are about."""
    registry = Registry(settings.publishers, rooms.streams[0], settings.unregistered, Codes())
    projection = rooms.projection(registry)
    pool = await open_pool(settings.database, "conflicts", prepare=rooms.prepare)
    try:
        async with pool.acquire() as connection:
            number = await connection.fetchval(QUERIES.count_conflicts, publisher)
            places = [tuple(row) for row in await connection.fetch(QUERIES.list_conflicts, publisher, LISTED)]
            ends = await positions(connection, {topic for topic, _, _ in places})
    finally:
        pool.terminate()
    if not places:
        return 0, []
    async with opened(settings.kafka) as kafka:
        wanted = {about(projection, record) async for record in at(kafka, places)} - {None}
        return number, await whole(kafka, projection, wanted, ends)


async def positions(connection: Connection, names: Iterable[str]) -> dict[TopicPartition, int]:
    rows = await connection.fetch(QUERIES.list_read, list(names))
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


@asynccontextmanager
async def opened(bootstrap_servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    kafka = open_log(bootstrap_servers)
    try:
        await asyncio.wait_for(kafka.start(), SILENT_SECONDS)
        yield kafka
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(kafka.stop(), 5)


async def at(kafka: AIOKafkaConsumer, places: Sequence[Sequence[Any]]) -> AsyncIterator[ConsumerRecord]:
    """The records at these places."""
    for topic, partition, offset in places:
        async for records, _ in read(kafka, {TopicPartition(topic, partition): (offset, offset + 1)}, SILENT_SECONDS):
            for record in records:
                yield record


async def whole(
    kafka: AIOKafkaConsumer, projection: Projection, wanted: set[Subject | None], ends: dict[TopicPartition, int]
) -> list[Conflict]:
    """Everything that was ever said of these, each content where it was said first."""
    found: dict[Subject, dict[bytes, Content]] = defaultdict(dict)
    beginnings = await asyncio.wait_for(kafka.beginning_offsets(list(ends)), SILENT_SECONDS)
    async for records, _ in read(kafka, {tp: (beginnings[tp], end) for tp, end in ends.items()}, SILENT_SECONDS):
        for record in records:
            subject = about(projection, record)
            if subject is not None and subject in wanted:
                note(found[subject], record)
    return [Conflict(fact, [said[digest] for digest in sorted(said)]) for (fact, *_), said in found.items()]


def note(said: dict[bytes, Content], record: ConsumerRecord) -> None:
    event = decode(record)
    assert isinstance(event, Event)
    known = said.setdefault(event.digest, Content(record.topic, record.partition, record.offset, event, 0))
    said[event.digest] = replace(known, times=known.times + 1)


def about(projection: Projection, record: ConsumerRecord) -> Subject | None:
    """What a record is about, with its version; nothing where it cannot be taken."""
    event = decode(record)
    try:
        decided = projection.decide(event) if isinstance(event, Event) else None
    except Refused:
        decided = None
    return decided and (decided.fact.name, decided.cancels, decided.key, decided.version[:-UNSTAMPED])

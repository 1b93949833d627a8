"""A publisher's topic that no longer has what comes next, once somebody decided to go on: a topic comes in, positions in it go out.

What was read of it before stays counted; records that were deleted unread are lost. Places of records in a log that is gone mean
nothing in the new one: what was heard there is forgotten, and its refused records go by a negative number. The services see that
their positions moved and read on by themselves.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.messaging.batch import QUERIES as BATCH
from shared.messaging.rooms import Rooms
from shared.messaging.topics import Topics
from shared.postgres import ids
from shared.postgres.connection import Connection
from shared.postgres.pool import open_pool
from shared.repair.recounting import QUERIES
from shared.repair.replaying import open_log
from shared.runtime.settings import Settings

ANSWER_SECONDS = 5  # batches wait meanwhile


class NoSuchTopic(Exception):
    """Kafka does not have it, or this service has read nothing of it: there is nothing to go on with."""


@dataclass(frozen=True, slots=True)
class Span:
    """What Kafka has of a partition now: from `begin` on, before `end`."""

    begin: int
    end: int

    def moved(self, position: int, *, anew: bool) -> tuple[int, int] | None:
        """Where to read on, and from which offset on places mean nothing any more; None where the log has what comes next."""
        if anew:
            return self.begin, 0
        if position < self.begin:
            return self.begin, position
        return (self.end, self.end) if position > self.end else None


async def accept(rooms: Rooms, settings: Settings, topic: str) -> Mapping[int, tuple[int, int | None]]:
    """Each partition that goes on elsewhere: where it was, and where it is now (None: the topic has fewer partitions)."""
    there = (await Topics(settings.kafka).describe([topic])).get(topic)
    if there is None:
        raise NoSuchTopic(f"there is no topic {topic}: it goes on when its publisher sends again, and is accepted then")
    identity = {topic: str(there.topic_id)}
    pool = await open_pool(settings.database, "accept", prepare=rooms.prepare)
    kafka = open_log(settings.kafka)
    try:
        await kafka.start()
        anew = topic in await ids.list_made_anew(pool, identity)
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(BATCH.lock)
            positions = {row["partition"]: row["next_offset"] for row in await connection.fetch(QUERIES.list_read, [topic])}
            if not positions:
                raise NoSuchTopic(f"{rooms.name} has read nothing of {topic}")
            # Under the lock: what is read meanwhile would be beyond the end that was seen before.
            spans = await list_spans(kafka, [TopicPartition(topic, partition.id) for partition in there.partitions])
            moves = {}
            for partition, position in positions.items():
                span = spans.get(partition)
                moved = (None, 0) if span is None else span.moved(position, anew=anew)
                if moved is not None:
                    moves[partition] = position, moved[0]
                    await set_apart(connection, topic, partition, moved[1])
            begins = {(topic, partition): now for partition, (_, now) in moves.items() if now is not None}
            await ids.start_over(connection, begins, identity)
            await connection.execute(QUERIES.forget_positions, topic, [partition for partition, (_, now) in moves.items() if now is None])
            return moves
    finally:
        await kafka.stop()
        await pool.close()


async def list_spans(kafka: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Mapping[int, Span]:
    async with asyncio.timeout(ANSWER_SECONDS):
        begins, ends = await kafka.beginning_offsets(places), await kafka.end_offsets(places)
    return {tp.partition: Span(begins[tp], ends[tp]) for tp in places}


async def set_apart(connection: Connection, topic: str, partition: int, stale: int) -> None:
    """Places from there on are other records' now."""
    for statement in (QUERIES.forget_conflicts, QUERIES.set_quarantine_apart):
        await connection.execute(statement, topic, partition, stale)

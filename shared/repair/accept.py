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
    known = Topics(settings.kafka)
    partitions, identity = await known.partitions(topic), await known.ids([topic])
    if not partitions or topic not in identity:
        raise NoSuchTopic(f"there is no topic {topic}: it goes on when its publisher sends again, and is accepted then")
    pool = await open_pool(settings.database, "accept", prepare=rooms.prepare)
    kafka = open_log(settings.kafka)
    try:
        await kafka.start()
        anew = topic in await ids.list_made_anew(pool, identity)
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(BATCH.lock)
            positions = {row["partition"]: row["next_offset"] for row in await connection.fetch(QUERIES.list_positions_of, topic)}
            if not positions:
                raise NoSuchTopic(f"{rooms.name} has read nothing of {topic}")
            # Under the lock: what is read meanwhile would be beyond the end that was seen before.
            spans = await list_spans(kafka, [TopicPartition(topic, number) for number in partitions])
            moves = {}
            for partition, position in positions.items():
                there = spans.get(partition)
                moved = (None, 0) if there is None else there.moved(position, anew=anew)
                if moved is not None:
                    moves[partition] = position, moved[0]
                    await go_on(connection, topic, partition, *moved)
            await connection.execute(ids.FOLLOW, topic, identity[topic])
            return moves
    finally:
        await kafka.stop()
        await pool.close()


async def list_spans(kafka: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Mapping[int, Span]:
    async with asyncio.timeout(ANSWER_SECONDS):
        begins, ends = await kafka.beginning_offsets(places), await kafka.end_offsets(places)
    return {tp.partition: Span(begins[tp], ends[tp]) for tp in places}


async def go_on(connection: Connection, topic: str, partition: int, position: int | None, stale: int) -> None:
    if position is None:
        await connection.execute(QUERIES.forget_position, topic, partition)
    else:
        await connection.execute(QUERIES.move_position, topic, partition, position)
    await connection.execute(QUERIES.forget_heard, topic, partition)
    for statement in (QUERIES.forget_conflicts, QUERIES.set_quarantine_apart):
        await connection.execute(statement, topic, partition, stale)

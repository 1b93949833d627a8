"""What was told last: a topic of cells comes in, the newest version of the numbers in its last messages goes out.

A database that was restored has older numbers than are told already, and does not know it; whoever reads keeps the newer ones.
"""

import asyncio
from contextlib import suppress

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.messaging.renewed import UNKNOWN, Version

LARGEST = 2**62
TAIL_MESSAGES = 20_000  # a flush that was broken off has no watermark at its end
POLL_MS, PATIENCE_SECONDS = 500, 30


async def newest(bootstrap_servers: str, topic: str) -> Version:
    """The newest version in the last messages of the topic's one partition."""
    kafka = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, group_id=None, enable_auto_commit=False, auto_offset_reset="none")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await kafka.start()
            return await newest_of(kafka, TopicPartition(topic, 0))
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(kafka.stop(), 5)


async def newest_of(kafka: AIOKafkaConsumer, place: TopicPartition) -> Version:
    if place.topic not in await kafka.topics():
        return UNKNOWN
    kafka.assign([place])
    begin, end = (await kafka.beginning_offsets([place]))[place], (await kafka.end_offsets([place]))[place]
    kafka.seek(place, max(begin, end - TAIL_MESSAGES))
    found = UNKNOWN
    while await kafka.position(place) < end:
        fetched = await kafka.getmany(place, timeout_ms=POLL_MS)
        found = max([found, *map(version, fetched.get(place, ()))])
    return found


def version(record: ConsumerRecord) -> Version:
    """Of a cell or a watermark; what is neither counts for nothing."""
    try:
        told = orjson.loads(record.value or b"")
        generation, number = int(told["generation"]), int(told["number"])
    except (ValueError, KeyError, TypeError):
        return UNKNOWN
    return (generation, number) if max(generation, number) < LARGEST else UNKNOWN

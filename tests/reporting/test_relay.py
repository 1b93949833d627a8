"""Figures on Kafka: all of them at the start, then those that change, each with the cursor after its change."""

import asyncio
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer

from services.reporting import relay
from services.reporting.api import cursors
from services.reporting.api.reader import Head
from shared.events import topics
from shared.messaging import telling
from shared.messaging.topics import Topics
from shared.postgres.connection import Connection, Pool
from tests.reporting import sending
from tests.reporting.sending import observed


async def read(kafka: str, instance: str, count: int) -> list[tuple[str, Any]]:
    consumer = AIOKafkaConsumer(topics.PROGRESS.address, bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            records: list[tuple[str, Any]] = []
            while len(records) < count:  # the topic is that of other tests too
                record = await anext(consumer)
                figure = orjson.loads(record.value)
                if cursors.decode(figure["cursor"], str, int)[0] == instance:
                    records.append((record.key.decode(), figure))
    finally:
        await consumer.stop()
    return records


async def test_the_topic_has_the_newest_figure_of_every_indicator(kafka: str, pool: Pool, connection: Connection) -> None:
    await Topics(kafka).ensure({topics.PROGRESS.address: topics.PROGRESS})
    await sending.state(pool, observed("credit_share", "2022", "21", 1))
    indicators = await connection.fetchval("select count(*) from figure")
    producer = telling.open_producer(kafka)
    await producer.start()
    try:
        told = await relay.announce_figures(connection, producer, relay.NOTHING)
        assert await relay.announce_figures(connection, producer, told) == told
        await sending.state(pool, observed("credit_share", "2022", "22", 2))
        await relay.announce_figures(connection, producer, told)
    finally:
        await producer.stop()
    head = Head(*await connection.fetchrow("select instance, seq, revision, today from head") or ())
    messages = await read(kafka, head.instance, indicators + 1)
    assert len({name for name, _ in messages}) == indicators
    name, newest = messages[-1]
    assert (name, newest["id"], newest["value"], newest["cursor"]) == ("credit_share", "credit_share", "22", head.cursor)

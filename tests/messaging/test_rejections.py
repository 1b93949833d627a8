"""Refusals go to their publisher's topic: one that takes nothing keeps back its own, and no other's."""

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from services.onboarding.app import ROOMS
from shared.events import topics
from shared.messaging import telling
from shared.messaging.rejections import QUERIES, RejectionRelay
from shared.messaging.topics import Topics
from tests.conftest import NewDatabase
from tests.oracle.examples import onboarded, records
from tests.oracle.records import Registry
from tests.projections import trial, write_registry

DATE = "2025-02-03"
WAITING = "select distinct publisher from quarantine where published_at is null"


async def make_narrow(kafka: str, topic: str) -> None:
    """A topic that takes no message of ours."""
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
    made = admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1, config={"max.message.bytes": "80"})])
    await asyncio.to_thread(made[topic].result, 20)


async def test_a_topic_that_refuses_holds_up_no_others(kafka: str, database: NewDatabase, tmp_path: Path) -> None:
    narrow, wide = (f"{name}-{secrets.token_hex(4)}" for name in ("narrow", "wide"))
    await make_narrow(kafka, topics.rejected(narrow))
    async with trial(ROOMS, await database("onboarding"), write_registry(tmp_path, Registry())) as service:
        good = records(onboarded(narrow, 1, DATE), onboarded(wide, 1, DATE))
        await service.apply([replace(record, value=b"{") for record in good])
        producer = telling.open_producer(kafka)
        await producer.start()
        try:
            async with service.pool.acquire() as connection:
                relay = RejectionRelay(Topics(kafka))
                rows = await connection.fetch(QUERIES.list_unannounced, [])
                with pytest.raises(KafkaError):
                    await relay.announce(connection, producer, rows)
                assert not await connection.fetch(QUERIES.list_unannounced, list(relay.stuck))
        finally:
            await asyncio.wait_for(producer.stop(), 10)
        assert [row["publisher"] for row in await service.pool.fetch(WAITING)] == [narrow]

"""Somebody decided to go on with a topic that was made anew, or lost records: what was read stays, what is there is read, once."""

import asyncio
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from services.onboarding.app import ROOMS
from shared.repair import accept, verify
from tests.conftest import NewDatabase
from tests.faults.waiting import until
from tests.oracle.examples import onboarded
from tests.oracle.sending import Sent
from tests.repair.live import Live, live

DATE = "2025-02-03"
STANDS = "select count(*)::int from listing where version <> ''"
WAITS = 'select count(*)::int as records, count(*) filter (where "offset" < 0)::int as apart from quarantine'
HEARD = "select sum(applied + quarantined)::int from outcome"


async def say(trial: Live, first: int, last: int) -> None:
    """Their listings, and a record that cannot be taken."""
    await trial.send(*(onboarded("shop-a", number, DATE) for number in range(first, last)))
    await trial.send(Sent("umkm.onboarding.shop-a", b"key", b"{", ()))


async def hear(trial: Live) -> None:
    """From where the database is now."""
    trial.replaying.next.clear()
    await trial.hear()
    assert await verify.alarm(ROOMS, trial.service.pool) == []


async def test_a_topic_made_anew_is_read_from_its_beginning(kafka: str, database: NewDatabase, tmp_path: Path) -> None:
    async with live(ROOMS, kafka, await database("onboarding"), tmp_path) as trial:
        topic = f"umkm.onboarding.shop-a{trial.mark}"
        await say(trial, 0, 12)
        await hear(trial)
        assert await accept.accept(ROOMS, trial.settings, topic) == {}
        admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
        await asyncio.to_thread(admin.delete_topics([topic])[topic].result, 30)

        async def is_gone() -> bool:
            return topic not in (await asyncio.to_thread(admin.list_topics, timeout=10)).topics

        assert await until(is_gone, 30)
        with pytest.raises(accept.NoSuchTopic):
            await accept.accept(ROOMS, trial.settings, topic)
        await say(trial, 10, 40)
        moves = await accept.accept(ROOMS, trial.settings, topic)
        assert {now for _, now in moves.values()} == {0}
        await hear(trial)
        assert await trial.service.pool.fetchval(STANDS) == 40
        assert tuple(*await trial.service.pool.fetch(WAITS)) == (2, 1)


async def test_records_that_were_deleted_unread_are_passed_over(kafka: str, database: NewDatabase, tmp_path: Path) -> None:
    async with live(ROOMS, kafka, await database("onboarding"), tmp_path) as trial:
        topic = f"umkm.onboarding.shop-a{trial.mark}"
        await say(trial, 0, 12)
        await hear(trial)
        await accept.accept(ROOMS, trial.settings, topic)
        known = await trial.service.pool.fetch("select partition, next_offset from position where topic = $1", topic)
        await say(trial, 12, 40)
        admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
        gone = [TopicPartition(topic, row["partition"], row["next_offset"] + 1) for row in known]
        for done in admin.delete_records(gone).values():
            await asyncio.to_thread(done.result, 30)
        moves = await accept.accept(ROOMS, trial.settings, topic)
        assert moves == {row["partition"]: (row["next_offset"], row["next_offset"] + 1) for row in known}
        await hear(trial)
        assert await trial.service.pool.fetchval(HEARD) == 42 - len(gone)

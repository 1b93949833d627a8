"""The control: a consumer as one writes it without knowing better. It counts records in Postgres and lets Kafka commit its offsets.

Everything works until something is killed. If this one counts right after a run, the run proved nothing.
"""

import asyncio
import os

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from shared.events import topics

TABLE = "create table if not exists naive(topic text primary key, records bigint not null)"
COUNT = "insert into naive as known values ($1, $2) on conflict (topic) do update set records = known.records + excluded.records"
AT_ONCE = 10


async def main() -> None:
    pool = await asyncpg.create_pool(os.environ["DENYUT_DATABASE"], min_size=1, max_size=2, timeout=5, command_timeout=10)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=os.environ["DENYUT_KAFKA"],
        group_id="naive",
        auto_offset_reset="earliest",
        enable_auto_commit=True,
        metadata_max_age_ms=3_000,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    consumer.subscribe(pattern=topics.pattern(*topics.STREAMS))
    await consumer.start()
    while True:
        try:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                await count(pool, records)
        except (KafkaError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):  # log it and go on, as one does
            await asyncio.sleep(1)


async def count(pool: "asyncpg.Pool[asyncpg.Record]", records: list[ConsumerRecord]) -> None:
    for begin in range(0, len(records), AT_ONCE):
        some = records[begin : begin + AT_ONCE]
        await pool.execute(COUNT, some[0].topic, len(some))


if __name__ == "__main__":
    asyncio.run(main())

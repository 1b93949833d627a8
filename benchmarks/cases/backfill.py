"""Backfill: how fast a register is loaded from Kafka to committed figures, beside what PostgreSQL alone can do in the same run.

of_plain: of the yardstick's rate · of_ceiling: of the rate of our own merge with nothing else running · times_naive: of one handler
and one transaction a message.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import asyncpg
from aiokafka import AIOKafkaConsumer

from benchmarks import filling, merges, running, servers, tables
from benchmarks.batches import batches
from benchmarks.measured import Row, ratios, row
from benchmarks.merges import Merged
from benchmarks.register import PLATFORMS, Register
from benchmarks.running import Backfilled
from benchmarks.scope import Scope
from benchmarks.servers import Servers
from deploy.local import child, services
from shared.events import topics
from shared.messaging import broker, careful

NAIVE_SECONDS = 8
SLOWEST_RATE = 2_000  # events a second: a run that is slower is given up
CASE = "backfill"


async def run(scope: Scope) -> list[Row]:
    register = Register(scope.events)
    async with servers.running() as here:
        await tables.make(here, scope.rows)
        await filling.make_topics(here.kafka.bootstrap)
        scope.say(f"{scope.events:,} events go to Kafka, {scope.rows:,} rows are in the tables")
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, register.messages())
        results = [await side_by_side(here, register, scope) for _ in range(scope.runs)]
        fetch = await fetch_us(here, register.events)
        naive = await naive_rate(here)
    return [*rows(results, naive), row(CASE, "cpu_fetch_us", [fetch])]


async def side_by_side(here: Servers, register: Register, scope: Scope) -> tuple[Merged, Merged, Backfilled]:
    """One run of each, one after the other."""
    limit = register.events / SLOWEST_RATE
    async with asyncio.timeout(3 * limit + 600):
        plain = await merges.plain(await here.clone(tables.PLAIN_TEMPLATE, "bench_plain"), batches(register))
        own = await merges.own(await here.clone(tables.SERVICE, "bench_own"), batches(register))
        whole = await running.backfill(here, await here.clone(tables.SERVICE, "bench_whole"), register.events, limit)
    scope.say(f"plain {plain.rate:,.0f}/s, own merge {own.rate:,.0f}/s, end to end {whole.rate:,.0f}/s")
    return plain, own, whole


async def fetch_us(here: Servers, events: int) -> float:
    """CPU of the client alone, in microseconds an event: as the service fetches, and nothing is done with it."""
    careful.install()
    consumer = AIOKafkaConsumer(
        *(topics.inbound("onboarding", platform) for platform in PLATFORMS),
        bootstrap_servers=here.kafka.bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_min_bytes=broker.FETCH_BYTES,
        fetch_max_wait_ms=broker.FETCH_WAIT_MS,
        max_partition_fetch_bytes=broker.PARTITION_BYTES,
    )
    await consumer.start()
    try:
        fetched, before = 0, time.process_time()
        async with asyncio.timeout(events / SLOWEST_RATE):
            while fetched < events:
                found = await consumer.getmany(max_records=broker.BATCH_RECORDS, timeout_ms=broker.BATCH_WAIT_MS)
                fetched += sum(map(len, found.values()))
        return (time.process_time() - before) / fetched * 1e6
    finally:
        await consumer.stop()


async def naive_rate(here: Servers) -> float:
    """Messages a second, in their middle: neither start nor end counts."""
    dsn = await here.clone("template1", "bench_naive")
    environment = services.environment(here.kafka.bootstrap, database=dsn, topic=topics.inbound("onboarding", PLATFORMS[0]))
    command = [*services.SERVICES[0].command[:2], "benchmarks.naive"]
    process = child.start("naive", command, here.private.log("naive"), environment=environment, folder=services.ROOT)
    try:
        async with asyncio.timeout(60 + NAIVE_SECONDS):
            while not await seen(dsn):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.1)
            begun, before = time.monotonic(), await seen(dsn)
            await asyncio.sleep(NAIVE_SECONDS)
            return (await seen(dsn) - before) / (time.monotonic() - begun)
    finally:
        process.process.kill()


async def seen(dsn: str) -> int:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return int(await connection.fetchval("select coalesce(sum(records), 0) from naive_seen"))
    except asyncpg.UndefinedTableError:
        return 0
    finally:
        await connection.close()


def rows(results: Sequence[tuple[Merged, Merged, Backfilled]], naive: float) -> list[Row]:
    plain, own, whole = ([one.rate for one in column] for column in zip(*results, strict=True))
    of = partial(row, CASE)
    found = [
        of("of_plain", ratios(whole, plain)),
        of("of_ceiling", ratios(whole, own)),
        of("times_naive", [rate / naive for rate in whole]),
        of("events_per_second", whole),
        of("plain_per_second", plain),
        of("ceiling_per_second", own),
        of("naive_per_second", [naive]),
    ]
    for part in results[0][1].cpu:
        found.append(of(f"cpu_{part}_us", [merged.microseconds(part) for _, merged, _ in results]))
    backfilled = [one for _, _, one in results]
    for name in ("service_us", "postgres_us", "kafka_us"):
        found.append(of(f"cpu_whole_{name}", [getattr(one, name) for one in backfilled]))
    found.append(of("wal_bytes_an_event", [one.wal_bytes / one.events for one in backfilled]))
    found.append(of("peak_bytes", [float(one.peak_bytes) for one in backfilled]))
    return found

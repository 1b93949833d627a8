"""Peers: what one would take instead, on the same servers and with the same events as our service, into an empty database each.

times_flink: our rate, of that of Flink SQL (`benchmarks/peers/flink.py`), which does most of our work · memory_of_flink, cpu_of_flink:
what our process took at most, and an event, of what Flink's did · cpu_with_servers_of_flink: the same with PostgreSQL and Kafka ·
flink_apart: MSMEs and listings that it has elsewhere in the end · times_connect: our rate, of that of Kafka Connect with Debezium's JDBC
sink (`benchmarks/peers/connect.py`), which keeps the last record of a listing and nothing more.

All begin before their first fetch: Java's start and Flink's planning do not count.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import filling, running, servers, tables
from benchmarks.measured import Row, ratios, row
from benchmarks.peers import connect, flink, jvm
from benchmarks.register import Register
from benchmarks.running import Backfilled
from benchmarks.scope import Scope
from benchmarks.servers import Servers

CASE = "peers"
SLOWEST_RATE = 2_000
EMPTY = "filled_0"


@dataclass(frozen=True, slots=True)
class Jars:
    flink: Path
    connect: Path


@dataclass(frozen=True, slots=True)
class Compared:
    """One run of each, one after the other."""

    ours: Backfilled
    flink: Backfilled
    connect: Backfilled
    flink_apart: int


async def run(scope: Scope) -> list[Row]:
    try:
        jvm.tool("javac")
        jars = Jars(await jvm.jars_of("flink"), await jvm.jars_of("connect"))
    except jvm.Missing as missing:
        scope.say(str(missing))
        return []
    register = Register(scope.events)
    async with servers.running() as here:
        await tables.make(here, 0, plain=False, name=EMPTY)
        await filling.make_topics(here.kafka.bootstrap)
        scope.say(f"{scope.events:,} events go to Kafka twice, as they are and with their schema")
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, register.messages())
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, connect.messages(register))
        await asyncio.to_thread(os.sync)  # whoever comes first would have the disk beside what was just sent
        results = [await side_by_side(here, jars, register, number, scope) for number in range(scope.runs)]
    return rows(results)


async def side_by_side(here: Servers, jars: Jars, register: Register, number: int, scope: Scope) -> Compared:
    limit = register.events / SLOWEST_RATE
    dsn = await here.clone(EMPTY, "bench_ours")
    ours = await running.backfill(here, dsn, register.events, limit)
    right = await flink.ours(dsn)
    there = await here.clone("template1", f"bench_flink_{number}")
    flinked, apart = await flink.run(here, jars.flink, there, right, events=register.events, timeout_seconds=limit)
    connected = await connect.run(here, jars.connect, await here.clone("template1", f"bench_connect_{number}"), register, limit)
    scope.say(f"ours {ours.rate:,.0f}/s, Flink {flinked.rate:,.0f}/s, Connect {connected.rate:,.0f}/s")
    return Compared(ours, flinked, connected, apart)


def rows(results: Sequence[Compared]) -> list[Row]:
    of = partial(row, CASE)
    ours, flinked, connected = ([getattr(one, whose) for one in results] for whose in ("ours", "flink", "connect"))
    return [
        of("times_flink", ratios(rates(ours), rates(flinked))),
        of("memory_of_flink", ratios([one.peak_bytes for one in ours], [one.peak_bytes for one in flinked])),
        of("cpu_of_flink", ratios([one.service_us for one in ours], [one.service_us for one in flinked])),
        of("cpu_with_servers_of_flink", ratios([*map(with_servers, ours)], [*map(with_servers, flinked)])),
        of("flink_apart", [float(one.flink_apart) for one in results]),
        of("times_connect", ratios(rates(ours), rates(connected))),
        *costs("ours", ours),
        *costs("flink", flinked),
        *costs("connect", connected),
    ]


def rates(runs: Sequence[Backfilled]) -> list[float]:
    return [one.rate for one in runs]


def with_servers(one: Backfilled) -> float:
    return one.service_us + one.postgres_us + one.kafka_us


def costs(whose: str, runs: Sequence[Backfilled]) -> list[Row]:
    """What each took by itself; CPU in microseconds an event: of the program, of PostgreSQL, of Kafka."""
    of = partial(row, CASE)
    found = [of(f"{whose}_per_second", rates(runs)), of(f"{whose}_peak_bytes", [float(one.peak_bytes) for one in runs])]
    for name in ("service_us", "postgres_us", "kafka_us"):
        found.append(of(f"{whose}_cpu_{name}", [getattr(one, name) for one in runs]))
    return found

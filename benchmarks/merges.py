"""Merging in PostgreSQL with nothing else running: batches in memory come in, seconds of merging go out.

`plain` is the yardstick (plain_merge.sql); `own` is what the service does with a batch, its statements and their order untouched.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import asyncpg

from benchmarks import usage
from benchmarks.tables import PLAIN
from deploy.local import services
from services.onboarding.app import ROOMS
from services.onboarding.model import LISTING
from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.registry import Registry
from shared.messaging.relay import CellRelay
from shared.postgres.codes import Codes
from shared.postgres.connection import Pool
from shared.postgres.pool import open_pool

PLAIN_COLUMNS = ("unit", "msme", "platform", "publisher", "province", "role", "scale", "first_month", "merchant_id", "version")


@dataclass(slots=True)
class Merged:
    """What merging took; CPU seconds by part, of the client and of the server's side of its connections."""

    events: int = 0
    cells: int = 0
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=lambda: {"decode": 0.0, "load": 0.0, "merge": 0.0, "cells": 0.0})

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    def microseconds(self, part: str) -> float:
        return self.cpu[part] / self.events * 1e6


@dataclass(slots=True)
class Own:
    """The service's own way with a batch, without Kafka around it."""

    applier: Applier
    pool: Pool
    merged: Merged = field(default_factory=Merged)
    pids: list[int] = field(default_factory=list)

    def cpu(self) -> float:
        return time.process_time() + usage.sum_cpu_seconds(self.pids)

    async def settle(self, batch: Batch) -> None:
        """Decode outside the time that counts, then apply."""
        before = time.process_time()
        heard = await self.applier.hear(batch)
        self.merged.cpu["decode"] += time.process_time() - before
        await self.apply(batch, heard)
        self.merged.events += len(batch.records)

    async def apply(self, batch: Batch, heard: Heard) -> None:
        begun, begun_cpu = time.perf_counter(), self.cpu()
        loaded = asyncio.create_task(self.when_staged(heard))
        await self.applier.apply_batch(batch, heard)
        self.merged.seconds += time.perf_counter() - begun
        loaded_cpu = await loaded
        self.merged.cpu["load"] += loaded_cpu - begun_cpu
        self.merged.cpu["merge"] += self.cpu() - loaded_cpu

    async def when_staged(self, heard: Heard) -> float:
        await heard.merging.wait()
        return self.cpu()


async def own(dsn: str, batches: Iterable[Batch]) -> Merged:
    pool = await open_pool(dsn, ROOMS.name, prepare=ROOMS.prepare)
    applier = applier_on(pool)
    try:
        running = Own(applier, pool)
        running.pids = [row["pid"] for row in await pool.fetch("select pid from pg_stat_activity where application_name = $1", ROOMS.name)]
        for batch in batches:
            await running.settle(batch)
            running.merged.cpu["cells"] += await tell(running)
        return running.merged
    finally:
        await pool.close()


def applier_on(pool: Pool) -> Applier:
    """What the service applies batches with."""
    codes = Codes()
    registry = Registry(services.PUBLISHERS, ROOMS.streams[0], "count", codes)
    return Applier(ROOMS.projection(registry), pool, registry, codes)


async def tell(running: Own) -> float:
    """CPU seconds of what the relay reads and writes after one batch, without the broker."""
    relay = CellRelay("", "", ROOMS.kinds, running.applier.codes)
    before = running.cpu()
    async with running.pool.acquire() as connection:
        number = await connection.fetchval("select number from epoch")
        async for _ in relay.messages(connection, number - 1, (0, number)):
            running.merged.cells += 1
    return running.cpu() - before


async def plain(dsn: str, batches: Iterable[Batch]) -> Merged:
    """The same rows by COPY and one sorted merge; folding and translating are given to it for nothing."""
    pool = await open_pool(dsn, ROOMS.name, prepare=ROOMS.prepare)
    applier = applier_on(pool)
    connection = await asyncpg.connect(dsn, timeout=30, command_timeout=600, server_settings={"jit": "off"})
    merged = Merged()
    try:
        await connection.execute(PLAIN.stage)
        for batch in batches:
            heard = await applier.hear(batch)
            rows = plain_rows(await applier.codes.translate(pool, heard.folded.rows(LISTING), LISTING.coded_positions))
            begun, begun_cpu = time.perf_counter(), time.process_time() + usage.cpu_seconds(connection.get_server_pid())
            async with connection.transaction():
                await connection.copy_records_to_table("plain_stage", records=rows, columns=PLAIN_COLUMNS)
                await connection.execute(PLAIN.merge)
            merged.seconds += time.perf_counter() - begun
            merged.cpu["merge"] += time.process_time() + usage.cpu_seconds(connection.get_server_pid()) - begun_cpu
            merged.events += len(batch.records)
        return merged
    finally:
        await connection.close()
        await pool.close()


def plain_rows(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Staged rows as the plain table's columns."""
    places = {name: place for place, name in enumerate(LISTING.columns)}
    order = [places["msme" if name == "unit" else name] for name in PLAIN_COLUMNS]
    return [tuple([row[place] for place in order]) for row in rows]

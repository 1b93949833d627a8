"""Register: the whole national register of sellers, 30.17 million listings, loaded once into an empty database.

national_seconds: from the first fetch to the last commit · at_…_per_second: the rate when so many rows are there · listings_apart and
msmes_apart: how far the figures are from what was sent, each MSME once.
"""

import asyncio
import itertools
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial

import asyncpg

from benchmarks import filling, running, servers, tables
from benchmarks.measured import Row, row
from benchmarks.register import STRIDE, Message, Register
from benchmarks.scope import Scope

CASE = "register"
NATIONAL = 30_170_000  # sellers of the register
SENDERS = 2
LOOK_SECONDS = 1
SLOWEST_RATE = 3_000
MILLION = 1_000_000
MILESTONES = (MILLION, 10 * MILLION, 30 * MILLION)
Samples = list[tuple[float, int]]


async def run(scope: Scope) -> list[Row]:
    listings = NATIONAL if scope.rows >= MILESTONES[1] else scope.events
    async with servers.running() as here:
        await tables.make(here, 0, plain=False)
        await filling.make_topics(here.kafka.bootstrap)
        begun = time.monotonic()
        await asyncio.to_thread(send, here.kafka.bootstrap, listings)
        scope.say(f"{listings:,} sightings were sent in {time.monotonic() - begun:.0f} s")
        dsn = await here.clone(tables.SERVICE, "bench_register")
        samples: Samples = []
        looking = asyncio.create_task(look(dsn, samples, scope))
        loaded = await running.backfill(here, dsn, listings, listings / SLOWEST_RATE)
        looking.cancel()
        found_listings, found_msmes = await running.sums_of(dsn)
    of = partial(row, CASE)
    return [
        of("national_seconds" if listings == NATIONAL else "load_seconds", [loaded.seconds]),
        of("events_per_second", [loaded.rate]),
        *(of(f"at_{size}_per_second", [rate]) for size in MILESTONES if (rate := rate_at(samples, size)) is not None),
        of("listings_apart", [float(abs(found_listings - listings))]),
        of("msmes_apart", [float(abs(found_msmes - msmes(listings)))]),
        of("peak_bytes", [float(loaded.peak_bytes)]),
        of("wal_bytes_an_event", [loaded.wal_bytes / listings]),
    ]


def send(bootstrap_servers: str, listings: int) -> None:
    """One sender a core: making the events takes longer than the broker."""
    ends = [listings * part // SENDERS for part in range(SENDERS + 1)]
    with ProcessPoolExecutor(SENDERS, multiprocessing.get_context("spawn")) as senders:
        for done in [senders.submit(send_part, bootstrap_servers, listings, *part) for part in itertools.pairwise(ends)]:
            done.result()


def send_part(bootstrap_servers: str, listings: int, start: int, end: int) -> None:
    filling.fill(bootstrap_servers, sightings(listings, start, end))


def sightings(listings: int, start: int, end: int) -> Iterator[Message]:
    """Each listing's first sighting, in no visible order."""
    register = Register(listings)
    for place in range(start, end):
        yield register.sighting(place * STRIDE % listings, 0)


def msmes(listings: int) -> int:
    """As in `Register.place`: every tenth listing is a second one of the MSME before."""
    return listings - listings // 10


async def look(dsn: str, samples: Samples, scope: Scope) -> None:
    """How many records the database has, second by second; says so at every million."""
    connection = await asyncpg.connect(dsn, timeout=30)
    said = 0
    try:
        with suppress(asyncio.CancelledError):
            while True:
                samples.append((time.monotonic(), await connection.fetchval(running.READ)))
                if samples[-1][1] // MILLION > said:
                    said = samples[-1][1] // MILLION
                    scope.say(f"{samples[-1][1]:,} are loaded")
                await asyncio.sleep(LOOK_SECONDS)
    finally:
        await connection.close()


def rate_at(samples: Samples, rows: int) -> float | None:
    """Events a second in the million until there were so many rows; None where there never were."""
    begun, ended = (next((at for at, records in samples if records >= edge), None) for edge in (rows - MILLION, rows))
    return None if begun is None or ended is None or ended <= begun else MILLION / (ended - begun)

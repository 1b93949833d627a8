"""Re-sync: a publisher sends its whole register again, into tables of that size.

same_…: the same events again, by their id and time; they should cost next to nothing. renewed_…: the same content under new times and
ids. Rates are compared with that of the first pass of the same run. After the first pass the tables are vacuumed, as
autovacuum does after a load, and what that writes counts with the second. Without it the first who reads a new row marks it as
committed, and writes its page to the log, as pages have checksums.
"""

import asyncio
from functools import partial

import asyncpg

from benchmarks import filling, running, servers, tables
from benchmarks.measured import Row, ratios, row
from benchmarks.register import Register
from benchmarks.running import Backfilled
from benchmarks.scope import Scope
from benchmarks.servers import Servers

CASE = "resync"
SLOWEST_RATE = 1_000
DAY_SECONDS = 86_400


async def run(scope: Scope) -> list[Row]:
    register, renewed = Register(scope.events), Register(scope.events, renewed=DAY_SECONDS)
    async with servers.running() as here:
        await tables.make(here, scope.rows, plain=False)
        await filling.make_topics(here.kafka.bootstrap)
        dsn = await here.clone(tables.SERVICE, "bench_resync")
        first = await passed(here, dsn, register, scope, "first pass")
        vacuum_bytes = await vacuumed(here, "bench_resync")
        same = await passed(here, dsn, register, scope, "the same again")
        anew = await passed(here, dsn, renewed, scope, "the same content under new times and ids")
    of = partial(row, CASE)
    return [
        of("same_of_first_pass", ratios([same.rate], [first.rate])),
        of("same_wal_bytes", [(same.wal_bytes + vacuum_bytes) / same.events]),
        of("vacuum_wal_bytes", [vacuum_bytes / first.events]),
        of("renewed_of_first_pass", ratios([anew.rate], [first.rate])),
        of("renewed_wal_bytes", [anew.wal_bytes / anew.events]),
        of("first_per_second", [first.rate]),
        of("same_per_second", [same.rate]),
        of("renewed_per_second", [anew.rate]),
        of("first_wal_bytes", [first.wal_bytes / first.events]),
    ]


async def vacuumed(here: Servers, database: str) -> int:
    """Vacuum the tables; the bytes that it wrote to the log."""
    connection = await asyncpg.connect(here.postgres.dsn(database), timeout=30, command_timeout=servers.STATEMENT_SECONDS)
    try:
        begun = await connection.fetchval("select pg_current_wal_insert_lsn()")
        await connection.execute("vacuum")
        written: int = await connection.fetchval("select (pg_current_wal_insert_lsn() - $1::pg_lsn)::bigint", begun)
        return written
    finally:
        await connection.close()


async def passed(here: Servers, dsn: str, register: Register, scope: Scope, what: str) -> Backfilled:
    """Send all of it, then let the service take it, right after a checkpoint."""
    await asyncio.to_thread(filling.fill, here.kafka.bootstrap, register.messages())
    await here.execute("checkpoint")
    done = await running.backfill(here, dsn, register.events, register.events / SLOWEST_RATE)
    scope.say(f"{what}: {done.rate:,.0f}/s, {done.wal_bytes / done.events:,.0f} bytes of WAL an event")
    return done

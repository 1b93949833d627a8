"""What a benchmark measures is the product: filled tables take its batches, and the cells are those of what is there."""

import asyncpg

from benchmarks import merges, tables
from benchmarks.batches import batches
from benchmarks.register import Register
from tests.conftest import NewDatabase

ROWS, EVENTS, BATCH = 2_000, 3_000, 500
CELLS = "select sum(listings)::bigint as listings, sum(onboarded)::bigint as msmes from listing_cell"
FACTS = "select count(*) as listings, count(distinct unit) as msmes from listing"


async def test_filled_tables_take_batches_and_count_right(database: NewDatabase) -> None:
    dsn = await database("onboarding")
    connection = await asyncpg.connect(dsn)
    try:
        await tables.fill(connection, ROWS)
        assert await connection.fetchrow(CELLS) == await connection.fetchrow(FACTS)
        merged = await merges.own(dsn, batches(Register(EVENTS), BATCH))
        assert merged.events == EVENTS
        assert await connection.fetchrow(CELLS) == await connection.fetchrow(FACTS)
        assert await connection.fetchval("select count(*) from listing") > ROWS
    finally:
        await connection.close()

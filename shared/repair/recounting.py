"""Whether a domain service's numbers are what its facts give: its own recount is done and undone; what it had to mend comes out.

One definition: nothing here knows what a number means. The database itself says which tables the recount wrote to, so that groups of
MSMEs and sums that are kept aside are checked as cells are; where all is well a recount writes nothing.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from shared.postgres import queries
from shared.postgres.connection import Connection
from shared.repair import tables
from shared.repair.tables import Difference, Table
from shared.runtime import clock

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
Recount = Callable[[Connection, int, int], Awaitable[None]]


async def check(recount: Recount, compares: Sequence[Table], connection: Connection) -> Sequence[Difference]:
    """In a transaction at one snapshot: no lock is taken, as nothing is left behind."""
    number = await connection.fetchval(QUERIES.number)
    before = await writes(connection)
    trial = connection.transaction()
    await trial.start()
    try:
        await recount(connection, number + 1, clock.present_month())
        mended = +(await writes(connection) - before)
        cells = [table for table in compares if table.name in mended]
        counted = [await tables.read(connection, table) for table in cells]
    finally:
        await trial.rollback()
    found = [
        await tables.named(connection, table, difference)
        for table, rows in zip(cells, counted, strict=True)
        for difference in tables.differences(table, await tables.read(connection, table), rows)
    ]
    others = sorted(mended.keys() - {table.name for table in cells})
    return [*found, *(Difference(name, (), (), (f"otherwise in {mended[name]} rows",)) for name in others)]


async def writes(connection: Connection) -> Counter[str]:
    """How many rows of each table this session wrote."""
    return Counter({row["relname"]: row["rows"] for row in await connection.fetch(QUERIES.list_writes)})

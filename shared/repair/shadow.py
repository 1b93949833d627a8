"""A second projection beside the live one: a service's database comes in, the same tables in a schema of their own go out, empty.

All statements of a service are free of schemas, so a connection's search path decides which projection it works on. There is one
dictionary of names for both: processes remember its numbers, and two would give one number two names. Whoever swaps makes the
shadow the live one by renaming, in the caller's transaction.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from shared.messaging.rooms import Rooms
from shared.postgres import queries
from shared.postgres.connection import Connection
from shared.postgres.migrate import migrate

QUERIES = queries.load(Path(__file__).with_name("shadow.sql"))
LIVE, SHADOW = "public", "shadow, public"


def address(dsn: str, *schemas: str) -> str:
    """The same database, where unqualified names mean those of these schemas."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), ("search_path", ",".join(schemas))])))


async def make(connection: Connection, dsn: str, migrations: Sequence[Path]) -> None:
    """Tables as the migrations leave them; what an earlier rebuild left is removed."""
    await connection.execute(QUERIES.forget)
    await connection.execute(QUERIES.make)
    await migrate(address(dsn, "shadow"), *migrations)
    await connection.execute(QUERIES.share_names)


async def analyze(connection: Connection) -> None:
    """Live goes on with plans for tables of this size, not of empty ones."""
    await connection.execute(f"analyze {await connection.fetchval(QUERIES.list_tables)}")


async def look_at(connection: Connection, schemas: str) -> None:
    """Until the end of the transaction unqualified names mean those of these schemas."""
    await connection.execute(QUERIES.look_at, schemas)


async def swap(connection: Connection, rooms: Rooms) -> int:
    """Make the shadow the live projection, under a new generation, which comes back. In a transaction that holds the merge lock."""
    if await connection.fetchval(QUERIES.is_older):
        raise RuntimeError("live was migrated while this was rebuilt: rebuild again with the newer program")
    await connection.execute(QUERIES.keep_published)
    number = await connection.fetchval(QUERIES.next_number)
    for kind in rooms.kinds:
        keys, nothing = ", ".join(kind.dimensions), ", ".join("0" for _ in kind.measures)
        await connection.execute(
            f"insert into shadow.{kind.name}_cell({keys}, {', '.join(kind.measures)}, number) "  # noqa: S608 - a kind's own names
            f"select {keys}, {nothing}, $1 from public.{kind.name}_cell on conflict do nothing",
            number,
        )
    for table in rooms.keeps:
        await connection.execute(f"drop table shadow.{table}")
        await connection.execute(f"alter table public.{table} set schema shadow")
    generation: int = await connection.fetchval(QUERIES.next_generation)
    await connection.execute(QUERIES.swap)
    return generation

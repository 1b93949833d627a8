"""Migrations: folders of `NNNN_what.sql` come in, a database at their newest state goes out.

Forward only, each file once, in one transaction under an advisory lock, so that replicas that start together do not race.
A file that changed after it was applied is refused: write a new one.
"""

import hashlib
from pathlib import Path

import asyncpg

from shared.postgres.connection import Connection

LOCK = 7_001  # pg_advisory_lock of whoever migrates
LEDGER = """create table if not exists migration(
    folder text, number int, name text not null, checksum text not null, applied_at timestamptz not null default now(),
    primary key (folder, number))"""


SHARED = Path(__file__).parents[1]


def folders(own: Path) -> tuple[Path, ...]:
    """A domain service's folders in their order: what every service keeps, the links, and its own."""
    return SHARED / "postgres" / "migrations", SHARED / "identity" / "migrations", own


class ChangedMigration(Exception):
    """A migration was edited after it had been applied."""


async def migrate(dsn: str, *folders: Path) -> list[str]:
    """Bring the database to the state of these folders, in their order; returns the names of what was applied."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("set lock_timeout = '30s'")
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(LEDGER)
        files = [(folder, file, file.read_text(encoding="utf-8")) for folder in folders for file in sorted(folder.glob("[0-9]*.sql"))]
        return [file.name for folder, file, text in files if await apply(connection, folder, file, text)]
    finally:
        await connection.close(timeout=5)


async def apply(connection: Connection, folder: Path, file: Path, text: str) -> bool:
    """Apply one file unless it was; True where it was applied now."""
    number = int(file.name.split("_")[0])
    checksum = hashlib.sha256(text.encode()).hexdigest()
    place = f"{folder.parent.name}/{folder.name}"
    known = await connection.fetchval("select checksum from migration where folder = $1 and number = $2", place, number)
    if known is not None:
        if known != checksum:
            raise ChangedMigration(f"{place}/{file.name} was edited after it had been applied; add a new migration instead")
        return False
    async with connection.transaction():
        await connection.execute(text)
        await connection.execute("insert into migration values ($1, $2, $3, $4)", place, number, file.name, checksum)
    return True

"""`make quarantine`: what could not be taken and why. In: the services' databases; out: counts by publisher, stream and reason."""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

QUERY = Path(__file__).with_name("quarantine.sql")
CONNECT_SECONDS = 10


async def counts(addresses: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Rows of service, publisher, stream, reason, records, how many of them can be replayed, and the newest one's time, by service."""
    return [(service, *row) for service, address in addresses.items() for row in await counts_of(address)]


async def counts_of(address: str) -> list[tuple[str, ...]]:
    connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
    try:
        return [tuple(map(str, row)) for row in await connection.fetch(QUERY.read_text(encoding="utf-8"))]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()

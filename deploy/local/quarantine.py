"""`make quarantine`: what could not be taken and why. In: the services' databases; out: counts by publisher, stream and reason."""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

QUERY, CONFLICTS = (Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8") for name in ("quarantine", "conflicts"))
CONNECT_SECONDS = 10


async def counts(addresses: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Rows of service, publisher, stream, reason, records, how many of them can be replayed, and the newest one's time, by service."""
    return await rows_of(addresses, QUERY)


async def conflicts(addresses: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Rows of service, publisher, stream, fact and records that contradict what was said under the same version."""
    return await rows_of(addresses, CONFLICTS)


async def rows_of(addresses: Mapping[str, str], query: str) -> list[tuple[str, ...]]:
    return [(service, *row) for service, address in addresses.items() for row in await ask(address, query)]


async def ask(address: str, query: str) -> list[tuple[str, ...]]:
    connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
    try:
        return [tuple(map(str, row)) for row in await connection.fetch(query)]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()

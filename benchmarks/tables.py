"""Databases that already hold a register: a number of rows comes in, templates to clone for each run go out."""

from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.register import PLATFORMS
from benchmarks.servers import STATEMENT_SECONDS, Servers
from services.onboarding import projection
from services.onboarding.app import ROOMS
from shared.events import provinces
from shared.identity import links
from shared.postgres import queries
from shared.postgres.migrate import migrate

QUERIES = queries.load(Path(__file__).with_name("tables.sql"))
PLAIN = queries.load(Path(__file__).with_name("plain_merge.sql"))
SERVICE, PLAIN_TEMPLATE = "filled_onboarding", "filled_plain"
ROLES, SCALES = ("producer", "reseller"), ("micro", "small")
Connection = asyncpg.Connection[asyncpg.Record] if hasattr(asyncpg.Connection, "__class_getitem__") else Any


async def make(servers: Servers, rows: int, *, plain: bool = True, name: str = SERVICE) -> None:
    """A template of the onboarding service's database that holds this many listings, and one of the plain table with the same."""
    await servers.execute(f"create database {name} owner onboarding")
    await migrate(servers.address(name), *ROOMS.migrations)
    connection = await asyncpg.connect(servers.address(name), timeout=30, command_timeout=STATEMENT_SECONDS)
    try:
        await connection.execute("set work_mem = '512MB'")
        await fill(connection, rows)
    finally:
        await connection.close()
    if plain:
        await make_plain(servers, name)
    await servers.execute("vacuum (freeze, analyze)", database=name)
    await servers.execute("checkpoint")


async def fill(connection: Any, rows: int) -> None:
    codes = await learn(connection, [*PLATFORMS, *provinces.CODES, *ROLES, *SCALES, "medium"])
    await connection.execute(QUERIES.publisher, list(PLATFORMS))
    await connection.execute(QUERIES.drop_keys)
    kinds = [[codes[name] for name in names] for names in (PLATFORMS, provinces.CODES, ROLES, SCALES)]
    await connection.execute(QUERIES.fill, rows, 0, *kinds)
    await connection.execute(QUERIES.make_keys)
    await connection.execute("analyze listing")
    await count(connection)


async def count(connection: Any) -> None:
    """The cells of what is there, as the service counts everything anew."""
    await ROOMS.prepare(connection)
    async with connection.transaction():
        await connection.execute(projection.QUERIES.counting_tables)
        for first, last in links.ranges():
            await connection.execute(projection.QUERIES.count_listings, first, last)
        await connection.execute(projection.QUERIES.settle_listings, 0)


async def learn(connection: Any, names: list[str]) -> dict[str, int]:
    await connection.execute(QUERIES.names, names)
    return {row["name"]: row["code"] for row in await connection.fetch("select name, code from code")}


async def make_plain(servers: Servers, template: str) -> None:
    """The same rows in the plain table, in a database of its own."""
    await servers.execute("checkpoint", f"create database {PLAIN_TEMPLATE} template {template} owner onboarding strategy file_copy")
    connection = await asyncpg.connect(servers.address(PLAIN_TEMPLATE), timeout=30, command_timeout=STATEMENT_SECONDS)
    try:
        await connection.execute(PLAIN.table)
        await connection.execute(QUERIES.copy_to_plain)
        await connection.execute("drop table listing cascade")
        await connection.execute(QUERIES.make_plain_key)
    finally:
        await connection.close()
    await servers.execute("vacuum (freeze, analyze)", database=PLAIN_TEMPLATE)

"""The services' own recount from their facts changes nothing: done on their databases as they are, and rolled back."""

import importlib
from collections.abc import Sequence
from typing import Any

import asyncpg

from shared.messaging.batch import QUERIES
from shared.messaging.service import Rooms
from shared.runtime import clock
from tests.faults.running import Running


async def differences(running: Running, service: str) -> list[str]:
    rooms: Rooms = importlib.import_module(f"services.{service}.app").ROOMS
    connection = await running.database.connect(service)
    try:
        await rooms.prepare(connection)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(QUERIES.lock)
        before = await numbers(connection, rooms)
        await rooms.recount(connection, await connection.fetchval(QUERIES.next_number), clock.present_month())
        after = await numbers(connection, rooms)
        await transaction.rollback()
    finally:
        connection.terminate()
    return [line for table in before for line in changed(service, table, before[table], after[table])]


def changed(service: str, table: str, before: set[Any], after: set[Any]) -> list[str]:
    if before == after:
        return []
    return [f"{service}: a recount changes {table}: {sorted(map(str, before - after))[:3]} becomes {sorted(map(str, after - before))[:3]}"]


async def numbers(connection: "asyncpg.Connection[asyncpg.Record]", rooms: Rooms) -> dict[str, set[Any]]:
    """Every cell that is not nothing, by table; of reporting the figures as they were published."""
    if not rooms.kinds:
        return {"figure": {tuple(row) for row in await connection.fetch("select indicator, figure from figure")}}
    found = {}
    for kind in rooms.kinds:
        columns: Sequence[str] = [*kind.dimensions, *kind.measures]
        rows = await connection.fetch(f"select {', '.join(columns)} from {kind.name}_cell")  # noqa: S608 - a kind's own name
        found[f"{kind.name}_cell"] = {tuple(row) for row in rows if any(tuple(row)[len(kind.dimensions) :])}
    return found

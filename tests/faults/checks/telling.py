"""What was told is what is known: the newest message of every cell in Kafka, as compaction would leave it, is the service's cell."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson

from shared.events import topics
from tests.faults import reading
from tests.faults.running import Running

EPOCH = "select generation, number from epoch"


async def differences(running: Running, service: str) -> list[str]:
    """Of a domain service: the last message a key, whatever came before it."""
    last = await asyncio.to_thread(reading.newest, running.broker.bootstrap, topics.cells(service))
    told = {key: orjson.loads(value or b"null") for key, value in last.items()}
    ((generation, number),) = [tuple(row) for row in await running.database.fetch(EPOCH, database=service)]
    return [f"{service}: {line}" for line in [*watermark(told, generation, number), *await behind(running, service, told)]]


def watermark(told: dict[Any, Any], generation: int, number: int) -> Iterator[str]:
    closed = told.get(orjson.dumps(["watermark"]))
    if closed is None or (closed["generation"], closed["number"]) != (generation, number):
        yield f"the last watermark is {closed and (closed['generation'], closed['number'])}, the epoch {(generation, number)}"


async def behind(running: Running, service: str, told: dict[Any, Any]) -> list[str]:
    """Cells in reporting's own table that are newer than the last message about them: compaction would bring an old one back."""
    rows = await running.database.fetch(
        "select kind, key, measures::text[] as measures, generation, number from cell where service = $1", service, database="reporting"
    )
    found = []
    for row in rows:
        message = told.get(orjson.dumps([row["kind"], *row["key"]]))
        if message is None or (message["generation"], message["number"]) != (row["generation"], row["number"]):
            found.append(f"cell {row['kind']} {row['key']} is at {row['number']}, last told at {message and message['number']}")
    return found[:5]

"""Where a record waits that cannot be taken: refused records come in, rows with reason, place and untouched bytes go out.

The bytes and headers of a record that carries a personal identifier are not kept: then only the fact. So it is where they are more than
any broker takes uncompressed: a small batch may unfold to gigabytes, and what the database cannot keep would be tried for ever.
"""

import base64
from collections.abc import Sequence
from pathlib import Path

import orjson
from aiokafka import ConsumerRecord

from shared.messaging.decode import Rejection
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
Refusals = Sequence[tuple[ConsumerRecord, Rejection]]
MOST_KEPT_BYTES = 16 * 1024 * 1024


async def record(connection: Connection, refusals: Refusals, announces: Sequence[str], number: int) -> None:
    """Keep the refused records of a batch and count them by reason; `announces` are the streams this service tells of."""
    if not refusals:
        return
    await connection.executemany(QUERIES.record_quarantine, [row(record, refusal, announces) for record, refusal in refusals])
    publishers, streams = [refusal.publisher for _, refusal in refusals], [refusal.stream for _, refusal in refusals]
    await connection.execute(QUERIES.record_reasons, publishers, streams, [refusal.reason for _, refusal in refusals], number)


def row(record: ConsumerRecord, refusal: Rejection, announces: Sequence[str]) -> tuple[object, ...]:
    lost = refusal.personal or size(record) > MOST_KEPT_BYTES
    key, value, headers = (None, None, None) if lost else (record.key, record.value, headers_json(record))
    return (
        refusal.publisher,
        refusal.stream,
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        refusal.reason,
        refusal.path,
        refusal.expected,
        refusal.seen,
        key,
        value,
        headers,
        refusal.stream in announces,
    )


def size(record: ConsumerRecord) -> int:
    parts = (record.key, record.value, *(part for header in record.headers for part in header))
    return sum(len(part or b"") for part in parts)


def headers_json(record: ConsumerRecord) -> str:
    """Headers in their order as [name, base64 of the value or null]: names and values may be anything."""
    return orjson.dumps(
        [
            [name.encode("utf-8", "replace").decode(), None if value is None else base64.b64encode(value).decode()]
            for name, value in record.headers
        ]
    ).decode()


def read_headers(text: str) -> tuple[tuple[str, bytes | None], ...]:
    """What `headers_json` kept."""
    return tuple((name, None if value is None else base64.b64decode(value)) for name, value in orjson.loads(text))

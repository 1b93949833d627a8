"""Kafka Connect with Debezium's JDBC sink: records that carry their schema come in, upserted rows in PostgreSQL go out.

It checks nothing, keeps no versions (the last record wins) and totals nothing. Settings: the best of those tried, 5,000 records a poll
and a batch, one task, the reduction buffer, and inserts that the driver joins to one statement.
"""

import asyncio
import itertools
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import orjson

from benchmarks.peers import jvm, peer
from benchmarks.register import PARTITIONS, Message, Register
from benchmarks.running import LOOK_SECONDS, Backfilled
from benchmarks.servers import Servers
from deploy.local import child, ports
from deploy.local.child import Child
from deploy.local.private import write

TOPIC = "bench-enveloped"
BATCH_RECORDS = 5_000
STOP_SECONDS = 20
KEY = ("msme_id", "platform", "merchant_id")
COLUMNS = (*KEY, "province", "role", "scale", "time")
SCHEMA = orjson.dumps({"type": "struct", "fields": [{"field": name, "type": "string", "optional": False} for name in COLUMNS]}).decode()
TABLE = f"create table enveloped({', '.join(f'{name} text not null' for name in COLUMNS)}, primary key ({', '.join(KEY)}))"
ASSIGNED = "Adding newly assigned partitions"
LAST = "the last of its partition"
ARRIVED = "select count(*) from enveloped where platform = $1"


def messages(register: Register) -> Iterator[Message]:
    """The register's events with their schema, and one more in each partition by which its end is known."""
    lasts = (
        enveloped(partition, {**dict.fromkeys(COLUMNS, ""), "platform": LAST, "merchant_id": str(partition)})
        for partition in range(PARTITIONS)
    )
    return itertools.chain(map(rewritten, register.messages()), lasts)


def rewritten(message: Message) -> Message:
    said = orjson.loads(message.value)
    return enveloped(message.partition, {**said, "time": dict(message.headers)["ce_time"].decode()})


def enveloped(partition: int, said: Mapping[str, str]) -> Message:
    value = f'{{"schema":{SCHEMA},"payload":{orjson.dumps(said).decode()}}}'.encode()
    return Message(TOPIC, partition, said["msme_id"].encode(), value, [])


async def run(servers: Servers, jars: Path, dsn: str, register: Register, timeout_seconds: float) -> Backfilled:
    """Until the last record of each partition has become a row."""
    watching = await asyncpg.connect(dsn, timeout=30)
    try:
        await watching.execute(TABLE)
        async with asyncio.timeout(timeout_seconds + peer.START_SECONDS), worker(servers, jars, dsn) as process:

            async def ends() -> float:
                while await watching.fetchval(ARRIVED, LAST) < PARTITIONS:
                    if not process.lives():
                        raise peer.ended(process)
                    await asyncio.sleep(LOOK_SECONDS)
                return time.monotonic()

            found = await peer.measure(servers, process, ASSIGNED, watching, ends, events=register.events)
        stored = await watching.fetchval("select count(*) from enveloped where platform <> $1", LAST)
        if stored != register.listings:
            raise RuntimeError(f"Connect stored {stored} listings of {register.listings}: there is nothing to compare with")
        return found
    finally:
        await watching.close()


@asynccontextmanager
async def worker(servers: Servers, jars: Path, dsn: str) -> AsyncIterator[Child]:
    """One worker with one sink; as a group of its own it hears the topic from its beginning."""
    name = urlsplit(dsn).path.lstrip("/")
    files = []
    for kind, settings in (("worker", worker_settings(servers, name)), ("sink", sink_settings(dsn, name))):
        files.append(servers.private.folder / f"{name}-{kind}.properties")
        write(files[-1], "".join(f"{key}={value}\n" for key, value in settings.items()))
    command = [*jvm.command(f"{jars}/*", "-Xmx2g"), "org.apache.kafka.connect.cli.ConnectStandalone", *files]
    process = child.start("connect", command, servers.private.log("connect"), folder=servers.private.folder)
    try:
        yield process
    finally:
        await child.stop(process, signal.SIGTERM, STOP_SECONDS)


def worker_settings(servers: Servers, name: str) -> dict[str, Any]:
    return {
        "bootstrap.servers": servers.kafka.bootstrap,
        "listeners": f"http://{ports.LOOPBACK}:{ports.choose()}",
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter.schemas.enable": "true",
        "offset.storage.file.filename": servers.private.folder / f"{name}.offsets",
    }


def sink_settings(dsn: str, name: str) -> dict[str, Any]:
    at = urlsplit(dsn)
    return {
        "name": name,
        "connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector",
        "tasks.max": 1,
        "topics": TOPIC,
        "connection.url": f"jdbc:postgresql://{at.hostname}:{at.port}{at.path}?reWriteBatchedInserts=true",
        "connection.username": at.username,
        "connection.password": at.password,
        "collection.name.format": "enveloped",
        "insert.mode": "upsert",
        "primary.key.mode": "record_value",
        "primary.key.fields": ",".join(KEY),
        "schema.evolution": "none",
        "use.reduction.buffer": "true",
        "batch.size": BATCH_RECORDS,
        "consumer.override.max.poll.records": BATCH_RECORDS,
        "consumer.override.auto.offset.reset": "earliest",
    }

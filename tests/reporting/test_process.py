"""The process itself, between a real broker and a real database: from a publisher's record and services' cells to what people see."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from shared.events import topics
from shared.messaging import telling
from shared.messaging.topics import Topics

ROOT = Path(__file__).parents[2]
REGISTRY = "- {name: office, rank: 1, streams: [observations], platforms: []}\n"
STATED = {"indicator": "onboarded", "period": "2023-12", "value": "25292701", "unit": "msme", "stated_by": "a ministry", "opening": True}
CELL = {
    "kind": "listing",
    "key": ["2024-02", "ID-JB", "producer", "micro", "a"],
    "measures": ["2", "2", "2"],
    "number": 2,
}
WATERMARK = {"kind": "watermark", "number": 2, "full": False, "newest": {}, "positions": {}}
EMPTY = {**WATERMARK, "number": 1, "full": True}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@pytest.fixture
async def process(kafka: str, dsn: str, tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process and its address."""
    (tmp_path / "publishers.yaml").write_text(REGISTRY)
    known = {topics.cells("onboarding"): topics.CELLS, topics.PROGRESS.address: topics.PROGRESS}
    await Topics(kafka).ensure(known | {topics.inbound("observations", "office"): topics.INBOUND["observations"]})
    port = free_port()
    settings = {"KAFKA": kafka, "DATABASE": dsn, "PORT": str(port), "PUBLISHERS": str(tmp_path / "publishers.yaml"), "LOG": "text"}
    environment = {**os.environ, **{f"DENYUT_{name}": value for name, value in settings.items()}}
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.reporting.app", cwd=ROOT, env=environment)
    yield started, f"http://127.0.0.1:{port}"
    if started.returncode is None:
        started.kill()
        await started.wait()


async def until(seen: Callable[[Any], bool], api: httpx.AsyncClient, path: str, seconds: float = 60) -> Any:
    """Ask again until the answer is as wanted."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                reply = await api.get(path)
                if reply.status_code == 200 and seen(reply.json()):
                    return reply.json()
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def event() -> bytes:
    envelope = {"specversion": "1.0", "id": "e1", "source": "office", "type": "id.umkm.observations.indicator-observed.v1"}
    return orjson.dumps({**envelope, "time": "2024-01-05T00:00:00+07:00", "data": STATED})


@asynccontextmanager
async def telling_to(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = telling.open_producer(kafka)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def test_from_kafka_to_people_and_an_orderly_end(process: tuple[asyncio.subprocess.Process, str], kafka: str) -> None:
    running, address = process
    structured = [("content-type", b"application/cloudevents+json")]
    async with telling_to(kafka) as producer, httpx.AsyncClient(base_url=address, timeout=5) as api:
        await until(lambda answer: answer["status"] == "ok", api, "/readyz")
        async with api.stream("GET", "/v1/stream") as stream:
            # The broker is the session's: a whole flush of a younger generation ends the cells that other tests told.
            young = {"generation": time.time_ns()}
            await producer.send_and_wait(topics.cells("onboarding"), orjson.dumps(EMPTY | young), key=b"key")
            await producer.send_and_wait(topics.inbound("observations", "office"), event(), headers=structured)
            await until(lambda figure: figure["value"] == 25_292_701, api, "/v1/progress/onboarded")
            for value in (CELL, WATERMARK):
                await producer.send_and_wait(topics.cells("onboarding"), orjson.dumps(value | young), key=b"key")
            figure = await until(lambda figure: figure["value"] == 25_292_703, api, "/v1/progress/onboarded")
            assert figure["opening"]["remainder"] == 25_292_701
            running.send_signal(signal.SIGTERM)
            told = b"".join([chunk async for chunk in stream.aiter_raw()])
            assert b"event: snapshot" in told
            assert b'"value":25292703' in told
    assert await asyncio.wait_for(running.wait(), 20) in (0, -signal.SIGTERM)

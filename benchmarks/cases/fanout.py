"""Fan-out: thousands of readers of /v1/stream on one reporting process, some of which never read, while figures change.

p99_seconds: from an event being sent to the change being in the hands of a client, of all clients and all values that were settled
(nothing newer was sent before they had been seen) · client_bytes: memory of the process a client, when they have come
or in the end · missed_settled_values: clients that did not have the last value of every figure in the end.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks import filling, loading, mixed, servers, system, usage
from benchmarks.measured import Row, percentile, row
from benchmarks.scope import Scope
from benchmarks.servers import Servers
from deploy.local import services

CASE = "fanout"
STALLED = 5
WARM_SECONDS, SETTLE_SECONDS, CONNECT_SECONDS = 5, 10, 180
STEP_SECONDS = 3.0
FIGURE = "listings"
LARGEST_LINE_BYTES = 1 << 28


async def run(scope: Scope) -> list[Row]:
    kinds = mixed.kinds()
    async with servers.running() as here, system.all_services(here) as four:
        await loading.send(here.kafka.bootstrap, mixed.sequence(kinds), 100, WARM_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        pid = four.processes["reporting"].pid
        before = usage.resident_bytes(pid)
        async with crowd(four.api, scope.clients) as process:
            connected = usage.resident_bytes(pid)
            listing = next(kind for kind in kinds if kind.figure == FIGURE)
            sent = await step_by_step(here, listing, max(4, scope.seconds // 5))
            await asyncio.sleep(SETTLE_SECONDS)
            most = max(connected, usage.resident_bytes(pid))
            told = await ended(process)
    scope.say(f"{scope.clients} clients and {STALLED} that never read")
    return rows(scope, sent, told, (most - before) / (scope.clients + STALLED))


@asynccontextmanager
async def crowd(address: str, clients: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The readers, in a process of their own, all connected."""
    command = [sys.executable, "-m", "benchmarks.crowd", address, str(clients), str(STALLED)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=services.ROOT, limit=LARGEST_LINE_BYTES)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(CONNECT_SECONDS):
            await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def step_by_step(here: Servers, kind: mixed.Kind, steps: int) -> dict[int, float]:
    """One event at a time; when each was sent, by the value that it makes."""
    producer = filling.open_producer(here.kafka.bootstrap, **{"linger.ms": 0})
    sent: dict[int, float] = {}
    for _ in range(steps):
        message = mixed.message(kind)
        sent[int(message.headers[2][1].rsplit(b"-", 1)[1]) + 1] = time.time()
        loading.hand_over(producer, message)
        producer.poll(0)
        await asyncio.sleep(STEP_SECONDS)
        producer.poll(0)
    await asyncio.to_thread(producer.flush, SETTLE_SECONDS)
    return sent


async def ended(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """What the readers saw."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    async with asyncio.timeout(CONNECT_SECONDS):
        _, told = json.loads(await process.stdout.readline())
    return dict(told)


def rows(scope: Scope, sent: dict[int, float], told: dict[str, Any], client_bytes: float) -> list[Row]:
    arrivals = {value: times for figure, value, times in told["arrivals"] if figure == FIGURE}
    waited = [at - sent[value] for value in sent for at in arrivals.get(value, [])]
    missed = told["behind"] + sum(scope.clients - len(arrivals.get(value, [])) for value in sent)
    of = partial(row, CASE)
    return [
        of("p50_seconds", [percentile(waited, 50)]),
        of("p99_seconds", [percentile(waited, 99)]),
        of("most_seconds", [max(waited)]),
        of("client_bytes", [client_bytes]),
        of("missed_settled_values", [float(missed)]),
        of("clients", [float(scope.clients)]),
    ]

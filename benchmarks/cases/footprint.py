"""Footprint: the local system as `make up` starts it, idle. Memory of each process, idle CPU in percent of a core, time until ready."""

import asyncio
import time
from functools import partial

from benchmarks import servers, usage
from benchmarks.measured import Row, row
from benchmarks.scope import Scope
from deploy.local import endpoints, supervisor
from deploy.local.system import System

CASE = "footprint"
IDLE_SECONDS = 30
SETTLE_SECONDS = 10
UP_SECONDS = 300


async def run(scope: Scope) -> list[Row]:
    found: list[Row] = []
    begun = time.monotonic()

    async def while_ready(system: System) -> None:
        found.append(row(CASE, "up_seconds", [time.monotonic() - begun]))
        await asyncio.sleep(SETTLE_SECONDS)
        found.extend(await idle(system))

    async with servers.folder() as private, asyncio.timeout(UP_SECONDS + IDLE_SECONDS):
        await supervisor.supervise(private, lambda *_, **__: None, while_ready)
    scope.say("everything was started, was idle, and was ended")
    return found


async def idle(system: System) -> list[Row]:
    """Memory of every process, and its CPU over a while in which nothing comes."""
    known = endpoints.read(system.private)
    assert known is not None
    pids = {name: part["pid"] for kind in ("services", "servers") for name, part in known[kind].items()}
    before = {name: usage.tree_cpu_seconds(pid) for name, pid in pids.items()}
    await asyncio.sleep(IDLE_SECONDS)
    of = partial(row, CASE)
    rows = [of(f"{name}_cpu_percent", [100 * (usage.tree_cpu_seconds(pid) - before[name]) / IDLE_SECONDS]) for name, pid in pids.items()]
    memory = {name: float(usage.resident_bytes(pid)) for name, pid in pids.items()}
    rows += [of(f"{name}_bytes", [size]) for name, size in memory.items()]
    return [*rows, of("largest_service_bytes", [max(memory[name] for name in known["services"])])]

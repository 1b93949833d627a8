"""Programs side by side: what each has to hear comes in, how long all of them took and what was busy meanwhile go out."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field

import asyncpg

from benchmarks import running, usage
from benchmarks.servers import Servers
from deploy.local.child import Child


@dataclass(frozen=True, slots=True)
class Program:
    """A process of a service on a database that will have `events` records more; `command` where it is not the service's own."""

    service: str
    dsn: str
    events: int
    command: tuple[str, ...] = ()


@dataclass(slots=True)
class Abreast:
    """From the first fetch of the first to the last commit of the last; `cores` says how many of them each kept busy."""

    events: int
    begun: float = float("inf")
    ended: float = 0.0
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.ended - self.begun

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    def cores(self) -> dict[str, float]:
        return {name: (busy - self.before[name]) / self.seconds for name, busy in self.after.items()}


async def run(here: Servers, programs: Sequence[Program], timeout_seconds: float) -> Abreast:
    """Start all and wait until every database has what it should; those on one database share its records."""
    databases = {program.dsn: program.events for program in programs}
    found = Abreast(sum(databases.values()))
    async with asyncio.timeout(timeout_seconds + running.READY_SECONDS), AsyncExitStack() as stack:
        started = [await stack.enter_async_context(start(here, place, program)) for place, program in enumerate(programs)]
        processes = {program.service: process for program, (process, _) in zip(programs, started, strict=True)}
        found.before = busy(here, processes)
        hearing = [heard(found, program, *of) for program, of in zip(programs, started, strict=True)]
        await asyncio.gather(*hearing)
        found.after = busy(here, processes)
    return found


def start(here: Servers, place: int, program: Program) -> AbstractAsyncContextManager[tuple[Child, str]]:
    """Under a name of its own: several of one service would take each other's port."""
    command = program.command or running.command_of(program.service)
    return running.service(here, f"{program.service}-{place}", program.dsn, command)


async def heard(found: Abreast, program: Program, process: Child, address: str) -> None:
    watching = await asyncpg.connect(program.dsn, timeout=30)
    try:
        known = await watching.fetchval(running.READ)
        found.begun = min(found.begun, await running.before_first_fetch(address, watching, known, process))
        await running.until(watching, known + program.events, process)
        found.ended = max(found.ended, time.monotonic())
    finally:
        await watching.close()


def busy(here: Servers, processes: dict[str, Child]) -> dict[str, float]:
    """CPU seconds so far: of each service's (last) process, of PostgreSQL, of Kafka."""
    assert here.postgres.child is not None
    servers = {"postgres": usage.tree_cpu_seconds(here.postgres.child.pid), "kafka": usage.cpu_seconds(here.kafka.child.pid)}
    return {**{name: usage.cpu_seconds(process.pid) for name, process in processes.items()}, **servers}

"""The whole system in its order. In: a private folder; out: servers, databases, topics and services that run and are kept running."""

import asyncio
import functools
import signal
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from deploy.local import child, databases, endpoints, kafka, machine, ports, postgres, services
from deploy.local.child import Child
from deploy.local.kafka import Kafka
from deploy.local.keep import Kept
from deploy.local.postgres import Postgres
from deploy.local.private import Private
from deploy.local.services import SERVICES, Service
from deploy.local.telling import Tell
from deploy.local.trouble import Trouble

LEAST_DISK_BYTES = machine.GIB
SERVICE_STOP_SECONDS = 20
SERVER_STOP_SECONDS = 60
SERVERS = {"postgres": signal.SIGINT, "kafka": signal.SIGTERM}


@dataclass(slots=True)
class System:
    """Everything that runs: by name what is kept running, and where each answers."""

    private: Private
    tell: Tell
    services: tuple[Service, ...] = SERVICES
    kept: dict[str, Kept] = field(default_factory=dict)
    watching: list[asyncio.Task[None]] = field(default_factory=list)
    postgres: Postgres | None = None
    kafka: Kafka | None = None
    databases: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    ready: bool = False


async def bring_up(system: System) -> None:
    """Servers, then databases and topics, then services; returns when all are ready."""
    refuse_full_disk(system)
    system.private.endpoints.unlink(missing_ok=True)
    system.tell("PostgreSQL and Kafka start.")
    await together(*(keep(system, name, functools.partial(start, system)) for name, start in STARTS.items()))
    assert system.kafka is not None
    await services.make_topics(system.private, system.kafka.bootstrap)
    system.tell("The services start.")
    for service in system.services:
        await keep(system, service.name, functools.partial(start_service, system, service))
    await together(*(until_ready(system, service.name) for service in system.services))
    system.ready = True
    announce(system)


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Do all of it at once; where one part fails the others are broken off and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in work:
                group.create_task(part)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


def refuse_full_disk(system: System) -> None:
    free = machine.free_disk_bytes(system.private.folder)
    if free < LEAST_DISK_BYTES:
        raise Trouble(f"The disk is full: {free // machine.MIB} MB are free where {system.private.folder} is; free 1 GB and start again.")


async def keep(system: System, name: str, start: Callable[[], Awaitable[Child]], *, ends_well: bool = False) -> None:
    """Start it now, and again whenever it ends."""
    kept = Kept(name, start, system.tell, functools.partial(announce, system), ends_well)
    await kept.begin()
    system.kept[name] = kept
    system.watching.append(asyncio.create_task(kept.go_on(), name=name))


async def start_postgres(system: System) -> Child:
    before, system.postgres = system.postgres, await postgres.start(system.private)
    system.databases = await databases.ensure(system.private, system.postgres)
    if before and before.port != system.postgres.port:
        await end_services(system)  # they are started again, and told the new address
    assert system.postgres.child is not None
    return system.postgres.child


async def start_kafka(system: System) -> Child:
    before, system.kafka = system.kafka, await kafka.start(system.private, functools.partial(system.tell, passing=True))
    if before and before.port != system.kafka.port:
        await end_services(system)
    return system.kafka.child


STARTS = {"postgres": start_postgres, "kafka": start_kafka}


async def start_service(system: System, service: Service) -> Child:
    assert system.kafka is not None
    process, port = services.start(system.private, service, system.kafka.bootstrap, system.databases[service.name])
    system.addresses[service.name] = f"http://{ports.LOOPBACK}:{port}"
    return process


async def until_ready(system: System, name: str) -> None:
    await services.until_ready(system.addresses[name], system.kept[name], system.private.log(name))


def announce(system: System) -> None:
    """Keep `endpoints.json` as things are, from the moment that everything is ready."""
    if system.ready and system.kafka and system.postgres:
        running = {name: kept.child for name, kept in system.kept.items() if kept.child}
        servers = {"kafka": system.kafka.bootstrap, "postgres": system.postgres.address}
        try:
            endpoints.record(system.private, running, system.addresses, servers)
        except OSError as error:  # a full disk must not end what keeps everything running
            system.tell(f"{system.private.endpoints} cannot be written: {error}")


async def take_down(system: System) -> None:
    """Stop watching, then end everything in the opposite order; nothing runs after this."""
    for task in system.watching:
        task.cancel()
    await asyncio.gather(*system.watching, return_exceptions=True)
    system.private.endpoints.unlink(missing_ok=True)
    await end_services(system)
    servers = [system.kept[name].end(how, SERVER_STOP_SECONDS) for name, how in SERVERS.items() if name in system.kept]
    await asyncio.gather(*servers)
    await child.kill_all()


async def end_services(system: System) -> None:
    programs = [kept for name, kept in system.kept.items() if name not in SERVERS]
    await asyncio.gather(*(kept.end(signal.SIGTERM, SERVICE_STOP_SECONDS) for kept in programs))

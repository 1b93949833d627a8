"""The whole system on the servers of a benchmark: nothing comes in, four ready services and the address of the public interface go out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from benchmarks import running
from benchmarks.servers import Servers
from deploy.local import ask, services
from deploy.local.child import Child

READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Running:
    """By name: each service's process and address; `api` is that of the public interface."""

    processes: dict[str, Child]
    addresses: dict[str, str]

    @property
    def api(self) -> str:
        return self.addresses[services.API]


@asynccontextmanager
async def all_services(here: Servers) -> AsyncIterator[Running]:
    """Ready when this begins, stopped in order when it ends."""
    await services.make_topics(here.private, here.kafka.bootstrap)
    async with AsyncExitStack() as stack:
        started = {
            service.name: await stack.enter_async_context(running.service(here, service.name, here.databases[service.name]))
            for service in services.SERVICES
        }
        found = Running({name: process for name, (process, _) in started.items()}, {name: at for name, (_, at) in started.items()})
        async with asyncio.timeout(READY_SECONDS):
            for address in found.addresses.values():
                await until_ready(address)
        yield found


async def until_ready(address: str) -> None:
    """Whoever waits bounds it."""
    while (answer := await ask.get(f"{address}/readyz")) is None or answer[0] != 200:  # noqa: ASYNC110  another process
        await asyncio.sleep(0.1)

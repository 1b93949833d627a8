"""The processes of a run: where servers are comes in, replicas that are started again whenever they end go out.

The restarter is naive: it waits a second and starts the process again, whatever it died of.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from deploy.local import ask, child, ports, services
from deploy.local.child import Child
from deploy.local.private import Private
from tests.faults.ground import ROOT
from tests.faults.proxy import Proxy
from tests.faults.servers import Broker, Database
from tests.faults.waiting import until

SERVICES = ("onboarding", "export", "procurement", "reporting")
NAIVE = "naive"
AGAIN_SECONDS = 1.0
STOP_SECONDS = 22.0
READY_LOOK_SECONDS = 0.3
NAIVE_DATABASE = "naive"


@dataclass(eq=False, slots=True)
class Replica:
    """One process of a service. `wanted` says whether the restarter may start it; `exits` are times and codes."""

    service: str
    letter: str
    network: Proxy
    port: int
    process: Child | None = None
    wanted: bool = True
    stopped: bool = False
    exits: list[tuple[float, int]] = field(default_factory=list)
    keeping: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return f"{self.service}-{self.letter}"

    @property
    def address(self) -> str:
        return f"http://{ports.LOOPBACK}:{self.port}"

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.lives()

    def send(self, number: signal.Signals) -> bool:
        """Whether there was somebody to get it."""
        if not self.lives or self.process is None:
            return False
        self.process.process.send_signal(number)
        if number in (signal.SIGSTOP, signal.SIGCONT):
            self.stopped = number == signal.SIGSTOP
        return True


@dataclass(slots=True)
class Fleet:
    """All replicas by name."""

    private: Private
    broker: Broker
    database: Database
    without: str = ""
    replicas: dict[str, Replica] = field(default_factory=dict)

    @property
    def registry(self) -> Path:
        """The registry of publishers of this run."""
        return self.private.folder / "publishers.yaml"

    def of(self, service: str) -> list[Replica]:
        return [replica for replica in self.replicas.values() if replica.service == service]

    def products(self) -> Iterator[Replica]:
        return (replica for replica in self.replicas.values() if replica.service != NAIVE)

    async def launch(self, service: str, letter: str) -> Replica:
        """Start a replica, and again whenever it ends."""
        network = Proxy(self.database.port)
        await network.start()
        replica = Replica(service, letter, network, ports.choose())
        self.replicas[replica.name] = replica
        self.start(replica)
        replica.keeping = asyncio.create_task(self.keep(replica), name=replica.name)
        return replica

    def start(self, replica: Replica) -> None:
        program = ["tests.faults.naive"] if replica.service == NAIVE else ["tests.faults.wrapped", replica.service]
        command = [sys.executable, "-m", *program]
        log = self.private.log(replica.name)
        replica.process = child.start(replica.name, command, log, environment=self.environment(replica), folder=ROOT)
        replica.stopped = False

    def environment(self, replica: Replica) -> Mapping[str, str]:
        port = replica.network.port
        dsn = self.database.dsn(NAIVE_DATABASE, port) if replica.service == NAIVE else self.database.service_dsn(replica.service, port)
        more = {"log": "json", "publishers": str(self.registry)}
        told = services.environment(self.broker.address(replica.letter), database=dsn, port=str(replica.port), **more)
        faults = {"FAULTS_CONTROL": str(self.private.folder / "control"), "FAULTS_REPLICA": replica.name, "FAULTS_WITHOUT": self.without}
        return {**told, **faults}

    async def keep(self, replica: Replica) -> None:
        while True:
            if replica.process is not None:
                replica.exits.append((monotonic(), await child.ended(replica.process)))
            await asyncio.sleep(AGAIN_SECONDS)
            if replica.wanted:
                self.start(replica)
            else:
                replica.process = None

    async def retire(self, replica: Replica, how: signal.Signals) -> float:
        """End a replica for good; how long it took."""
        began = monotonic()
        replica.wanted = False
        if replica.process is not None:
            await child.stop(replica.process, how, STOP_SECONDS)
        if replica.keeping is not None:
            replica.keeping.cancel()
        await replica.network.stop()
        self.replicas.pop(replica.name, None)
        return monotonic() - began

    async def close(self) -> None:
        for replica in list(self.replicas.values()):
            with suppress(ProcessLookupError):
                replica.send(signal.SIGCONT)
        await asyncio.gather(*(self.retire(replica, signal.SIGKILL) for replica in list(self.replicas.values())))


async def is_ready(replica: Replica) -> bool:
    answer = await ask.get(f"{replica.address}/readyz")
    return answer is not None and answer[0] == 200


async def unready(replicas: list[Replica]) -> list[str]:
    """The names of those that are not ready, and why."""
    left = [replica for replica in replicas if not await is_ready(replica)]
    return [f"{replica.name}: {services.why_not(await ask.get(f'{replica.address}/readyz'))}" for replica in left]


async def until_ready(replicas: list[Replica], timeout_seconds: float) -> list[str]:
    """Waits until all are ready; those that are not in time, and why."""
    left: list[str] = []

    async def are_ready() -> bool:
        left[:] = await unready(replicas)
        return not left

    await until(are_ready, timeout_seconds, READY_LOOK_SECONDS)
    return left

"""The servers that are broken: a private folder comes in; a Kafka and a PostgreSQL that can be stopped, killed and started go out.

Every replica letter sees Kafka through a proxy of its own, so the broker advertises an address for each beside the direct one.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg

from deploy.local import child, databases, java, kafka, ports, postgres
from deploy.local.child import Child
from deploy.local.kafka import HEAP, LOGGING, Kafka
from deploy.local.postgres import Postgres
from deploy.local.private import Private, write
from deploy.local.trouble import Trouble
from tests.faults.proxy import Proxy
from tests.faults.waiting import until_done

GONE_SECONDS = 60.0
BACK_SECONDS = 60.0
RELAYS = "relay-%"
TERMINATE = """select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()
and application_name <> 'harness' and application_name like $2"""


@dataclass(slots=True)
class Broker:
    """Kafka on the same ports and data at every start; `proxies` by replica letter."""

    private: Private
    letters: Iterable[str]
    port: int = 0
    controller_port: int = 0
    inner: dict[str, int] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    process: Child | None = None

    @property
    def bootstrap(self) -> str:
        return f"{ports.LOOPBACK}:{self.port}"

    def address(self, letter: str) -> str:
        return f"{ports.LOOPBACK}:{self.proxies[letter].port}"

    async def prepare(self) -> None:
        """Choose ports, open the proxies, format the data."""
        self.port, self.controller_port = ports.choose(), ports.choose()
        for letter in self.letters:
            self.inner[letter] = ports.choose()
            self.proxies[letter] = Proxy(self.inner[letter])
            await self.proxies[letter].start()
        self.private.make_room(self.data.parent)
        await kafka.prepare(self.private, self.data, await self.command())

    @property
    def data(self) -> Path:
        return self.private.folder / "kafka" / "data"

    async def command(self) -> list[str | Path]:
        runtime = await asyncio.to_thread(java.program)
        if runtime is None:
            raise Trouble("Kafka needs Java.")
        folder = await kafka.jars_in_place(self.private, lambda _: None)
        return [runtime, HEAP, "-XX:+UseG1GC", f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{folder}/*"]

    async def start(self) -> None:
        settings = self.write_settings()
        command = [*await self.command(), "kafka.Kafka", settings]
        self.process = child.start("kafka", command, self.private.log("kafka"), folder=self.data.parent)
        if not await kafka.answers(Kafka(self.process, self.port)):
            raise Trouble("a port of Kafka was taken")

    def write_settings(self) -> Path:
        """The usual settings, and a listener for each proxy; of two lines with one name the last counts."""
        path = kafka.write_settings(self.data, self.port, self.controller_port)
        named = {letter: f"PROXY{letter.upper()}" for letter in self.inner}
        inner = "".join(f",{named[letter]}://{ports.LOOPBACK}:{port}" for letter, port in self.inner.items())
        outer = "".join(f",{named[letter]}://{self.address(letter)}" for letter in self.inner)
        plain = f"PLAINTEXT://{self.bootstrap}"
        more = {
            "listeners": f"{plain},CONTROLLER://{ports.LOOPBACK}:{self.controller_port}{inner}",
            "log.cleaner.backoff.ms": "1000",
            "advertised.listeners": f"{plain}{outer}",
            "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", *named.values())),
        }
        write(path, path.read_text(encoding="utf-8") + "".join(f"{name}={value}\n" for name, value in more.items()))
        return path

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            await child.stop(self.process, how, GONE_SECONDS)

    async def close(self) -> None:
        await self.stop(signal.SIGKILL)
        for proxy in self.proxies.values():
            await proxy.stop()


@dataclass(slots=True)
class Database:
    """PostgreSQL on the same port and data at every start."""

    private: Private
    server: Postgres | None = None
    roles: dict[str, str] = field(default_factory=dict)

    async def start(self) -> None:
        before = self.server
        self.server = await postgres.start(self.private, small=True)
        if before is not None and before.port != self.server.port:
            raise Trouble("the port of PostgreSQL was taken")
        if not self.roles:
            self.roles = await databases.ensure(self.private, self.server)

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    def dsn(self, database: str = "postgres", port: int | None = None) -> str:
        """The superuser's address of a database, through a proxy's port where one is given."""
        assert self.server is not None
        return self.server.dsn(database).replace(f":{self.server.port}/", f":{port or self.server.port}/")

    def service_dsn(self, service: str, port: int) -> str:
        return self.roles[service].replace(f":{self.port}/", f":{port}/")

    async def connect(self, database: str = "postgres") -> "asyncpg.Connection[asyncpg.Record]":
        """Waits for a server that is away: a fault that needs it comes when it is back."""
        deadline = monotonic() + BACK_SECONDS
        while True:
            try:
                return await asyncpg.connect(self.dsn(database), timeout=10, server_settings={"application_name": "harness"})
            except (OSError, TimeoutError, asyncpg.PostgresError):
                if monotonic() > deadline:
                    raise
            await asyncio.sleep(0.2)

    async def execute(self, statement: str, *arguments: Any, database: str = "postgres") -> None:
        connection = await self.connect(database)
        try:
            await connection.execute(statement, *arguments)
        finally:
            connection.terminate()

    async def fetch(self, statement: str, *arguments: Any, database: str = "postgres") -> list[Any]:
        connection = await self.connect(database)
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            connection.terminate()

    async def terminate(self, database: str, name: str = "%") -> int:
        """End the sessions of whoever has such an application name, but our own; how many there were."""
        return len(await self.fetch(TERMINATE, database, name))

    @asynccontextmanager
    async def altered(self, change: str, undo: str, database: str = "postgres") -> AsyncIterator[None]:
        """A change that is undone whatever happens meanwhile, also where another fault has the server down at the moment."""
        try:
            await self.execute(change, database=database)
            yield
        finally:
            await until_done(lambda: self.execute(undo, database=database))

    async def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.server is not None and self.server.child is not None:
            await child.stop(self.server.child, how, GONE_SECONDS)

"""What a benchmark runs on: nothing comes in, a Kafka and a PostgreSQL of its own go out, with the settings of production.

They live in a folder of their own, which is removed afterwards; one that a killed run left behind is removed by the next.
"""

import asyncio
import fcntl
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from deploy.local import child, databases, kafka, postgres, services
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.private import Private

STATE = services.ROOT / ".denyut"
START_SECONDS = 900
STATEMENT_SECONDS = 1_800


@dataclass(frozen=True, slots=True)
class Servers:
    """Both servers, and the address of each service's own database."""

    private: Private
    postgres: Postgres
    kafka: Kafka
    databases: dict[str, str]

    def address(self, database: str, role: str = "onboarding") -> str:
        """A database that is the role's, under another name."""
        return f"{self.databases[role].rsplit('/', 1)[0]}/{database}"

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        """As the superuser."""
        connection = await asyncpg.connect(self.postgres.dsn(database), timeout=30, command_timeout=STATEMENT_SECONDS)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def clone(self, template: str, name: str, role: str = "onboarding") -> str:
        """A database as its template is, page by page; its address. Both sides of a comparison begin right after a checkpoint."""
        await self.execute(
            f"drop database if exists {name} with (force)", f"create database {name} template {template} owner {role} strategy file_copy"
        )
        return self.address(name, role)


@asynccontextmanager
async def running() -> AsyncIterator[Servers]:
    """Both servers, until this ends."""
    async with folder() as private:
        try:
            async with asyncio.timeout(START_SECONDS):
                server, broker = await both(private)
                addresses = await databases.ensure(private, server)
            yield Servers(private, server, broker, addresses)
        finally:
            await asyncio.shield(end())


async def both(private: Private) -> tuple[Postgres, Kafka]:
    """At once; where one does not start the other is not waited for."""
    async with asyncio.TaskGroup() as group:
        server, broker = group.create_task(postgres.start(private)), group.create_task(kafka.start(private))
    return server.result(), broker.result()


@asynccontextmanager
async def folder() -> AsyncIterator[Private]:
    """A private folder that nothing is left of."""
    remove_leftovers()
    private = Private(STATE / f"bench-{secrets.token_hex(4)}")
    Private(STATE).make()
    private.make()
    with (private.folder / "bench.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield private
        finally:
            shutil.rmtree(private.folder, ignore_errors=True)


async def end() -> None:
    """Nothing here is worth an orderly shutdown: the folder goes away."""
    await child.kill_all()


def remove_leftovers() -> None:
    for left in STATE.glob("bench-*"):
        with (left / "bench.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(left, ignore_errors=True)


async def backends(connection: "asyncpg.Connection[asyncpg.Record]", names: Sequence[str]) -> list[int]:
    """Process numbers of the server's side of these programs' connections."""
    rows = await connection.fetch("select pid from pg_stat_activity where application_name = any($1::text[])", list(names))
    return [row["pid"] for row in rows]

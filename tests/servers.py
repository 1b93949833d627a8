"""The real servers that tests run on. In: nothing; out: one Kafka and one PostgreSQL a session, in containers where a Docker engine
answers, else as local processes of this session, with everything they keep removed afterwards.

`DENYUT_TEST_SERVERS=local` or `docker` decides instead of asking.
"""

import asyncio
import fcntl
import inspect
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from deploy.local import databases, postgres
from deploy.local.postgres import Postgres
from deploy.local.private import Private

ROOT = Path(__file__).parents[1]
STATE = ROOT / ".denyut"


@dataclass(slots=True)
class Servers:
    """What a session runs on: each server starts when the first test asks for it."""

    private: Private
    docker: bool
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)
    kafka: str | None = None
    postgres: Postgres | None = None
    roles: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)


def docker_answers() -> bool:
    """Is there a Docker engine that answers within two seconds?"""
    chosen = os.environ.get("DENYUT_TEST_SERVERS")
    if chosen:
        return chosen == "docker"
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return False
    from testcontainers.core.docker_client import DockerClient

    try:
        return bool(DockerClient(timeout=2).client.ping())
    except Exception:  # whatever it says: it does not answer
        return False


@asynccontextmanager
async def session() -> AsyncIterator[Servers]:
    """The servers of one test session; what sessions before left behind when they were killed is removed too."""
    remove_leftovers()
    folder = STATE / f"test-{secrets.token_hex(4)}"
    private = Private(folder)
    Private(STATE).make()
    private.make()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            servers = Servers(private, docker_answers())
            async with servers.closing:
                yield servers
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers() -> None:
    """Folders of sessions that no longer hold their lock."""
    for folder in STATE.glob("test-*"):
        with (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


async def kafka_of(servers: Servers) -> str:
    """The bootstrap address, of a broker that is started now if this is the first question."""
    if servers.kafka is None:
        servers.kafka = await (kafka_in_docker(servers) if servers.docker else kafka_here(servers))
    return servers.kafka


async def kafka_here(servers: Servers) -> str:
    from deploy.local import kafka

    broker = await kafka.start(servers.private)
    servers.closing.push_async_callback(kafka.stop, broker)
    return broker.bootstrap


async def kafka_in_docker(servers: Servers) -> str:
    from tests import containers

    broker = await asyncio.to_thread(containers.kafka)
    servers.closing.callback(broker.stop)
    return broker.bootstrap


async def postgres_of(servers: Servers) -> Postgres:
    """The server, started now if this is the first question, with the services' roles."""
    if servers.postgres is None:
        servers.postgres = await (postgres_in_docker(servers) if servers.docker else postgres_here(servers))
        servers.roles = await databases.ensure(servers.private, servers.postgres)
    return servers.postgres


async def postgres_here(servers: Servers) -> Postgres:
    server = await postgres.start(servers.private, small=True)
    servers.closing.push_async_callback(postgres.stop, server)
    return server


async def postgres_in_docker(servers: Servers) -> Postgres:
    from tests import containers

    server = await asyncio.to_thread(containers.postgres, servers.private.secret("password of postgres"))
    servers.closing.callback(server.stop)
    return Postgres(server.port, server.password, host=server.host)


async def make_database(servers: Servers, service: str) -> str:
    """A new database of a service's own role, as its migrations leave it; its address."""
    server = await postgres_of(servers)
    template = await template_of(servers, service)
    name = f"test_{secrets.token_hex(6)}"
    await execute(server, f"create database {name} template {template} owner {service} strategy file_copy")
    await execute(server, f"revoke all on database {name} from public")
    return address(servers, service, name)


async def template_of(servers: Servers, service: str) -> str:
    """The database that a service's tests are cloned from: migrated once a session."""
    if service not in servers.templates:
        from shared.postgres import migrate

        name = f"template_{service}"
        server = await postgres_of(servers)
        await execute(server, f"create database {name} owner {service}")
        migrated = migrate.migrate(address(servers, service, name), *folders_of(service))
        if inspect.isawaitable(migrated):
            await migrated
        servers.templates[service] = name
    return servers.templates[service]


def folders_of(service: str) -> tuple[Path, ...]:
    """What a service migrates at its start."""
    from shared.events import topics
    from shared.postgres import migrate

    own = ROOT / "services" / service / "migrations"
    return migrate.folders(own) if service in topics.DOMAIN_SERVICES else (migrate.folders(own)[0], own)


async def drop_database(servers: Servers, dsn: str) -> None:
    server = await postgres_of(servers)
    await execute(server, f"drop database if exists {dsn.rsplit('/', 1)[1]} with (force)")


def address(servers: Servers, service: str, database: str) -> str:
    """The service's own role, in another database."""
    return f"{servers.roles[service].rsplit('/', 1)[0]}/{database}"


async def execute(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.dsn(), timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

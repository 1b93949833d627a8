"""A database of reporting's own, with the tables that every service keeps, and a connection that is ready for batches."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.reporting import projection
from shared.postgres.connection import Connection, Pool
from shared.postgres.migrate import SHARED, migrate
from shared.postgres.pool import open_pool
from tests.reporting import serving
from tests.reporting.history import publish_history

OWN = Path(projection.__file__).with_name("migrations")


@pytest.fixture(scope="session")
async def template(postgres: str) -> str:
    """Migrated once a session; each test gets a copy."""
    name = f"reporting_{secrets.token_hex(4)}"
    await execute(postgres, f"create database {name}")
    await migrate(of(postgres, name), SHARED / "postgres" / "migrations", OWN)
    return name


@pytest.fixture
async def dsn(postgres: str, template: str) -> AsyncIterator[str]:
    async with copy(postgres, template) as dsn:
        yield dsn


@asynccontextmanager
async def copy(postgres: str, template: str) -> AsyncIterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    await execute(postgres, f"create database {name} template {template} strategy file_copy")
    await execute(of(postgres, name), "update head set instance = substr(md5(gen_random_uuid()::text), 1, 12)")
    yield of(postgres, name)
    await execute(postgres, f"drop database {name} with (force)")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await open_pool(dsn, "test", prepare=projection.prepare)
    yield pool
    await pool.close()


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as connection:
        yield connection


def of(postgres: str, database: str) -> str:
    return f"{postgres.rsplit('/', 1)[0]}/{database}"


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def api(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with serving.serve(pool) as client:
        yield client


@pytest.fixture(scope="session")
async def history(postgres: str, template: str) -> AsyncIterator[httpx.AsyncClient]:
    """The interface over a database with a history, for tests that only read."""
    async with copy(postgres, template) as dsn:
        pool = await open_pool(dsn, "test", prepare=projection.prepare)
        async with pool.acquire() as connection:
            await publish_history(pool, connection)
        async with serving.serve(pool) as client:
            yield client
        await pool.close()

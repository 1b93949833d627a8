"""Fixtures for every test: `kafka` and `postgres`, one of each a session, and `database`, a new one for each call.

kafka     str: the bootstrap address of a real broker
postgres  str: the address of a real server for its superuser
database  async (service) -> str: a new database of that service's own role, as its migrations leave it; dropped after the test
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests import servers
from tests.servers import Servers

NewDatabase = Callable[[str], Awaitable[str]]
NEEDING_SERVERS = {"kafka", "postgres", "database", "running_servers"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a server is marked so, and `-m 'not servers'` is the quick half."""
    for item in items:
        if NEEDING_SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)


@pytest.fixture(scope="session")
async def running_servers() -> AsyncIterator[Servers]:
    async with servers.session() as running:
        yield running


@pytest.fixture(scope="session")
async def kafka(running_servers: Servers) -> str:
    return await servers.kafka_of(running_servers)


@pytest.fixture(scope="session")
async def postgres(running_servers: Servers) -> str:
    return (await servers.postgres_of(running_servers)).dsn()


@pytest.fixture
async def database(running_servers: Servers) -> AsyncIterator[NewDatabase]:
    made: list[str] = []

    async def new(service: str) -> str:
        made.append(await servers.make_database(running_servers, service))
        return made[-1]

    yield new
    for dsn in made:
        await servers.drop_database(running_servers, dsn)

"""The real application on a real server and database, for tests of what people see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import uvicorn

from services.reporting.api import application
from services.reporting.api.hub import Hub
from services.reporting.api.reader import Reader
from shared.postgres.connection import Pool


@asynccontextmanager
async def serve(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """The interface over a database; a client that knows its address."""
    reader = Reader(pool)
    hub = Hub(reader)
    following = asyncio.create_task(hub.run())
    server = uvicorn.Server(uvicorn.Config(application.make(reader, hub), host="127.0.0.1", port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client
    finally:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=10)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following

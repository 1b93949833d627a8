"""How a process lives: tasks that must go on come in with an HTTP app, SIGTERM goes out as an orderly end within 20 s."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

log = structlog.get_logger(__name__)
STOP_SECONDS = 12
GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """Uvicorn ends the process by the signal it got, before anything else could be stopped: here signals only say to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True
        AppStatus.should_exit = True  # event streams end too


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    tasks: Mapping[str, Coroutine[Any, Any, None]],
    stops: Sequence[Callable[[], Awaitable[None]]],
) -> None:
    """Serve HTTP and run these tasks until SIGTERM or SIGINT; a task that ends by itself ends the process.

    Stopping: no new requests, tasks cancelled, then each of `stops` in order, all within STOP_SECONDS whatever is away.
    """
    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS)
    server = Server(config)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, server.stop)
    running = {asyncio.create_task(task, name=name) for name, task in tasks.items()}
    serving = asyncio.create_task(server.serve(), name="http")
    done, _ = await asyncio.wait({serving, *running}, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not serving]
    for task in failed:
        log.error("task_ended", task=task.get_name(), error=repr(None if task.cancelled() else task.exception())[:500])
    server.stop()
    await asyncio.wait({serving}, timeout=GRACE_SECONDS + 2)
    await end(running, stops)
    if failed:
        os._exit(1)  # whoever supervises starts us anew; nothing may wait for a broken task


async def end(running: set[asyncio.Task[None]], stops: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Cancel what runs, then stop what was opened; a server that is away must not keep us."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            for stop in stops:
                try:
                    await stop()
                except Exception as error:
                    log.warning("stop_failed", error=repr(error)[:300])
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=2)
    log.info("stopped")

"""Waiting with a bound: a question and seconds come in; whether it came to be so goes out."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

LOOK_SECONDS, AGAIN_SECONDS = 0.05, 0.5


async def until(holds: Callable[[], Awaitable[bool]], timeout_seconds: float, look_seconds: float = LOOK_SECONDS) -> bool:
    """Ask again and again until it holds or the time is over."""
    deadline = monotonic() + timeout_seconds
    while True:
        if await holds():
            return True
        if monotonic() > deadline:
            return False
        await asyncio.sleep(look_seconds)


async def until_done(work: Callable[[], Awaitable[object]]) -> None:
    """Something that must be undone, also where another fault has the server down at the moment; whoever waits bounds it."""
    while True:
        try:
            await work()
            return
        except Exception:
            await asyncio.sleep(AGAIN_SECONDS)

"""A load at a steady pace: a rate comes in, a register goes to Kafka beside everything else until this ends."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from benchmarks import filling
from benchmarks.register import Message, Register

EVENTS = 10_000_000
FIRST = 100_000_000  # MSMEs that no other load knows
TICK_SECONDS = 0.01


@asynccontextmanager
async def backfill(bootstrap_servers: str, events_a_second: int) -> AsyncIterator[None]:
    """New listings, changes and repeats, from a thread of its own."""
    await filling.make_topics(bootstrap_servers)
    stop = threading.Event()
    sending = asyncio.create_task(asyncio.to_thread(filling.fill, bootstrap_servers, paced(events_a_second, stop)))
    try:
        yield
    finally:
        stop.set()
        await sending


def paced(events_a_second: int, stop: threading.Event) -> Iterator[Message]:
    begun = time.monotonic()
    for number, message in enumerate(Register(EVENTS, first=FIRST).messages()):
        while number > (time.monotonic() - begun) * events_a_second:
            if stop.wait(TICK_SECONDS):
                return
        if stop.is_set():
            return
        yield message

"""Keeps one process running. In: how it starts; out: always one that runs, started again with back-off when it dies, which is said."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from deploy.local import child
from deploy.local.child import Child
from deploy.local.telling import Tell
from deploy.local.trouble import Trouble

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# whoever ran this long was well: the next wait is short again
WELL_SECONDS = 60.0


@dataclass(slots=True)
class Kept:
    """A process that is to run until we end it; `ends_well` for one that may finish by itself."""

    name: str
    start: Callable[[], Awaitable[Child]]
    tell: Tell
    changed: Callable[[], None]
    ends_well: bool = False
    child: Child | None = None
    deaths: int = 0
    last_words: str = ""

    async def begin(self) -> None:
        """The first start; what goes wrong here is the caller's to say."""
        self.child = await self.start()
        self.changed()

    async def go_on(self) -> None:
        """Watch it and start it again, for ever."""
        wait_seconds = FIRST_WAIT_SECONDS
        while True:
            began = time.monotonic()
            if self.child and await self.ended_well(self.child, wait_seconds):
                return
            await asyncio.sleep(wait_seconds)
            well = time.monotonic() - began > WELL_SECONDS
            wait_seconds = FIRST_WAIT_SECONDS if well else min(2 * wait_seconds, LONGEST_WAIT_SECONDS)
            await self.begin_again()

    async def ended_well(self, running: Child, wait_seconds: float) -> bool:
        """Wait until it has ended and say so; True where it is not to be started again."""
        code = await child.ended(running)
        self.child, self.deaths, self.last_words = None, self.deaths + 1, child.last_line(running)
        self.changed()
        if code == 0 and self.ends_well:
            self.tell(f"{self.name} has finished.")
            return True
        self.tell(f"{self.name} ended ({how(code)}) and is started again in {wait_seconds:g} s; its log: {running.log}")
        return False

    async def begin_again(self) -> None:
        try:
            await self.begin()
            self.tell(f"{self.name} runs again.")
        except (Trouble, OSError, TimeoutError) as trouble:
            self.tell(f"{self.name} did not start: {trouble or type(trouble).__name__}")

    async def end(self, how: signal.Signals, timeout_seconds: float) -> None:
        if self.child:
            await child.stop(self.child, how, timeout_seconds)


def how(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"

"""A question to a server that may never answer: it comes in once, and whether there was an answer in time goes out each time it is asked.

Giving up on an answer can take as long as the answer (a cancelled query is first cancelled at the server): so nobody waits for that,
and while one question is open no second one is asked.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Question:
    """`ask` returns when the server has answered; whatever it raises means that it did not."""

    ask: Callable[[], Coroutine[Any, Any, object]]
    wait_seconds: float
    open: asyncio.Task[object] | None = None

    async def is_answered(self) -> bool:
        if self.open is None:
            self.open = asyncio.create_task(self.ask())
        done, _ = await asyncio.wait({self.open}, timeout=self.wait_seconds)
        if not done:
            return False
        answered, self.open = self.open, None
        return not answered.cancelled() and answered.exception() is None

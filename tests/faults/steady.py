"""Whether any answer shows half a change: the number of the steady publisher's sellers is asked for again and again.

They only move, so their number in all provinces together is always the same; where it is not, an answer held one half of a move.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

import httpx

from tests.faults.fleet import Replica
from tests.faults.sending import SELLERS, steady_name

BY = ("province", "role", "scale")
PAUSE_SECONDS = 0.2
SEEN_SECONDS = 90.0


@dataclass(slots=True)
class Watcher:
    """`halves` are answers that showed half a change; `answers` is how many there were, `away` how many questions got none."""

    seed: int
    replicas: Sequence[Replica]
    halves: list[str] = field(default_factory=list)
    answers: int = 0
    away: int = 0

    async def until_seen(self) -> None:
        """Wait until all sellers are there, before anything is broken."""
        deadline = monotonic() + SEEN_SECONDS
        async with httpx.AsyncClient(timeout=10) as client:
            while await self.number(client, self.replicas[0], BY[0]) != SELLERS:
                if monotonic() > deadline:
                    raise RuntimeError("the steady publisher's sellers are not seen")
                await asyncio.sleep(PAUSE_SECONDS)

    async def watch(self) -> None:
        """Until cancelled."""
        began = monotonic()
        async with httpx.AsyncClient(timeout=3) as client:
            for replica, by in itertools.cycle(list(itertools.product(self.replicas, BY))):
                found = await self.number(client, replica, by)
                if found is None:
                    self.away += 1
                else:
                    self.answers += 1
                    if found != SELLERS:
                        self.halves.append(f"{found} of {SELLERS} sellers by {by}, said {replica.name} at {monotonic() - began:.1f} s")
                await asyncio.sleep(PAUSE_SECONDS)

    async def number(self, client: httpx.AsyncClient, replica: Replica, by: str) -> int | None:
        try:
            answer = await client.get(f"{replica.address}/v1/progress/listings", params={"by": by, "platform": steady_name(self.seed)})
        except httpx.HTTPError:
            return None
        if answer.status_code != 200:
            return None
        return sum(int(row["value"]) for row in answer.json()["rows"])

"""Many readers of the stream in one process: `python -m benchmarks.crowd ADDRESS CLIENTS STALLED`.

A line comes out for what happened: `["connected", clients]`, then, when standard input ends, `["seen", …]`: when each value of each figure
came to each client (Unix time), and how many clients are without the last one. `STALLED` more connections are opened and never read.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack

import uvloop

from benchmarks import listening

AT_ONCE = 50


class Seen:
    """When each value of each figure came to each client."""

    def __init__(self) -> None:
        self.arrived: dict[tuple[str, int], list[float]] = {}
        self.last: list[dict[str, int]] = []

    async def follow(self, reader: asyncio.StreamReader) -> None:
        mine: dict[str, int] = {}
        self.last.append(mine)
        async for data in listening.lines(reader):
            now = time.time()
            for figure, value in listening.figures(data):
                mine[figure] = value
                self.arrived.setdefault((figure, value), []).append(now)

    def told(self) -> dict[str, object]:
        """`arrivals`: figure, value, and when it came to each; `behind`: clients without the last value of some figure."""
        newest = {figure: max(mine.get(figure, 0) for mine in self.last) for figure in {name for mine in self.last for name in mine}}
        behind = sum(any(mine.get(figure) != value for figure, value in newest.items()) for mine in self.last)
        return {"arrivals": [[*key, times] for key, times in self.arrived.items()], "behind": behind}


async def main(address: str, clients: int, stalled: int) -> None:
    seen, turns = Seen(), asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:

        async def join() -> asyncio.StreamReader:
            async with turns:
                return await stack.enter_async_context(listening.stream(address))

        await asyncio.gather(*(join() for _ in range(stalled)))
        readers = await asyncio.gather(*(join() for _ in range(clients)))
        following = [asyncio.create_task(seen.follow(reader)) for reader in readers]
        print(json.dumps(["connected", clients]), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps(["seen", seen.told()]), flush=True)
        for task in following:
            task.cancel()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

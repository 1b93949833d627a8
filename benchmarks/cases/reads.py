"""Reads: how many answers one reporting process gives a second, and how late the slowest of a hundred is, while events come in.

progress: /v1/progress · by_province: a breakdown · unchanged: /v1/progress asked with the ETag of what the reader has.
"""

import asyncio
import urllib.request
from functools import partial

from benchmarks import asking, loading, mixed, servers, system, usage
from benchmarks.measured import Row, percentile, row
from benchmarks.scope import Scope

CASE = "reads"
SECONDS = 10
EVENTS_A_SECOND, WARM_SECONDS = 50, 10
PATHS = {"progress": "/v1/progress", "by_province": "/v1/progress/listings?by=province"}


async def run(scope: Scope) -> list[Row]:
    async with servers.running() as here, system.all_services(here) as four:
        await loading.send(here.kafka.bootstrap, mixed.sequence(mixed.kinds()), 500, WARM_SECONDS)
        await asyncio.sleep(3)
        pid, rows = four.processes["reporting"].pid, []
        for name, path in PATHS.items():
            scope.say(f"{path} for {SECONDS} s")
            rows += await measured(four.api, name, path, pid)
        tag = await asyncio.to_thread(etag, f"{four.api}/v1/progress")
        rows += await measured(four.api, "unchanged", PATHS["progress"], pid, f"If-None-Match: {tag}\r\n")
        sending = loading.send(here.kafka.bootstrap, mixed.sequence(mixed.kinds()), EVENTS_A_SECOND, SECONDS)
        loaded, _ = await asyncio.gather(measured(four.api, "progress_while_changing", PATHS["progress"], pid), sending)
    return rows + loaded


async def measured(address: str, name: str, path: str, pid: int, headers: str = "") -> list[Row]:
    before = usage.cpu_seconds(pid)
    asked = await asking.ask(address, path, SECONDS, headers)
    busy = usage.cpu_seconds(pid) - before
    of = partial(row, CASE)
    return [
        of(f"{name}_per_second", [asked.rate]),
        of(f"{name}_per_core_second", [len(asked.waited) / busy]),
        of(f"{name}_p99_seconds", [percentile(asked.waited, 99)]),
    ]


def etag(address: str) -> str:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10) as answer:
        return str(answer.headers["ETag"])

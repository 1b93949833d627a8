"""The program on a real broker: it sends everything it says, and ends by itself or when it is told to, leaving nothing unsent."""

import asyncio
import os
import re
import signal
import sys

from tests.demo.test_history import ROOT

SECONDS = 60


async def start(kafka: str | None, *options: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if name != "DENYUT_KAFKA"}
    command = (sys.executable, "-m", "deploy.demo", "--sellers", "20", *options)
    given = environment if kafka is None else {**environment, "DENYUT_KAFKA": kafka}
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=given, stdout=asyncio.subprocess.PIPE)


async def told(process: asyncio.subprocess.Process) -> str:
    output, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    return output.decode()


async def test_it_sends_all_and_ends_after_its_time(kafka: str) -> None:
    process = await start(kafka, "--duration", "2", "--rate", "100")
    said = await told(process)
    assert process.returncode == 0
    history, past, total, lost = (
        int(number)
        for number in re.search(
            r"published history: (\d+) records.*past of the sellers: (\d+) records.*stopped; (\d+) records sent, (\d+) not", said, re.DOTALL
        ).groups()  # type: ignore[union-attr]
    )
    assert history > 20
    assert past > 1000
    assert 100 < total - history - past < 300
    assert lost == 0


async def test_it_ends_when_it_is_told_to(kafka: str) -> None:
    process = await start(kafka)
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        while b"past of the sellers:" not in await process.stdout.readline():
            pass
    process.send_signal(signal.SIGTERM)
    assert "0 not" in await told(process)
    assert process.returncode == 0


async def test_it_ends_though_the_broker_is_away() -> None:
    process = await start("127.0.0.1:1")
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        await process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert "records sent" in await told(process)
    assert process.returncode == 1


async def test_without_an_address_it_says_so() -> None:
    process = await start(None)
    assert "DENYUT_KAFKA" in await told(process)
    assert process.returncode == 2

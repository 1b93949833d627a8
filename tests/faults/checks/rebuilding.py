"""A projection made anew from the log, however it was compacted, is the live one: the operator's own command says so."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Sequence

from deploy.local import services
from tests.faults.ground import ROOT
from tests.faults.running import Running

AT_MOST_SECONDS = 120


async def differences(running: Running, of: Sequence[str]) -> list[str]:
    """Of these services, one after the other: a rebuilt one tells everything under a new generation."""
    return [line for service in of for line in await rebuilt(running, service)]


async def rebuilt(running: Running, service: str) -> list[str]:
    dsn = running.database.service_dsn(service, running.database.port)
    told = services.environment(running.broker.bootstrap, database=dsn, port="0", log="json")
    command = [sys.executable, "-m", "shared.repair", "rebuild", service]
    rebuilding = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=told, stdout=PIPE, stderr=STDOUT)
    try:
        said, _ = await asyncio.wait_for(rebuilding.communicate(), AT_MOST_SECONDS)
    except TimeoutError:
        rebuilding.kill()
        return [f"{service}: not rebuilt within {AT_MOST_SECONDS} s"]
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return [] if rebuilding.returncode == 0 else [f"{service}: a rebuild is not as live: {' | '.join(lines[-6:])}"]

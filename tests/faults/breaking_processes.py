"""Faults of processes: killed, told to end, stopped and woken, joined by a third that comes and goes."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from time import monotonic

from deploy.local import child
from tests.faults.fleet import NAIVE, Replica
from tests.faults.plan import Fault
from tests.faults.running import THIRD, Running

LEAVE_SECONDS = 20.0


def target(running: Running, fault: Fault) -> Replica:
    return running.fleet.replicas[f"{fault.service}-{fault.letter}"]


async def kill(running: Running, fault: Fault) -> str:
    """The control is killed with it: what we promise to survive, it has to survive too."""
    killed = target(running, fault).send(signal.SIGKILL)
    naive = running.fleet.replicas.get(f"{NAIVE}-{fault.letter}")
    if naive is not None:
        naive.send(signal.SIGKILL)
    return "" if killed else "not done: it did not run"


async def kill_both(running: Running, fault: Fault) -> str:
    """All replicas of a service at once, and nobody there for a while."""
    replicas = running.fleet.of(fault.service)
    for replica in replicas:
        replica.wanted = False
        replica.send(signal.SIGKILL)
    await asyncio.sleep(fault.seconds)
    for replica in replicas:
        replica.wanted = True
    return ""


async def term(running: Running, fault: Fault) -> str:
    """It leaves by itself within 20 s, whatever else is broken at the moment."""
    replica = target(running, fault)
    process = replica.process
    if process is None or replica.stopped or not replica.send(signal.SIGTERM):
        return "not done: it did not run"
    began = monotonic()
    try:
        await asyncio.wait_for(child.ended(process), LEAVE_SECONDS)
    except TimeoutError:
        if replica.stopped:
            return "not done: it was stopped meanwhile"
        process.process.kill()
        return f"VIOLATION {replica.name} had not left {monotonic() - began:.0f} s after SIGTERM"
    return f"left after {monotonic() - began:.1f} s"


async def freeze(running: Running, fault: Fault) -> str:
    """It stops, and goes on after `seconds` as if nothing had been."""
    replica = target(running, fault)
    process = replica.process
    if not replica.send(signal.SIGSTOP) or process is None:
        return "not done: it did not run"
    await asyncio.sleep(fault.seconds)
    if replica.process is not process or not replica.send(signal.SIGCONT):
        return "it was killed meanwhile"
    return ""


async def storm(running: Running, fault: Fault) -> str:
    """A third replica joins and leaves again and again: in order, or killed."""
    async with running.third_busy:
        for time in range(int(fault.detail)):
            replica = await running.fleet.launch(fault.service, THIRD)
            await asyncio.sleep(fault.seconds)
            await running.fleet.retire(replica, signal.SIGKILL if time % 2 else signal.SIGTERM)
    return ""


DEEDS: dict[str, Callable[[Running, Fault], Awaitable[str]]] = {
    "kill": kill,
    "kill-both": kill_both,
    "term": term,
    "freeze": freeze,
    "nap": freeze,
    "storm": storm,
}

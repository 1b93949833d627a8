"""Faults in the middle of the work: sessions ended, answers lost, locks held, tables changed, offsets moved, and places armed."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable, Callable
from pathlib import Path

import yaml

from tests.faults.checks import rebuilding
from tests.faults.ground import ROOT
from tests.faults.plan import Fault
from tests.faults.running import Running
from tests.faults.servers import RELAYS
from tests.faults.waiting import until, until_done

REACH_SECONDS = 60.0
ALTER_SECONDS = 1.0
WAITED_SECONDS = 8.0
HANG_SECONDS = 90.0
FREED_SECONDS = 14.0  # a lock's holder that stopped is ended after 10
HELD = """select count(*) from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and objid = 1 and granted
and datname = $1 and application_name <> 'harness' and now() - state_change > interval '12 s'"""
BLOCKED = "select count(*) from pg_locks where not granted"
TABLES = """select tablename from pg_tables where schemaname = 'public' and tablename not in ('migration') order by 1"""


async def terminate(running: Running, fault: Fault) -> str:
    return f"{await running.database.terminate(fault.service)} sessions"


async def terminate_relays(running: Running, fault: Fault) -> str:
    return f"{await running.database.terminate(fault.service, RELAYS)} sessions"


async def lose_commit(running: Running, fault: Fault) -> str:
    """The server commits, and the client never hears of it."""
    networks = [replica.network for replica in running.fleet.of(fault.service)]
    before = sum(network.lost_commits for network in networks)
    for network in networks:
        network.lose_commit = True

    async def is_lost() -> bool:
        return running.over.is_set() or sum(network.lost_commits for network in networks) > before

    await until(is_lost, REACH_SECONDS)
    for network in networks:
        network.lose_commit = False
    lost = sum(network.lost_commits for network in networks) - before
    return f"{lost} answers lost" if lost else "not done: nothing was committed"


async def read_only(running: Running, fault: Fault) -> str:
    """As a server that was demoted."""
    setting = "default_transaction_read_only"
    change, undo = f"alter database {fault.service} set {setting} = on", f"alter database {fault.service} reset {setting}"
    try:
        async with running.database.altered(change, undo):
            await terminate(running, fault)
            await asyncio.sleep(fault.seconds)
    finally:  # sessions that began meanwhile are still so
        await until_done(lambda: terminate(running, fault))
    return ""


async def crowd(running: Running, fault: Fault) -> str:
    """The server takes no more sessions of this role."""
    limit = f"alter role {fault.service} connection limit"
    async with running.database.altered(f"{limit} 1", f"{limit} -1"):
        await terminate(running, fault)
        await asyncio.sleep(fault.seconds)
    return ""


async def change_registry(running: Running, fault: Fault) -> str:
    """Other publishers come first: everything is counted anew while batches go on."""
    async with running.registry_busy:
        listed = yaml.safe_load(running.registry.read_text(encoding="utf-8"))
        ranks = [one["rank"] for one in listed]
        random.Random(str(fault)).shuffle(ranks)
        write_registry(running.registry, [{**one, "rank": rank} for one, rank in zip(listed, ranks, strict=True)])
        await asyncio.sleep(1.0)  # the services tell versions of the file by its time
    return ""


def write_registry(path: Path, listed: list[dict[str, object]]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(yaml.safe_dump(listed), encoding="utf-8")
    unfinished.rename(path)


async def rebuild(running: Running, fault: Fault) -> str:
    """An operator makes a projection anew in the middle of all this: it may not come to an end, and harms nothing."""
    return "; ".join(await rebuilding.differences(running, (fault.service,)))


async def hold_lock(running: Running, fault: Fault) -> str:
    """Somebody else has the merge lock."""
    connection = await running.database.connect(fault.service)
    try:
        await connection.execute("begin")
        await connection.execute("select pg_advisory_xact_lock(1)")
        await asyncio.sleep(fault.seconds)
    finally:
        connection.terminate()
    return ""


async def deadlock(running: Running, fault: Fault) -> str:
    """Take the row that a batch takes second, then the lock that it took first."""
    connection = await running.database.connect(fault.service)
    try:
        await connection.execute("begin")
        await connection.execute("select * from epoch for update")

        async def is_waited_for() -> bool:
            return bool(await connection.fetchval(BLOCKED))

        await until(is_waited_for, WAITED_SECONDS)
        try:
            await connection.execute("select pg_advisory_xact_lock(1)")
        except Exception as error:
            return f"we were the victim: {type(error).__name__}"
    finally:
        connection.terminate()
    return ""


async def migrate(running: Running, fault: Fault) -> str:
    """A column comes and goes while everything runs."""
    tables = [row["tablename"] for row in await running.database.fetch(TABLES, database=fault.service)]
    table = random.Random(str(fault)).choice(tables)
    column = "of_a_release"
    change, undo = f"alter table {table} add column {column} integer", f"alter table {table} drop column if exists {column}"
    async with running.database.altered(change, undo, fault.service):
        await asyncio.sleep(fault.seconds)
    return str(table)


async def move_offsets(running: Running, fault: Fault) -> str:
    """Somebody moves a group's offsets by hand while nobody is in it."""
    replicas = running.fleet.of(fault.service)
    for replica in replicas:
        replica.wanted = False
        replica.send(signal.SIGCONT)
        replica.send(signal.SIGTERM)
    try:
        return await until_altered(running, f"denyut-{fault.service}", fault.detail)
    finally:
        for replica in replicas:
            replica.wanted = True


async def until_altered(running: Running, group: str, where: str) -> str:
    """Kafka refuses as long as it believes that somebody is in the group."""
    said: list[str] = []

    async def is_altered() -> bool:
        command = [sys.executable, "-m", "tests.faults.offsets", running.broker.bootstrap, group, where]
        altering = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
        said[:] = [(await altering.communicate())[0].decode().strip()]
        return altering.returncode == 0

    done = await until(is_altered, REACH_SECONDS, ALTER_SECONDS)
    return f"{said[0]} partitions to the {where}" if done else f"not done: {said[0]}"


async def failpoint(running: Running, fault: Fault) -> str:
    """Arm a place and wait until somebody got there; a stopped one goes on after a while."""
    point, deed = fault.detail.split(" ", 1)
    place = f"{fault.service}.{point}"
    async with running.places[place]:
        by = await reached(running, place, deed)
        if not by:
            return "not done: nobody got there"
        name, pid = by.split()
        return await wake(running, fault, name, int(pid), point) if deed == "stop" else name


async def reached(running: Running, place: str, deed: str) -> str:
    """Who got there, and its process; nothing where nobody did in time."""
    armed, by = running.control / place, running.control / f"{place}.by"
    by.unlink(missing_ok=True)
    unfinished = running.control / f"{place}.new"
    unfinished.write_text(deed, encoding="utf-8")
    unfinished.rename(armed)

    async def is_over() -> bool:
        return by.exists() or running.over.is_set()

    await until(is_over, REACH_SECONDS)
    armed.unlink(missing_ok=True)
    return by.read_text(encoding="utf-8") if by.exists() else ""


async def hang(running: Running, fault: Fault) -> str:
    """A batch that never ends: the process notices by itself and ends."""
    place = f"{fault.service}.after-lock"
    async with running.places[place]:
        by = await reached(running, place, "hang")
    if not by:
        return "not done: nobody got there"
    name, pid = by.split()

    async def is_gone() -> bool:
        replica = running.fleet.replicas.get(name)
        return replica is None or replica.process is None or replica.process.pid != int(pid) or not replica.lives

    return name if await until(is_gone, HANG_SECONDS) else f"VIOLATION {name} hung for more than {HANG_SECONDS:.0f} s"


async def wake(running: Running, fault: Fault, name: str, pid: int, point: str) -> str:
    """A process that stopped itself: what it holds is freed, a relay loses its lock; then it goes on."""
    replica = running.fleet.replicas.get(name)
    if replica is not None and replica.process is not None and replica.process.pid == pid:
        replica.stopped = True
    if point in ("before-send", "mid-flush"):
        await asyncio.sleep(1)
        await until_done(lambda: terminate_relays(running, fault))
    await asyncio.sleep(FREED_SECONDS)
    held = 0
    if point in ("in-copy", "after-lock") and not running.postgres_busy.locked():
        held = (await running.database.fetch(HELD, fault.service))[0][0]
    await asyncio.sleep(max(0.0, fault.seconds - FREED_SECONDS))
    replica = running.fleet.replicas.get(name)
    if replica is not None and replica.process is not None and replica.process.pid == pid:
        replica.send(signal.SIGCONT)
    return f"VIOLATION a stopped {name} kept its lock for more than 12 s" if held else name


DEEDS: dict[str, Callable[[Running, Fault], Awaitable[str]]] = {
    "terminate": terminate,
    "terminate-relays": terminate_relays,
    "lose-commit": lose_commit,
    "read-only": read_only,
    "crowd": crowd,
    "registry": change_registry,
    "rebuild": rebuild,
    "hold-lock": hold_lock,
    "hold-lock-long": hold_lock,
    "deadlock": deadlock,
    "migrate": migrate,
    "move-offsets": move_offsets,
    "failpoint": failpoint,
    "hang": hang,
}

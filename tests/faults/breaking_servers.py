"""Faults of servers and of the network: Kafka and PostgreSQL killed, restarted, stopped and cut off."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psutil

from tests.faults.plan import Fault
from tests.faults.proxy import Proxy
from tests.faults.running import Running

SLOW_SECONDS = 0.15
Deed = Callable[[Running, Fault], Awaitable[str]]
VICTIM = """select pid from pg_stat_activity where backend_type = 'client backend' and application_name <> 'harness'
order by random() limit 1"""


async def restart_kafka(running: Running, fault: Fault) -> str:
    """Killed or in order (`detail`), and away for a while."""
    async with running.kafka_busy:
        await running.broker.stop(signal.Signals[fault.detail])
        await asyncio.sleep(fault.seconds)
        await running.broker.start()
    return ""


async def freeze_kafka(running: Running, fault: Fault) -> str:
    async with running.kafka_busy:
        assert running.broker.process is not None
        running.broker.process.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        running.broker.process.process.send_signal(signal.SIGCONT)
    return ""


async def restart_postgres(running: Running, fault: Fault) -> str:
    """Immediately (SIGQUIT: what was committed is replayed) or fast (SIGINT: what runs is rolled back), and away for a while."""
    async with running.postgres_busy:
        await running.database.stop(signal.Signals[fault.detail])
        await asyncio.sleep(fault.seconds)
        await running.database.start()
    return ""


async def freeze_postgres(running: Running, fault: Fault) -> str:
    """The server and all that it runs stop, and go on."""
    async with running.postgres_busy:
        server = running.database.server
        assert server is not None
        assert server.child is not None
        postmaster = psutil.Process(server.child.pid)
        family = [*postmaster.children(), postmaster]
        each(family, signal.SIGSTOP)
        await asyncio.sleep(fault.seconds)
        each(family, signal.SIGCONT)
    return ""


def each(family: list[psutil.Process], number: signal.Signals) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


async def crash_postgres(running: Running, _: Fault) -> str:
    """One backend is killed: the server throws all others out and recovers from its log."""
    async with running.postgres_busy:
        victims = await running.database.fetch(VICTIM)
        if not victims:
            return "not done: nobody is connected"
        os.kill(victims[0]["pid"], signal.SIGKILL)
    return ""


async def hole(proxy: Proxy, fault: Fault) -> str:
    """Nothing gets through (`heal`: what was on its way arrives at last, `cut`: never), or no answer, or all of it slowly."""
    if fault.detail == "slow":
        proxy.delay_seconds = SLOW_SECONDS
    else:
        proxy.black_hole(answers_only=fault.detail == "answers")
    await asyncio.sleep(fault.seconds)
    if fault.detail in ("cut", "answers"):
        proxy.cut()
    proxy.heal()
    return ""


async def hole_kafka(running: Running, fault: Fault) -> str:
    """Half of the replicas lose sight of the broker."""
    return await hole(running.broker.proxies[fault.letter], fault)


async def hole_postgres(running: Running, fault: Fault) -> str:
    return await hole(network(running, fault), fault)


async def cut_kafka(running: Running, fault: Fault) -> str:
    running.broker.proxies[fault.letter].cut()
    return ""


async def cut_postgres(running: Running, fault: Fault) -> str:
    network(running, fault).cut()
    return ""


def network(running: Running, fault: Fault) -> Proxy:
    return running.fleet.replicas[f"{fault.service}-{fault.letter}"].network


DEEDS: dict[str, Deed] = {
    "kafka-restart": restart_kafka,
    "kafka-freeze": freeze_kafka,
    "kafka-hole": hole_kafka,
    "kafka-long-hole": hole_kafka,
    "kafka-cut": cut_kafka,
    "postgres-restart": restart_postgres,
    "postgres-away": restart_postgres,
    "postgres-freeze": freeze_postgres,
    "postgres-crash": crash_postgres,
    "postgres-hole": hole_postgres,
    "postgres-long-hole": hole_postgres,
    "postgres-cut": cut_postgres,
}

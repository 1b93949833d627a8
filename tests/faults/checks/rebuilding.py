"""A projection made anew from the log, and from cells that were compacted, is the live one: the operator's own command says so."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Sequence

from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource

from deploy.local import services
from shared.events import topics
from tests.faults import reading
from tests.faults.ground import ROOT
from tests.faults.running import Running
from tests.faults.servers import RELAYS
from tests.faults.waiting import until

AT_MOST_SECONDS = 120
COMPACTED_SECONDS = 60.0
LOOK_SECONDS = 4.0  # longer than a relay that was ended takes to tell again
SOON = {"segment.ms": "1000", "min.compaction.lag.ms": "0", "min.cleanable.dirty.ratio": "0.01", "max.compaction.lag.ms": "2000"}


async def compact(running: Running, of: Sequence[str]) -> list[str]:
    """Let Kafka compact what these services told, and see that it did: so the log is a day later."""
    topics_of = {service: topics.cells(service) for service in of}
    await asyncio.to_thread(compact_soon, running.broker.bootstrap, list(topics_of.values()))
    left = dict(topics_of)

    async def are_compacted() -> bool:
        for service, topic in topics_of.items():
            if service in left and await asyncio.to_thread(is_compacted, running.broker.bootstrap, topic):
                del left[service]
            elif service in left:  # a segment is closed when something comes after its time
                await running.database.terminate(service, RELAYS)
        return not left

    done = await until(are_compacted, COMPACTED_SECONDS, LOOK_SECONDS)
    return [] if done else [f"Kafka did not compact {sorted(left.values())}: the rebuild proves less"]


def compact_soon(bootstrap: str, names: Sequence[str]) -> None:
    changes = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in SOON.items()]
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=changes) for name in names]
    for future in admin.incremental_alter_configs(resources).values():
        future.result(COMPACTED_SECONDS)


def is_compacted(bootstrap: str, topic: str) -> bool:
    """Whether records are missing between the log's beginning and its end."""
    places = [placed.offset for placed in reading.read(bootstrap, topic.__eq__)]
    return bool(places) and len(places) <= places[-1] - places[0]


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

"""A shard of the onboarding service: `python -m benchmarks.shard NUMBER`. In: topics re-keyed by MSME; out: figures in its own database.

All of it is the service's own but its group and the pattern of its topics. `rekeyed` says where a record of a publisher goes: all
records of an MSME to one shard, so that figures of shards add up. What it does not show: links between MSMEs of two shards (a group
of linked MSMEs would have to be keyed by its smallest member), and merchants that stand under MSMEs of two shards.
"""

import sys
from dataclasses import replace
from zlib import crc32

from benchmarks.register import PARTITIONS, PLATFORMS, Message
from services.onboarding.app import ROOMS
from shared.events import topics
from shared.messaging import service
from shared.messaging.rooms import Rooms

SHARDS = 2
SOURCE = "ce_source"


def publisher(name: str, shard: int) -> str:
    return f"{name}-shard-{shard}"


def inbound() -> dict[str, topics.Topic]:
    """The re-keyed topics."""
    names = [publisher(name, shard) for name in PLATFORMS for shard in range(SHARDS)]
    return {topics.inbound("onboarding", name): topics.INBOUND["onboarding"] for name in names}


def shard_of(message: Message) -> int:
    """Of what the partition does not say already."""
    return crc32(message.key) // PARTITIONS % SHARDS


def rekeyed(message: Message) -> Message:
    """As of a publisher of its shard, which speaks for itself as platform."""
    before = dict(message.headers)[SOURCE]
    name = publisher(before.decode(), shard_of(message))
    headers = [(key, name.encode() if key == SOURCE else value) for key, value in message.headers]
    value = message.value.replace(b'"platform":"%s"' % before, b'"platform":"%s"' % name.encode())
    return message._replace(topic=topics.inbound("onboarding", name), headers=headers, value=value)


def rooms(shard: int) -> Rooms:
    return replace(ROOMS, name=f"onboarding-shard-{shard}", hears=rf"^umkm\.onboarding\.[a-z0-9-]+-shard-{shard}$")


if __name__ == "__main__":
    service.run(rooms(int(sys.argv[1])))

"""`make lag`: how far each service is behind, and why. In: the broker's and the services' addresses; out: for each group and topic the
records that it has not read, and the topics that a service lets wait.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition, admin

from deploy.local import ask

ANSWER_SECONDS = 10
# the client's own types do not say that these are public
NEWEST: Any = getattr(admin, "OffsetSpec").latest()  # noqa: B009


def messages_behind(bootstrap: str) -> dict[tuple[str, str], int]:
    """Records not yet read, by group and topic, as far as groups have committed."""
    client = admin.AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    groups = [found.group_id for found in client.list_consumer_groups(request_timeout=ANSWER_SECONDS).result().valid]
    behind: Counter[tuple[str, str]] = Counter()
    for group in groups:
        committed = read_to(client, group)
        ends = client.list_offsets(dict.fromkeys(committed, NEWEST), request_timeout=ANSWER_SECONDS) if committed else {}
        for place, end in ends.items():
            behind[group, place.topic] += max(0, end.result().offset - committed[place])
    return dict(behind)


def read_to(client: admin.AdminClient, group: str) -> dict[TopicPartition, int]:
    asked = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=ANSWER_SECONDS)
    found = asked[group].result().topic_partitions
    return {TopicPartition(place.topic, place.partition): place.offset for place in found if place.offset >= 0}


async def paused(services: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Rows of service, topic and the seconds after which it is tried again: most of its last records were bad."""
    rows: list[tuple[str, ...]] = []
    for service, address in services.items():
        answer = await ask.get(f"{address}/readyz")
        waiting = json.loads(answer[1]).get("paused", {}) if answer is not None else {}
        rows += [(service, topic, str(seconds)) for topic, seconds in waiting.items()]
    return rows

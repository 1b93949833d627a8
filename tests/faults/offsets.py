"""Moves a group's committed offsets: `python -m tests.faults.offsets BOOTSTRAP GROUP beginning|end|nowhere`; prints how many partitions.

A process of its own, since the client in C can die of it while the broker is going away. Exit status 1 where Kafka refuses.
"""

import sys

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

ANSWER_SECONDS = 10


def alter(bootstrap: str, group: str, where: str) -> int:
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    known = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(ANSWER_SECONDS).topic_partitions
    moved = [TopicPartition(place.topic, place.partition, moved_to(where, place.offset)) for place in known]
    admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, moved)])[group].result(ANSWER_SECONDS)
    return len(moved)


def moved_to(where: str, offset: int) -> int:
    return {"beginning": 0, "end": offset + 3, "nowhere": 10**9}[where]


if __name__ == "__main__":
    try:
        print(alter(*sys.argv[1:]))
    except (KafkaException, TimeoutError) as error:
        sys.exit(str(error))

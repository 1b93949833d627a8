"""What is in Kafka: every inbound record with its place comes out, and where every partition ends."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

from confluent_kafka import OFFSET_BEGINNING, Consumer, ConsumerGroupTopicPartitions, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.oracle.decode import TOPIC
from tests.oracle.records import Record

TIMEOUT_SECONDS = 30.0
AT_ONCE, LOOK_SECONDS = 500, 0.2
Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and where it is in the log."""

    partition: int
    offset: int
    record: Record

    @property
    def place(self) -> tuple[str, int, int]:
        return self.record.topic, self.partition, self.offset


def inbound(bootstrap: str) -> list[Placed]:
    """Every record of every publisher."""
    return read(bootstrap, lambda name: TOPIC.fullmatch(name) is not None)


def read(bootstrap: str, wanted: Wanted) -> list[Placed]:
    consumer = open_consumer(bootstrap)
    try:
        partitions = [TopicPartition(*place, OFFSET_BEGINNING) for place in list_partitions(consumer, wanted)]
        consumer.assign(partitions)
        return list(until_the_end(consumer, len(partitions)))
    finally:
        consumer.close()


def newest(bootstrap: str, topic: str) -> dict[bytes | None, bytes | None]:
    """The last value of every key, as compaction leaves it."""
    return {placed.record.key: placed.record.value for placed in read(bootstrap, topic.__eq__)}


def ends(bootstrap: str, wanted: Wanted) -> dict[tuple[str, int], int]:
    """The next offset of each partition that has records."""
    consumer = open_consumer(bootstrap)
    try:
        marks = {
            place: consumer.get_watermark_offsets(TopicPartition(*place), TIMEOUT_SECONDS) for place in list_partitions(consumer, wanted)
        }
    finally:
        consumer.close()
    return {place: high for place, (_, high) in marks.items() if high}


def committed(bootstrap: str, group: str) -> Counter[str]:
    """How many records of each topic a group says it has read."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    known = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(TIMEOUT_SECONDS).topic_partitions
    return sum((Counter({place.topic: max(place.offset, 0)}) for place in known), Counter[str]())


def open_consumer(bootstrap: str) -> Consumer:
    return Consumer({"bootstrap.servers": bootstrap, "group.id": "harness", "enable.auto.commit": False, "enable.partition.eof": True})


def list_partitions(consumer: Consumer, wanted: Wanted) -> list[tuple[str, int]]:
    topics = consumer.list_topics(timeout=TIMEOUT_SECONDS).topics
    return [(name, partition) for name, topic in topics.items() if wanted(name) for partition in topic.partitions]


def until_the_end(consumer: Consumer, partitions: int) -> Iterator[Placed]:
    """`consume` waits for its number of messages: short waits, and a bound on all without any."""
    ended, heard_at = 0, monotonic()
    while ended < partitions:
        messages = consumer.consume(AT_ONCE, LOOK_SECONDS)
        if messages:
            heard_at = monotonic()
        elif monotonic() - heard_at > TIMEOUT_SECONDS:
            raise RuntimeError(f"only {ended} of {partitions} partitions read within {TIMEOUT_SECONDS} s")
        for message in messages:
            error = message.error()
            if error is None:
                yield placed(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended += 1
            else:
                raise RuntimeError(str(error))


def placed(message: Message) -> Placed:
    topic, partition, offset, stated = message.topic(), message.partition(), message.offset(), message.headers() or []
    assert topic is not None
    assert partition is not None
    assert offset is not None
    pairs = stated.items() if isinstance(stated, dict) else stated
    headers = tuple((name, value.encode() if isinstance(value, str) else value) for name, value in pairs)
    return Placed(partition, offset, Record(topic, message.key(), message.value(), headers, message.timestamp()[1]))

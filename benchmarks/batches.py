"""A service's batches made in memory: a register comes in, batches as Kafka hands them out go out, with nothing else running."""

from collections.abc import Iterator
from typing import Any

from aiokafka import ConsumerRecord

from benchmarks.register import Message, Register
from shared.messaging.batch import Batch
from shared.messaging.broker import BATCH_RECORDS
from shared.postgres.positions import Partition
from shared.runtime import clock


def batches(register: Register, size: int = BATCH_RECORDS) -> Iterator[Batch]:
    """All of it in batches of this size, each partition's records in the order of its log."""
    known_ms = int(clock.now().timestamp() * 1000)
    following: dict[Partition, int] = {}
    for start in range(0, register.events, size):
        begins: dict[Partition, int] = {}
        records: list[ConsumerRecord[Any, Any]] = []
        for message in register.messages(start, min(start + size, register.events)):
            partition = (message.topic, message.partition)
            offset = following.get(partition, 0)
            begins.setdefault(partition, offset)
            following[partition] = offset + 1
            records.append(fetched(message, offset, known_ms))
        records.sort(key=lambda record: (record.topic, record.partition))  # a fetch brings one partition after the other
        yield Batch(records, begins, {partition: following[partition] for partition in begins})


def fetched(message: Message, offset: int, known_ms: int) -> "ConsumerRecord[Any, Any]":
    headers: Any = tuple(message.headers)
    sizes = (len(message.key), len(message.value))
    return ConsumerRecord(message.topic, message.partition, offset, known_ms, 1, message.key, message.value, None, *sizes, headers)

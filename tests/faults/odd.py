"""Records that no client library of ours would send: events come in, a batch with headers whose names are no text goes to Kafka."""

from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from tests.oracle.sending import Sent

CODECS = {None: 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
BATCH_BYTES = 1_000_000


class Name(str):
    """A name that travels as bytes which are no UTF-8."""

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe" + str.encode(self)


async def send(bootstrap: str, records: Sequence[Sent], codec: str | None) -> None:
    """All in one batch, so compressed; every second one has such a header besides."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, CODECS[codec], 0, -1, -1, 0, BATCH_BYTES)
        for number, record in enumerate(records):
            more = [(Name("x"), b"1")] if number % 2 else []
            batch.append(timestamp=None, key=record.key, value=record.value, headers=[*record.headers, *more])
        batch.close()
        await (await producer.send_batch(batch, records[0].topic, partition=0))
    finally:
        await producer.stop()

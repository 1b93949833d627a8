"""Records whose headers have names that are no text: what the client fetched comes in, every record of it goes out.

The client gives up a whole batch of which one name is not UTF-8, for ever, and its partition would stand still. Where that happens
what was fetched is read once more, slowly, and such names come out with `\\xff` in the place of a byte. The client has no place where
this could be told to it: `install` puts two of its classes aside, and a test with a real broker says whether that still works.
"""

import struct
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint

LENGTH = struct.Struct(">8xi")  # after the first offset of a batch


def install() -> None:
    """Every consumer of this process reads so from now on."""
    fetcher.MemoryRecords, fetcher.PartitionRecords = Fetched, Records


class Fetched(MemoryRecords):  # type: ignore[misc]
    """Batches of one partition, and their bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.data = data


class Records(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one partition: where the client's own reader gives up, the careful one goes on with the same record."""

    _records: Any
    _aborted_transactions: list[Any]
    _aborted_producers: set[int]

    def __init__(self, tp: Any, records: Fetched, aborted_transactions: Any, *others: Any) -> None:
        super().__init__(tp, records, aborted_transactions, *others)
        self._aborted_again = list(self._aborted_transactions)

    def _unpack_records(self) -> Iterator[Any]:
        try:
            yield from super()._unpack_records()
            return
        except (CorruptRecordException, UnicodeDecodeError):
            self._records = Slowly(self._records.data)
            self._aborted_transactions, self._aborted_producers = self._aborted_again, set()
        yield from super()._unpack_records()  # what was handed out already is passed over


class Slowly:
    """As much of `MemoryRecords` as is asked by whoever unpacks it."""

    def __init__(self, data: bytes) -> None:
        self._batches = list(batches(data))[::-1]

    def has_next(self) -> bool:
        return bool(self._batches)

    def next_batch(self) -> "CarefulBatch":
        return CarefulBatch(self._batches.pop())


def batches(data: bytes) -> Iterator[memoryview]:
    """The whole ones; the last may be cut off."""
    begin, seen = 0, memoryview(data)
    while len(data) - begin >= LENGTH.size:
        end = begin + LENGTH.size + LENGTH.unpack_from(data, begin)[0]
        if end > len(data):
            return
        yield seen[begin:end]
        begin = end


class CarefulBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    """A batch of the one format that brokers keep."""

    _pos: int

    def _read_msg(self) -> Any:
        """The record at `_pos`: its length and attributes, two differences to the batch, key, value and headers."""
        size, begin = decode_varint(self._buffer, self._pos)
        _, place = decode_varint(self._buffer, begin)
        later_ms, place = decode_varint(self._buffer, place)
        later, place = decode_varint(self._buffer, place)
        key, place = self.part(place)
        value, place = self.part(place)
        headers, place = self.headers(place)
        if place != begin + size:
            raise CorruptRecordException(f"a record of {size} bytes has {place - begin}")
        self._pos = place
        known_ms = self.max_timestamp if self.timestamp_type == self.LOG_APPEND_TIME else self.first_timestamp + later_ms
        return SimpleNamespace(
            offset=self.base_offset + later,
            timestamp=known_ms,
            timestamp_type=self.timestamp_type,
            key=key,
            value=value,
            headers=headers,
            checksum=None,
        )

    def part(self, place: int) -> tuple[bytes | None, int]:
        size, place = decode_varint(self._buffer, place)
        return (None, place) if size < 0 else (bytes(self._buffer[place : place + size]), place + size)

    def headers(self, place: int) -> tuple[list[tuple[str, bytes | None]], int]:
        found = []
        number, place = decode_varint(self._buffer, place)
        for _ in range(number):
            name, place = self.part(place)
            value, place = self.part(place)
            found.append(((name or b"").decode("utf-8", "backslashreplace"), value))
        return found, place

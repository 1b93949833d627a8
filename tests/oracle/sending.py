"""Building records as an outside publisher would: an event in words in, a Kafka record in either CloudEvents mode out."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.records import Record


@dataclass(frozen=True)
class Sent:
    """One record to send: everything but the broker's timestamp.

    `expected` is the reason it is refused for, "" where it is taken, "?" where the contract leaves the code open.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    expected: str = ""

    def at(self, timestamp_ms: int) -> Record:
        return Record(self.topic, self.key, self.value, self.headers, timestamp_ms)


@dataclass(frozen=True)
class Told:
    """An event before it has a form. `type` is short, as in `export.product-exported`."""

    publisher: str
    type: str
    data: dict[str, Any]
    time: str
    id: str
    recordedtime: str | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        return f"umkm.{self.type.split('.')[0]}.{self.publisher}"

    @property
    def attributes(self) -> dict[str, str]:
        stated = {"specversion": "1.0", "id": self.id, "source": self.publisher, "type": f"id.umkm.{self.type}.v1", "time": self.time}
        return {**stated, **({"recordedtime": self.recordedtime} if self.recordedtime else {}), **self.more}


def binary(told: Told) -> Sent:
    headers: list[tuple[str, bytes | None]] = [(f"ce_{name}", value.encode()) for name, value in told.attributes.items()]
    return Sent(told.topic, key_of(told), _bytes(told.data), (("content-type", b"application/json"), *headers))


def structured(told: Told) -> Sent:
    envelope = {**told.attributes, "datacontenttype": "application/json", "data": told.data}
    return Sent(told.topic, key_of(told), _bytes(envelope), (("content-type", b"application/cloudevents+json; charset=utf-8"),))


def key_of(told: Told) -> bytes:
    """Records of one fact share a partition, as design has it; the contract does not rest on it."""
    for name in ("msme_id", "link_id", "ocid", "indicator", "match_id"):
        if name in told.data:
            return str(told.data[name]).encode()
    return told.id.encode()


def msme(number: int, secret: str = "") -> str:
    """A synthetic pseudonym."""
    return f"hmac-sha256:test:{hashlib.sha256(f'{secret}{number}'.encode()).hexdigest()}"


def record(told: Told, timestamp_ms: int, mode: str = "binary") -> Record:
    return (binary(told) if mode == "binary" else structured(told)).at(timestamp_ms)


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()

"""Kafka records for the tests of the contracts: events in, records as a Kafka client hands them out."""

import json
from dataclasses import dataclass, field
from typing import Any

from shared.events import publish
from shared.events.envelope import Event
from shared.messaging.decode import Rejection, decode

EXAMPLES = publish.examples()
# 2024-11-26T05:46:40Z, about a day after the examples.
KNOWN_MS = 1_732_600_000_000
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass
class FakeRecord:
    """What decoding needs of a client's record."""

    topic: str
    value: bytes | None
    headers: Headers = ()
    key: bytes | None = b"key"
    timestamp: int = KNOWN_MS
    partition: int = 0
    offset: int = field(default=0)


def example(name: str, **changes: Any) -> dict[str, Any]:
    """The data of an example by the end of its type (`msme-onboarded`), with changes; None removes a member."""
    found = next(event for kind, event in EXAMPLES.items() if kind.split(".")[3] == name)
    return {member: value for member, value in {**found["data"], **changes}.items() if value is not None}


def envelope(name: str) -> dict[str, Any]:
    """The attributes of an example, without data."""
    found = next(event for kind, event in EXAMPLES.items() if kind.split(".")[3] == name)
    return {member: value for member, value in found.items() if member not in ("data", "datacontenttype")}


def topic_of(attributes: dict[str, Any]) -> str:
    return f"umkm.{attributes['type'].split('.')[2]}.{attributes['source']}"


def headers_of(attributes: dict[str, Any]) -> Headers:
    return (*((f"ce_{name}", str(value).encode()) for name, value in attributes.items()), ("content-type", b"application/json"))


def binary(name: str, data: Any = None, **attributes: Any) -> FakeRecord:
    """A record in binary mode: of an example, with other data or attributes."""
    event = envelope(name)
    topic = topic_of(event)
    event = {key: value for key, value in {**event, **attributes}.items() if value is not None}
    body = data if isinstance(data, bytes) else json.dumps(example(name) if data is None else data).encode()
    return FakeRecord(topic, body, headers_of(event))


def structured(name: str, **members: Any) -> FakeRecord:
    """A record in structured mode: of an example, with other members; ... removes one."""
    event = envelope(name)
    body = {key: value for key, value in {"data": example(name), **event, **members}.items() if value is not ...}
    content_type = ("content-type", b"application/cloudevents+json")
    return FakeRecord(topic_of(event), json.dumps(body).encode(), (content_type,))


def accepted(record: FakeRecord) -> Event:
    outcome = decode(record)
    assert isinstance(outcome, Event), outcome
    return outcome


def refused(record: FakeRecord) -> Rejection:
    outcome = decode(record)
    assert isinstance(outcome, Rejection), outcome
    return outcome


def refused_data(name: str, **changes: Any) -> Rejection:
    """The rejection of an example whose data has these changes."""
    return refused(binary(name, {**example(name), **changes}))


def accepted_data(name: str, **changes: Any) -> Any:
    """The data of an example with these changes, as the model has it."""
    return accepted(binary(name, {**example(name), **changes})).data

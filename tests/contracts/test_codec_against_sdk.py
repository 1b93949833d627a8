"""Our small codec reads what the CloudEvents SDK writes, and the SDK reads the same out of our examples."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.contracts import records

NAMES = [kind.split(".")[3] for kind in records.EXAMPLES]


def sent_by_sdk(name: str) -> CloudEvent:
    attributes: dict[str, Any] = {**records.envelope(name), "time": datetime(2024, 11, 1, 2, 30, tzinfo=UTC), "id": "contoh é %41"}
    return CloudEvent({**attributes, "datacontenttype": "application/json", "custom": "ignored"}, records.example(name))


def as_record(name: str, message: Any) -> records.FakeRecord:
    return records.FakeRecord(records.topic_of(records.envelope(name)), message.value, tuple(message.headers.items()))


@pytest.mark.parametrize("name", NAMES)
def test_events_of_the_sdk_are_read_in_both_modes(name: str) -> None:
    event = sent_by_sdk(name)
    in_headers = records.accepted(as_record(name, kafka.to_binary(event, JSONFormat())))
    in_value = records.accepted(as_record(name, kafka.to_structured(event, JSONFormat())))
    assert in_headers == in_value
    assert in_headers.id == "contoh é %41"
    assert in_headers.data == records.accepted(records.binary(name)).data


@pytest.mark.parametrize("name", NAMES)
def test_the_sdk_reads_the_same_out_of_examples(name: str) -> None:
    for record in (records.binary(name), records.structured(name)):
        assert record.value is not None
        headers = {key: value for key, value in record.headers if value is not None}
        theirs = kafka.from_kafka(kafka.KafkaMessage(headers, None, record.value), JSONFormat())
        ours = records.accepted(record)
        assert (theirs.get_id(), theirs.get_source(), theirs.get_type()) == (ours.id, ours.publisher, ours.type)
        moment = theirs.get_time()
        assert moment is not None
        assert round(moment.timestamp()) * 10**9 == ours.time_ns
        data: Any = theirs.get_data()
        assert (json.loads(data) if isinstance(data, (str, bytes)) else data) == records.example(name)

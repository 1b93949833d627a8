"""What is a CloudEvent for us, in which mode, and what is refused around the data."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.contracts import records
from tests.contracts.records import accepted, binary, refused, structured

NAME = "msme-onboarded"
DAY_NS = 86_400 * 10**9


def with_headers(record: records.FakeRecord, *more: tuple[str, bytes | None]) -> records.FakeRecord:
    return replace(record, headers=(*record.headers, *more))


def with_content_type(record: records.FakeRecord, content_type: bytes | None) -> records.FakeRecord:
    return replace(record, headers=(*(header for header in record.headers if header[0] != "content-type"), ("content-type", content_type)))


@pytest.mark.parametrize(
    "content_type",
    [b"application/cloudevents+json", b"Application/CloudEvents+JSON; charset=UTF-8", b"application/cloudevents+json;x=y"],
)
def test_structured_mode_is_decided_by_content_type_alone(content_type: bytes) -> None:
    record = with_content_type(structured(NAME), content_type)
    beside = with_headers(record, ("ce_source", b"somebody-else"), ("ce_id", b"1"), ("ce_id", b"2"), ("ce_type", None))
    assert accepted(beside) == accepted(structured(NAME))


@pytest.mark.parametrize("content_type", [b"application/json", b"APPLICATION/JSON", b"application/json; charset=utf-8"])
def test_binary_mode_by_content_type(content_type: bytes) -> None:
    assert accepted(with_content_type(binary(NAME), content_type)) == accepted(binary(NAME))


def test_binary_mode_without_content_type() -> None:
    bare = binary(NAME)
    assert accepted(replace(bare, headers=bare.headers[:-1])) == accepted(bare)


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/cloudevents-batch+json",
        b"application/cloudevents+avro",
        b"application/avro",
        b"application/cloudevents",
        b"text/plain",
        b"",
        b"\xff",
        None,
    ],
)
@pytest.mark.parametrize("record", [binary(NAME), structured(NAME)], ids=["binary", "structured"])
def test_every_other_content_type_is_refused(record: records.FakeRecord, content_type: bytes | None) -> None:
    rejection = refused(with_content_type(record, content_type))
    assert (rejection.reason, rejection.path) == ("envelope", "content-type")


@pytest.mark.parametrize("record", [binary(NAME), structured(NAME)], ids=["binary", "structured"])
def test_a_second_content_type_is_refused_in_either_mode(record: records.FakeRecord) -> None:
    assert refused(with_headers(record, ("Content-Type", b"application/json"))).path == "content-type"


def test_header_names_in_any_case() -> None:
    record = binary(NAME)
    shouted = replace(record, headers=tuple((name.upper(), value) for name, value in record.headers))
    assert accepted(shouted) == accepted(record)


@pytest.mark.parametrize("header", ["ce_id", "CE_ID", "ce_anything"])
def test_a_ce_header_given_twice_is_refused_in_binary_mode(header: str) -> None:
    record = with_headers(binary(NAME, anything="x"), (header, b"again"))
    assert refused(record).reason == "envelope"


def test_other_headers_may_come_twice_and_hold_anything() -> None:
    record = with_headers(binary(NAME), ("trace", b"\xff"), ("trace", None), ("ce_subject", b"\xff\xfe"), ("ce_other", None))
    assert accepted(record) == accepted(binary(NAME))


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time"])
@pytest.mark.parametrize("value", [None, b"\xff"])
def test_a_needed_header_that_is_no_text_is_refused(name: str, value: bytes | None) -> None:
    record = binary(NAME)
    headers = tuple((key, value if key == f"ce_{name}" else old) for key, old in record.headers)
    rejection = refused(replace(record, headers=headers))
    assert (rejection.reason, rejection.path) == ("envelope", name)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time"])
def test_a_missing_attribute_is_refused(name: str) -> None:
    for record in (binary(NAME, **{name: None}), structured(NAME, **{name: None})):
        rejection = refused(record)
        assert (rejection.reason, rejection.path) == ("envelope", name)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("value", [1, True, [], {}])
def test_a_structured_attribute_is_text(name: str, value: Any) -> None:
    assert refused(structured(NAME, **{name: value})).reason == "envelope"


@pytest.mark.parametrize("version", ["1", "1.1", "0.3", "1.0 "])
def test_only_specversion_1_0(version: str) -> None:
    assert refused(binary(NAME, specversion=version)).path == "specversion"
    assert refused(structured(NAME, specversion=version)).path == "specversion"


@pytest.mark.parametrize(
    ("text", "good"), [("x", True), ("é" * 200, True), ("a\u200bb", True), ("", False), ("x" * 201, False), ("a\nb", False)]
)
def test_an_id_has_1_to_200_characters(text: str, good: bool) -> None:
    for record in (binary(NAME, id=text), structured(NAME, id=text)):
        if good:
            assert accepted(record).id == text
        else:
            assert refused(record).path == "id"


@pytest.mark.parametrize("value", [None, b""])
@pytest.mark.parametrize("record", [binary(NAME), structured(NAME)], ids=["binary", "structured"])
def test_a_tombstone_and_an_empty_value_are_refused(record: records.FakeRecord, value: bytes | None) -> None:
    assert refused(replace(record, value=value)).reason == "envelope"


def test_a_value_has_at_most_64_kib() -> None:
    data = json.dumps(records.example(NAME)).encode()
    assert accepted(binary(NAME, data + b" " * (65_536 - len(data))))
    assert refused(binary(NAME, data + b" " * (65_537 - len(data)))).reason == "too-large"


def test_the_source_is_the_publisher_of_the_topic() -> None:
    assert refused(binary(NAME, source="toko-lain")).reason == "source-mismatch"
    assert refused(structured(NAME, source="toko-lain")).reason == "source-mismatch"


def test_a_type_belongs_to_its_stream() -> None:
    assert refused(binary(NAME, type="id.umkm.export.export-cancelled.v1")).reason == "wrong-stream"
    for unknown in ("id.umkm.onboarding.msme-onboarded.v2", "onboarding.msme-onboarded.v1", "", "id.umkm.onboarding.msme-onboarded.V1"):
        assert refused(binary(NAME, type=unknown)).reason == "unknown-type"


@pytest.mark.parametrize(
    "topic", ["umkm.onboarding", "umkm.onboarding.Toko", "umkm.cells.export", "umkm.onboarding." + "a" * 65, "", "x\ny"]
)
def test_a_topic_of_another_form_is_refused(topic: str) -> None:
    assert refused(replace(binary(NAME), topic=topic)).path == "topic"


@pytest.mark.parametrize("body", [b"{", b"nope", b'"\xff"', b"[1,", b"\xef\xbb\xbf{}", b"1 2"])
def test_what_is_no_json(body: bytes) -> None:
    assert refused(binary(NAME, body)).reason == "not-json"
    assert refused(replace(structured(NAME), value=body)).reason == "not-json"


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true"])
def test_data_is_an_object(body: bytes) -> None:
    assert refused(binary(NAME, body)).reason == "schema"
    assert refused(replace(structured(NAME), value=body)).reason == "envelope"
    assert refused(structured(NAME, data=json.loads(body))).path == "data"


@pytest.mark.parametrize(
    "member",
    [
        '"note":NaN',
        '"note":Infinity',
        '"note":-Infinity',
        '"note":1e999',
        '"note":"\\ud800"',
        '"note":"\\udc00x"',
        '"note":"a\\u0000b"',
        '"a\\u0000b":1',
        '"note":{"a":1,"a":1}',
        '"note":[{"a":1,"\\u0061":2}]',
        '"scale":"micro"',
        '"note":' + "[" * 300 + "]" * 300,
    ],
)
def test_json_that_readers_disagree_about_is_refused(member: str) -> None:
    data = json.dumps(records.example(NAME))
    assert refused(binary(NAME, f"{data[:-1]},{member}}}".encode())).reason == "not-json"
    event = structured(NAME).value or b""
    inside = event.replace(data.encode(), f"{data[:-1]},{member}}}".encode())
    assert inside != event
    assert refused(replace(structured(NAME), value=inside)).reason == "not-json"


@pytest.mark.parametrize(
    "member", ['"note":"a\\\\u0000b"', '"note":"\\ud83d\\ude00"', '"note":"\\"x\\":\\"x\\""', '"note" : {"a":1,"b":{"a":1}}']
)
def test_escapes_and_blanks_are_no_offence(member: str) -> None:
    data = json.dumps(records.example(NAME))
    assert accepted(binary(NAME, f"{data[:-1]},{member}}}".encode())).digest == accepted(binary(NAME)).digest


def test_a_duplicate_member_of_the_envelope_is_refused() -> None:
    event = structured(NAME).value or b""
    for twin in (b'"id":"again"', b'"unknown":1,"unknown":2'):
        assert refused(replace(structured(NAME), value=event[:-1] + b"," + twin + b"}")).reason == "not-json"


def test_data_base64_beside_data_or_without_json_is_refused() -> None:
    encoded = base64.b64encode(json.dumps(records.example(NAME)).encode()).decode()
    for data in (records.example(NAME), None):
        assert refused(structured(NAME, data=data, data_base64=encoded)).path == "data_base64"
    assert accepted(structured(NAME, data_base64=None))
    for wrong in ("%%%", encoded + "\n", 5, "é", encoded[:-1]):
        assert refused(structured(NAME, data=..., data_base64=wrong)).path == "data_base64"
    assert refused(structured(NAME, data=..., data_base64=base64.b64encode(b"\x00avro").decode())).reason == "not-json"
    twins = base64.b64encode(b'{"a":1,"a":1}').decode()
    assert refused(structured(NAME, data=..., data_base64=twins)).reason == "not-json"


def test_unknown_attributes_are_ignored() -> None:
    assert accepted(structured(NAME, subject=5, extra={"a": [1]})) == accepted(structured(NAME))


@pytest.mark.parametrize(
    ("text", "expected_ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t07:00:00+07:00", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("2024-02-29T23:59:59.999999999z", 1_709_251_199_999_999_999),
        ("2024-11-01T00:00:00.1Z", 1_730_419_200_100_000_000),
        ("2024-11-01T00:00:00.000000001-23:59", 1_730_505_540_000_000_001),
        ("2024-11-01T00:00:00-00:00", 1_730_419_200_000_000_000),
    ],
)
def test_time_is_kept_to_the_nanosecond(text: str, expected_ns: int) -> None:
    event = accepted(binary(NAME, time=text, recordedtime=None))
    assert (event.time_ns, event.recorded_ns) == (expected_ns, expected_ns)
    assert accepted(structured(NAME, time=text, recordedtime=None)).time_ns == expected_ns


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-01T00:00:00",
        "2024-11-01 00:00:00Z",
        "2024-11-01T00:00:60Z",
        "2024-11-01T24:00:00Z",
        "2023-02-29T00:00:00Z",
        "1969-12-31T23:59:59.999999999Z",
        "1970-01-01T00:00:00+00:01",
        "2024-11-01T00:00:00.Z",
        "2024-11-01T00:00:00.0000000001Z",
        "",
        "2024-11-01T00:00:00+24:00",
        "2024-11-01T00:00:00+0700",
        "2024-11-01T00:00Z",
        "20241101T000000Z",
        "2024-11-01T00:00:00Z\n",
        "٢٠٢٤-11-01T00:00:00Z",
        "0000-11-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-11-01T00:00:00,5Z",
        "1730419200",
    ],
)
def test_other_timestamps_are_refused(text: str) -> None:
    for path in ("time", "recordedtime"):
        for record in (binary(NAME, **{path: text}), structured(NAME, **{path: text})):
            rejection = refused(record)
            assert (rejection.reason, rejection.path) == ("time", path)


@pytest.mark.parametrize("value", [5, True, {}, []])
def test_a_structured_timestamp_is_text(value: Any) -> None:
    assert refused(structured(NAME, time=value)).reason == "time"
    assert refused(structured(NAME, recordedtime=value)).reason == "time"


def test_time_may_be_one_day_ahead_of_the_broker_and_no_more() -> None:
    latest = "2024-11-27T05:46:40Z"
    assert accepted(binary(NAME, time=latest, recordedtime=None)).time_ns == records.KNOWN_MS * 10**6 + DAY_NS
    beyond = "2024-11-27T05:46:40.000000001Z"
    for path in ("time", "recordedtime"):
        rejection = refused(binary(NAME, **{path: beyond}))
        assert (rejection.reason, rejection.path) == ("time-in-future", path)


def test_recordedtime_null_or_absent_is_time() -> None:
    event = accepted(structured(NAME, recordedtime=None))
    assert event.recorded_ns == event.time_ns


def test_an_event_carries_what_the_broker_knew() -> None:
    event = accepted(binary(NAME))
    assert (event.publisher, event.stream, event.known_ms) == ("toko-contoh", "onboarding", records.KNOWN_MS)
    assert len(event.digest) == 32

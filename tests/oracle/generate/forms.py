"""Unusual but right forms of a record, and wrong ones: what CloudEvents and JSON allow, and what they do not."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace

from tests.oracle.sending import Sent, Told, binary, structured

Headers = tuple[tuple[str, bytes | None], ...]
OPEN = "?"


def _header(sent: Sent, name: str, value: bytes | None) -> Sent:
    """With one header put in the place of its like."""
    kept = tuple(pair for pair in sent.headers if pair[0].lower() != name.lower())
    return replace(sent, headers=(*kept, (name, value)))


def _without(sent: Sent, name: str) -> Sent:
    return replace(sent, headers=tuple(pair for pair in sent.headers if pair[0].lower() != name))


def _value(sent: Sent, value: bytes | None) -> Sent:
    return replace(sent, value=value)


def _shouting(told: Told) -> Sent:
    sent = binary(told)
    return replace(sent, headers=tuple((name.upper(), value) for name, value in sent.headers))


def _contradicted(told: Told) -> Sent:
    """`ce_` headers beside a structured message are ignored."""
    sent = structured(told)
    return replace(sent, headers=(("ce_id", b"other"), ("ce_id", b"third"), ("ce_source", b"nobody"), *sent.headers))


def _base64(told: Told) -> Sent:
    data = base64.b64encode(json.dumps(told.data).encode()).decode()
    return _value(structured(told), json.dumps({**told.attributes, "data_base64": data}).encode())


RIGHT: tuple[Callable[[Told], Sent], ...] = (
    *(binary,) * 6,
    *(structured,) * 6,
    _shouting,
    _contradicted,
    _base64,
    lambda told: _without(binary(told), "content-type"),
    lambda told: _header(structured(told), "Content-Type", b"Application/CloudEvents+JSON"),
    lambda told: _header(binary(told), "ce_traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    lambda told: binary(replace(told, data={**told.data, "unheard_of": {"a": [1, None, "b"]}})),
)

WRONG: tuple[tuple[str, Callable[[Told], Sent]], ...] = (
    ("not-json", lambda told: _value(binary(told), b'{"msme_id": ')),
    ("not-json", lambda told: _value(structured(told), b"no")),
    (OPEN, lambda told: _value(binary(told), b'{"a": "\xff"}')),
    (OPEN, lambda told: _value(binary(told), None)),
    (OPEN, lambda told: _value(structured(told), b"")),
    (OPEN, lambda told: _value(binary(told), b'"text"')),
    (OPEN, lambda told: _value(structured(told), b"[]")),
    (OPEN, lambda told: _value(binary(told), _twice(told))),
    (OPEN, lambda told: _value(structured(told), _twice(told, '"id": "x", "id": "y"'))),
    (OPEN, lambda told: _value(binary(told), _twice(told, '"x": NaN'))),
    (OPEN, lambda told: _value(binary(told), _twice(told, '"x": -Infinity'))),
    (OPEN, lambda told: _value(binary(told), _twice(told, '"x": "\\ud800"'))),
    (OPEN, lambda told: _value(binary(told), _twice(told, '"x": "\\u0000"'))),
    (OPEN, lambda told: _value(structured(told), json.dumps({**told.attributes, "data": told.data, "data_base64": "e30="}).encode())),
    (OPEN, lambda told: _value(structured(told), json.dumps({**told.attributes, "data_base64": "%%"}).encode())),
    ("too-large", lambda told: binary(replace(told, data={**told.data, "padding": "x" * 65_600}))),
    ("envelope", lambda told: _header(binary(told), "content-type", b"application/avro")),
    ("envelope", lambda told: _header(binary(told), "content-type", b"text/plain")),
    ("envelope", lambda told: _header(structured(told), "content-type", b"application/cloudevents-batch+json")),
    ("envelope", lambda told: _without(_without(binary(told), "content-type"), "ce_specversion")),
    ("envelope", lambda told: replace(binary(told), headers=(*binary(told).headers, ("Content-Type", b"application/json")))),
    ("envelope", lambda told: replace(structured(told), headers=(*structured(told).headers, ("content-type", b"application/json")))),
    ("envelope", lambda told: replace(binary(told), headers=(*binary(told).headers, ("CE_id", b"again")))),
    ("envelope", lambda told: _without(binary(told), "ce_id")),
    ("envelope", lambda told: _without(binary(told), "ce_source")),
    ("envelope", lambda told: _without(binary(told), "ce_type")),
    ("envelope", lambda told: _header(binary(told), "ce_specversion", b"0.3")),
    ("envelope", lambda told: structured(replace(told, id=""))),
    ("envelope", lambda told: binary(replace(told, id="i" * 201))),
    (OPEN, lambda told: _without(binary(told), "ce_time")),
    (OPEN, lambda told: _header(binary(told), "ce_id", b"\xff\xfe")),
    ("source-mismatch", lambda told: _header(binary(told), "ce_source", b"somebody-else")),
    ("source-mismatch", lambda told: _header(binary(told), "ce_source", told.publisher.upper().encode())),
    ("unknown-type", lambda told: binary(replace(told, type=f"{told.type.split('.')[0]}.nothing-happened"))),
    ("unknown-type", lambda told: _header(binary(told), "ce_type", f"id.umkm.{told.type}.v2".encode())),
    ("wrong-stream", lambda told: _header(binary(told), "ce_type", _elsewhere(told).encode())),
    *(
        ("time", lambda told, text=text: structured(replace(told, time=text)))
        for text in (
            "2025-01-01T00:00:00",
            "2025-01-01 00:00:00Z",
            "2025-06-30T23:59:60Z",
            "2025-01-01T00:00:00.1234567890Z",
            "2025-02-30T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2025-01-01T24:00:00Z",
            "2025-01-01",
        )
    ),
    ("time", lambda told: binary(replace(told, recordedtime="yesterday"))),
    ("time-in-future", lambda told: binary(replace(told, time="2099-01-01T00:00:00Z"))),
    ("time-in-future", lambda told: structured(replace(told, recordedtime="2099-01-01T00:00:00Z"))),
)


def _twice(told: Told, added: str = "") -> bytes:
    """The same data with something more that JSON would let pass or not; without it the first member a second time."""
    raw = json.dumps(told.data)
    first = next(iter(told.data))
    return f"{raw[:-1]}, {added or f'{json.dumps(first)}: {json.dumps(told.data[first])}'}}}".encode()


def _elsewhere(told: Told) -> str:
    stream = told.type.split(".")[0]
    return "id.umkm.export.product-exported.v1" if stream != "export" else "id.umkm.identity.identities-unlinked.v1"

"""A raw record in; an Event out, or a Refusal raised (contract §1). CloudEvents 1.0.2, both modes."""

import base64
import hashlib
import re
from typing import Any

from tests.oracle import event_types, instants, strict_json
from tests.oracle.records import Event, Headers, Record, Refusal, Registry

TOPIC = re.compile(r"umkm\.(onboarding|identity|export|procurement|observations)\.([a-z0-9-]{1,64})")
_LIMIT_BYTES = 64 * 1024
_ENVELOPE = ("envelope",)
_UNNAMED = ("envelope", "not-json", "schema")  # refused for certain, under a code that the contract leaves open


def decode(record: Record, registry: Registry) -> Event:
    named = TOPIC.fullmatch(record.topic)
    assert named is not None, record.topic
    stream, publisher = named.groups()
    if not record.value:
        raise Refusal(_UNNAMED, "no value")
    if len(record.value) > _LIMIT_BYTES:
        raise Refusal(("too-large",), "more than 64 KiB")
    attributes, data = _structured(record.value) if _is_structured(record.headers) else _binary(record)
    _check_attributes(attributes, stream, publisher)
    time = instants.plausible(attributes["time"], record.timestamp_ms)
    stated = attributes.get("recordedtime")
    recorded = time if stated is None else instants.plausible(stated, record.timestamp_ms)
    type_ = attributes["type"]
    event_types.check(type_, data)
    _check_platform(stream, publisher, data, registry)
    known = event_types.known_members(type_, data)
    digest = hashlib.sha256(strict_json.canonical({"type": type_, "data": known})).digest()
    return Event(publisher, stream, type_, (time, recorded, attributes["id"]), known, digest, record.timestamp_ms)


def _is_structured(headers: Headers) -> bool:
    """`content-type` decides and nothing else."""
    stated = [value for name, value in headers if name.lower() == "content-type"]
    if len(stated) > 1:
        raise Refusal(_ENVELOPE, "two content types")
    media = (stated[0] or b"").decode("latin-1").partition(";")[0].strip().lower() if stated else None
    if media == "application/cloudevents+json":
        return True
    if media in ("application/json", None) and any(name.lower() == "ce_specversion" for name, _ in headers):
        return False
    raise Refusal(_ENVELOPE, f"content type {media!r}")


def _structured(value: bytes) -> tuple[dict[str, Any], Any]:
    envelope = strict_json.read(value)
    if not isinstance(envelope, dict):
        raise Refusal(_UNNAMED, "not an object")
    if envelope.get("data_base64") is None:
        return envelope, envelope.get("data")
    if "data" in envelope:
        raise Refusal(_UNNAMED, "data twice")
    try:
        return envelope, strict_json.read(base64.b64decode(envelope["data_base64"], validate=True))
    except (ValueError, TypeError) as error:
        raise Refusal(_UNNAMED, "data_base64") from error


def _binary(record: Record) -> tuple[dict[str, Any], Any]:
    attributes: dict[str, Any] = {}
    for header, raw in record.headers:
        name = header.lower()
        if not name.startswith("ce_"):
            continue
        if name[3:] in attributes or raw is None:
            raise Refusal(_ENVELOPE, f"{name} twice, or empty")
        try:
            attributes[name[3:]] = raw.decode()
        except UnicodeDecodeError as error:
            raise Refusal(_ENVELOPE, name) from error
    assert record.value is not None
    return attributes, strict_json.read(record.value)


def _check_attributes(attributes: dict[str, Any], stream: str, publisher: str) -> None:
    for name in ("specversion", "id", "source", "type", "time"):
        if not isinstance(attributes.get(name), str):
            raise Refusal(("envelope", "time") if name == "time" else _ENVELOPE, f"{name} is missing")
    if attributes["specversion"] != "1.0" or not 1 <= len(attributes["id"]) <= 200:
        raise Refusal(_ENVELOPE, "specversion or id")
    if attributes["source"] != publisher:
        raise Refusal(("source-mismatch",), attributes["source"])
    known = event_types.TYPES.get(attributes["type"])
    if known is None:
        raise Refusal(("unknown-type",), attributes["type"])
    if known.stream != stream:
        raise Refusal(("wrong-stream",), attributes["type"])


def _check_platform(stream: str, publisher: str, data: dict[str, Any], registry: Registry) -> None:
    if stream == "onboarding" and not registry.may_speak_for(publisher, data["platform"]):
        raise Refusal(("foreign-platform",), data["platform"])

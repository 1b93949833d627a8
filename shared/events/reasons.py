"""Why a record cannot be taken: the one catalogue of codes, stable once published, and the exception that carries one."""

from collections.abc import Mapping
from types import MappingProxyType

import orjson

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not-json": "The value is not JSON as this contract takes it: UTF-8, no member twice, no NaN, no \\u0000, no lone surrogate.",
        "envelope": "The record is not a CloudEvent 1.0 in binary or structured mode, or an attribute is missing or malformed.",
        "too-large": "The record's value is longer than 65,536 bytes; of more than 16 MB the bytes are not kept.",
        "source-mismatch": "`source` is not the publisher whose topic the record is in.",
        "unknown-type": "No event of this type exists.",
        "wrong-stream": "The type exists, but belongs to the topic of another stream.",
        "time": "`time` or `recordedtime` is not an RFC 3339 timestamp with offset, or lies before 1970.",
        "time-in-future": "`time` or `recordedtime` lies more than one day after the moment the broker received the record.",
        "schema": "A member of `data` is missing or is not what the contract says: see path, expected and seen.",
        "personal-identifier": "A personal number (NIK or NPWP) stands where none may; the bytes of the record are not kept.",
        "currency": "An award in another currency than IDR: it is never counted as rupiah.",
        "parts-mismatch": "Some suppliers of an award state a part and some do not, or the parts do not add up to its value.",
        "share-mismatch": "A stated share cannot follow from its stated parts, or contributors do not add up to 100.",
        "local-above-total": "`local_value_idr` is above `value_idr`.",
        "foreign-platform": "The publisher is not registered to speak for this platform.",
        "opening-period": "An opening balance is as of the end of a year or a month: no other period.",
        "opening-not-possible": "Opening balances exist for stocks and flows of our own, without destination.",
        "apply-failed": "The database refuses this one record, again and again; operators have been told.",
    }
)


class Refused(Exception):
    """A record cannot be taken. `path` is like `data.suppliers[1].scale`, `expected` is words, `seen` at most 200 characters."""

    def __init__(self, reason: str, path: str, expected: str, seen: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"no such reason in the catalogue: {reason}")
        super().__init__(f"{reason} at {path}: expected {expected}, seen {seen}")
        self.reason = reason
        self.path = path
        self.expected = expected
        self.seen = seen


SEEN_CHARACTERS = 200


def shown(value: object) -> str:
    """A value as people read it in `seen`: JSON (so no control characters), cut off."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = ascii(value)
    return text if len(text) <= SEEN_CHARACTERS else text[: SEEN_CHARACTERS - 1] + "…"

"""RFC 3339 instants as integer nanoseconds since 1970 (contract §1)."""

import datetime
import re

from tests.oracle.records import Refusal

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))", re.ASCII
)
_DAY_NS = 86_400 * 10**9


def nanoseconds(text: object) -> int:
    """Raises Refusal `time` where `text` is no instant."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Refusal(("time",), f"{text!r} is no instant")
    day, clock, fraction, sign, hours, minutes = found.groups()
    if int(hours or 0) > 23 or int(minutes or 0) > 59:
        raise Refusal(("time",), f"{text!r} has no offset")
    try:
        local = datetime.datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError as error:
        raise Refusal(("time",), str(error)) from error
    since = local - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    offset = (int(hours or 0) * 60 + int(minutes or 0)) * 60 * (-1 if sign == "-" else 1)
    return (since.days * 86_400 + since.seconds - offset) * 10**9 + int((fraction or "").ljust(9, "0"))


def plausible(text: object, known_ms: int) -> int:
    """From 1970 to one day after the record's Kafka timestamp: one wrong clock must not win for ever."""
    instant = nanoseconds(text)
    if instant < 0:
        raise Refusal(("time",), f"{text!r} is before 1970")
    if instant > known_ms * 10**6 + _DAY_NS:
        raise Refusal(("time-in-future",), f"{text!r} is in the future")
    return instant

"""Timestamps of events: RFC 3339 text with offset in, nanoseconds since 1970 out. Kept to the last digit: versions are compared."""

import re
from datetime import datetime

from shared.events.reasons import Refused, shown

LARGEST_NS = 2**63 - 1
DAY_NS = 86_400 * 10**9
_EXPECTED = "an RFC 3339 timestamp with offset and up to nine digits of fraction, from 1970 on"
_FORM = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.]([0-9]{1,9}))?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # offsets are added as numbers: three times as fast as with time zones


def parse(text: object, path: str, known_ms: int) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z, up to a day after the broker's clock: one wrong clock must not win for ever."""
    form = _FORM(text) if type(text) is str else None
    if form is None:
        raise Refused("time", path, _EXPECTED, shown(text))
    fraction, offset = form.groups()
    # Python's timestamps end at microseconds, so they are used for the whole seconds only.
    since = _moment(form.string, path) - _EPOCH
    seconds = since.days * 86_400 + since.seconds - _OFFSETS[offset]
    if seconds < 0:
        raise Refused("time", path, _EXPECTED, shown(text))
    instant_ns = seconds * 1_000_000_000 + (int(fraction) * 10 ** (9 - len(fraction)) if fraction else 0)
    if instant_ns > known_ms * 1_000_000 + DAY_NS or instant_ns > LARGEST_NS:
        seen = f"{seconds - known_ms // 1000} seconds after it"
        raise Refused("time-in-future", path, "at most one day after the broker's clock", seen)
    return instant_ns


def _moment(text: str, path: str) -> datetime:
    try:
        return datetime.fromisoformat(text[:19])
    except ValueError:
        raise Refused("time", path, "a day that exists", shown(text)) from None


def _all_offsets() -> dict[str, int]:
    """Every offset that the form lets through, in seconds east."""
    minutes = {f"{hour:02}:{minute:02}": hour * 3600 + minute * 60 for hour in range(24) for minute in range(60)}
    east = {f"+{text}": seconds for text, seconds in minutes.items()}
    west = {f"-{text}": -seconds for text, seconds in minutes.items()}
    return {"Z": 0, "z": 0, **east, **west}


_OFFSETS = _all_offsets()

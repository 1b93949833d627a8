"""Timestamps of events: RFC 3339 text with offset in, nanoseconds since 1970 out. Kept to the last digit: versions are compared."""

import re
from datetime import date

from shared.events.reasons import Refused, shown

LARGEST_NS = 2**63 - 1
DAY_NS = 86_400 * 10**9
_EXPECTED = "an RFC 3339 timestamp with offset and up to nine digits of fraction, from 1970 on"
_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_EPOCH = date(1970, 1, 1).toordinal()
_ZEROS = "000000000"
# Events cluster on few days. Bounded, as publishers decide what comes.
_DAYS: dict[str, int] = {}
_MOST_DAYS = 50_000


def parse(text: object, path: str) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z."""
    match = _FORM.fullmatch(text) if type(text) is str else None
    if match is None:
        raise Refused("time", path, _EXPECTED, shown(text))
    day, hour, minute, second, fraction, sign, offset_hour, offset_minute = match.groups()
    seconds = (_DAYS.get(day) or _day_seconds(day, path)) + int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign:
        offset = int(offset_hour) * 3600 + int(offset_minute) * 60
        seconds += offset if sign == "-" else -offset
    if seconds < 0:
        raise Refused("time", path, _EXPECTED, shown(text))
    return seconds * 10**9 + (int(fraction) * 10 ** (9 - len(fraction)) if fraction else 0)


def _day_seconds(day: str, path: str) -> int:
    try:
        seconds = (date.fromisoformat(day).toordinal() - _EPOCH) * 86_400
    except ValueError:
        raise Refused("time", path, _EXPECTED, shown(day)) from None
    if len(_DAYS) < _MOST_DAYS:
        _DAYS[day] = seconds
    return seconds


def refuse_future(instant_ns: int, path: str, known_ms: int) -> None:
    """Refuses what lies more than a day after the broker's clock: one wrong clock must not win for ever."""
    if instant_ns > known_ms * 1_000_000 + DAY_NS or instant_ns > LARGEST_NS:
        late_seconds = (instant_ns - known_ms * 1_000_000) // 10**9
        raise Refused("time-in-future", path, "at most one day after the broker's clock", f"{late_seconds} seconds after it")

"""Time only through here: the present instant, and the month in which Indonesia is (Asia/Jakarta, UTC+7, no daylight saving)."""

from datetime import UTC, datetime, timedelta, timezone

JAKARTA = timezone(timedelta(hours=7))
JAKARTA_NS = 7 * 3_600 * 10**9
DAY_NS = 86_400 * 10**9
HOUR_MS, LAST_HOUR = 3_600_000, 2**31 - 1


def now() -> datetime:
    return datetime.now(UTC)


def present_month() -> int:
    """The running month as year * 12 + month - 1."""
    today = now().astimezone(JAKARTA)
    return today.year * 12 + today.month - 1


def month_of(time_ns: int) -> int:
    """The month in Jakarta of an instant in nanoseconds since 1970."""
    return _month_of_day((time_ns + JAKARTA_NS) // DAY_NS)


def bounded(hour: int) -> int:
    """An hour since 1970 that the database can keep: a topic whose records are dated by who sends them may have any date."""
    return max(-LAST_HOUR, min(hour, LAST_HOUR))


_months: dict[int, int] = {}


def _month_of_day(day: int) -> int:
    month = _months.get(day)
    if month is None:
        date = datetime.fromordinal(datetime(1970, 1, 1).toordinal() + day)  # noqa: DTZ001 - a calendar date
        month = _months[day] = date.year * 12 + date.month - 1
    return month

"""Periods: texts such as `2024`, `2024-03`, `2024-03-05` and `all` come in, months and days go out.

A month is an integer, year * 12 + month - 1. A scope says which cells a figure adds up.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar year, month or day: `first` and `last` are its months, `end` its last day; `form` as in the contract."""

    text: str
    form: str
    first: int
    last: int
    end: date


@dataclass(frozen=True, slots=True)
class Scope:
    """Cells of these months (None: without bound) and of this fiscal year; `end` is None where the scope has none."""

    text: str
    first: int | None = None
    last: int | None = None
    fiscal_year: int | None = None
    end: date | None = None

    def covers(self, month: int | None, fiscal_year: int | None) -> bool:
        if self.fiscal_year is not None and fiscal_year != self.fiscal_year:
            return False
        if self.first is None and self.last is None:
            return True
        return month is not None and (self.first is None or self.first <= month) and (self.last is None or month <= self.last)

    def within(self, other: "Scope") -> "Scope":
        """Both at once; the text stays."""
        firsts = [first for first in (self.first, other.first) if first is not None]
        lasts = [last for last in (self.last, other.last) if last is not None]
        fiscal_year = self.fiscal_year if self.fiscal_year is not None else other.fiscal_year
        return replace(self, first=max(firsts, default=None), last=min(lasts, default=None), fiscal_year=fiscal_year)


EVERYTHING = Scope(ALL)


def parse(text: str) -> Period | None:
    """None where the text is no year, month or day that exists."""
    match = FORM.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        start = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    first = start.year * 12 + start.month - 1
    if day is not None:
        return Period(text, "YYYY-MM-DD", first, first, start)
    last = first if month is not None else first + 11
    return Period(text, "YYYY" if month is None else "YYYY-MM", first, last, last_day(last))


def last_day(month: int) -> date:
    """The last day of a month."""
    year, place = divmod(month, 12)
    return date(year, 12, 31) if place == 11 else date(year, place + 2, 1) - timedelta(days=1)


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_scope(month: int) -> Scope:
    return Scope(month_text(month), month, month, None, last_day(month))


def year_scope(year: int) -> Scope:
    return Scope(f"{year:04d}", year * 12, year * 12 + 11, None, date(year, 12, 31))


def fiscal_year_scope(year: int) -> Scope:
    return Scope(f"{year:04d}", None, None, year, date(year, 12, 31))


def up_to(text: str, month: int, end: date | None) -> Scope:
    """Everything until a month's end: what a stock adds up."""
    return Scope(text, None, month, None, end)

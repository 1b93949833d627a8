"""Rows of a figure: cells added up by a code, a month or a year come in, rows in the order of their codes go out.

Rows by a code are of the figure's scope; rows by time show all of them that the scope allows. What an opening adds is one
row with the code `opening`, where rows add up to the value.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.figures import headline, observed, openings, periods, scopes
from services.reporting.figures import known as knowledge
from services.reporting.figures.headline import Parts
from services.reporting.figures.known import Cube, Known, Observation, Row
from services.reporting.figures.numbers import amount
from services.reporting.figures.openings import Opening
from services.reporting.figures.periods import EVERYTHING, Scope
from services.reporting.indicators import Group, Indicator, load

OPENING = "opening"
TIMES = ("month", "year", "fiscal_year")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of one indicator and group by one dimension; `openings` are empty where the answer is filtered."""

    indicator: Indicator
    group: Group
    by: str
    known: Known
    within: Scope = EVERYTHING
    openings: Sequence[Opening] = ()

    def row(self, code: str | None, parts: Parts) -> dict[str, Any]:
        return {self.by: code, **parts.shown()}

    def parts(self, sums: tuple[int, ...], remainder: int = 0) -> Parts:
        return headline.of_sums(self.indicator, self.group, sums, remainder)


def with_opening(rows: Rows, by: str, indicator: Indicator, opening: Opening | None) -> Rows:
    """The remainder is a row of its own: nobody knows its code."""
    if opening is None or opening.remainder == 0:
        return rows
    return [*rows, {by: OPENING, **Parts(amount(indicator.number, opening.remainder)).shown()}]


def by_code(asked: Asked, cube: Cube) -> Rows:
    """One row a code, unknown last; cells that came to nothing have none."""
    known_first = sorted(cube, key=lambda row: (row.code is None, row.code or ""))
    return [asked.row(row.code, asked.parts(row.measures)) for row in known_first if any(counted(asked.group, row))]


def counted(group: Group, row: Row) -> Iterator[int]:
    """The measures of a row that the group shows."""
    for position in (group.value, group.numerator, group.denominator, group.unclassified):
        if position is not None:
            yield row.measures[position]


def by_time(asked: Asked, cube: Cube) -> Rows:
    """Rows by month, year or fiscal year."""
    if asked.indicator.kind == "stock":
        return list(stock(asked, cube))
    if asked.indicator.kind == "month-count":
        return list(months(asked, cube) if asked.by == "month" else month_of_years(asked, cube))
    return list(flow(asked, cube))


def flow(asked: Asked, cube: Cube) -> Iterator[dict[str, Any]]:
    """What happened in each month or year, those after the present one too."""
    grouped: dict[int | None, list[Row]] = defaultdict(list)
    for row in cube:
        if asked.within.covers(row.month, row.fiscal_year) and any(counted(asked.group, row)):
            grouped[time_of(asked.by, row)].append(row)
    for time in sorted(grouped, key=lambda time: (time is None, time or 0)):
        yield asked.row(time_code(asked.by, time), asked.parts(knowledge.sums(grouped[time], EVERYTHING)))


def time_of(by: str, row: Row) -> int | None:
    if by == "month":
        return row.month
    return row.fiscal_year if by == "fiscal_year" else None if row.month is None else row.month // 12


def time_code(by: str, time: int | None) -> str | None:
    if time is None:
        return None
    return periods.month_text(time) if by == "month" else f"{time:04d}"


def stock(asked: Asked, cube: Cube) -> Iterator[dict[str, Any]]:
    """What stood at the end of each month, or year (of the present one: now), from the first to the present."""
    level, value_at = asked.group.value, dict[int, int]()
    for row in cube:
        if row.month is not None and level is not None and row.measures[level]:
            value_at[row.month] = value_at.get(row.month, 0) + row.measures[level]
    first = min([*value_at, *(opening.month for opening in asked.openings)], default=asked.known.present + 1)
    total = 0
    for month in range(first, asked.known.present + 1):
        total += value_at.get(month, 0)
        if is_row(asked, month):
            opening = openings.by(asked.openings, month)
            value = amount(asked.indicator.number, total + (0 if opening is None else opening.remainder))
            yield asked.row(time_code(asked.by, month if asked.by == "month" else month // 12), Parts(value))


def is_row(asked: Asked, month: int) -> bool:
    """Whether a series has a row that ends with this month."""
    last = min(asked.known.present, asked.known.present if asked.within.last is None else asked.within.last)
    within = month <= last and (asked.within.first is None or asked.within.first <= month)
    return within and (asked.by == "month" or month % 12 == 11 or month == last)


def months(asked: Asked, cube: Cube) -> Iterator[dict[str, Any]]:
    """Counts of each month from the first to the present one, 0 where a month is empty; later ones where they have any."""
    by_month: dict[int, list[Row]] = defaultdict(list)
    for row in cube:
        if row.month is not None and any(counted(asked.group, row)):
            by_month[row.month].append(row)
    present = asked.known.present
    until_now = range(min(by_month, default=present + 1), present + 1)
    for month in (*until_now, *sorted(month for month in by_month if month > present)):
        if asked.within.covers(month, None):
            sums = knowledge.sums(by_month.get(month, ()), EVERYTHING)
            yield asked.row(periods.month_text(month), asked.parts(sums))


def month_of_years(asked: Asked, cube: Cube) -> Iterator[dict[str, Any]]:
    """Distinct counts of months do not add up to a year: each year shows its newest ended month with data."""
    years = {month // 12 for month, _ in asked.known.presence(asked.indicator) if month is not None}
    for year in sorted(years):
        scope = scopes.newest_month(asked.indicator, asked.known, year)
        if scope is not None and asked.within.covers(scope.last, None):
            yield asked.row(f"{year:04d}", asked.parts(knowledge.sums(cube, scope)))


def of_two_sources(asked: Asked) -> Rows:
    """A share of two sources by month or year: each with the denominator of its time."""
    assert asked.indicator.rests_on is not None
    base = load()[asked.indicator.rests_on]
    if base.kind == "stock":
        series = by_time(of_base(asked, base), asked.known.total(base.groups[0]))
        wished = [scopes.of_stock(scope_of(asked.by, row[asked.by]), asked.known) for row in series]
    else:
        years = {month // 12 for month, _ in asked.known.presence(base) if month is not None}
        wished = [periods.year_scope(year) for year in sorted(years) if asked.within.covers(year * 12, None)]
    return [asked.row(scope.text, headline.of_two_sources(asked.indicator, asked.known, scope).parts) for scope in wished]


def of_base(asked: Asked, base: Indicator) -> Asked:
    return Asked(base, base.groups[0], asked.by, asked.known, asked.within, openings.standing(base, asked.known))


def scope_of(by: str, code: str) -> Scope:
    return periods.month_scope(int(code[:4]) * 12 + int(code[5:]) - 1) if by == "month" else periods.year_scope(int(code))


def of_observations(indicator: Indicator, by: str, observations: Sequence[Observation]) -> Rows:
    """By period or by destination; newest last."""
    ordered = sorted(observations, key=lambda one: (one.period.end, -observed.SHORTNESS[one.period.form], one.destination or ""))
    codes = {one.period.text if by == "period" else one.destination: one for one in ordered}
    return [{by: code, **headline.of_stated(indicator, one).shown()} for code, one in codes.items() if code is not None]

"""What is asked: the text of a query comes in, a checked question goes out, or a Problem that names what is possible.

Nothing here looks at data: that a question makes sense follows from the indicator's definition alone.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.reporting.figures import periods
from services.reporting.figures.breakdown import TIMES
from services.reporting.figures.periods import Period
from services.reporting.indicators import Group, Indicator, codes
from shared.runtime.problems import Problem

LONGEST_CODE = 200
FORMS = {"month": "YYYY-MM", "year": "YYYY", "fiscal_year": "YYYY"}


@dataclass(frozen=True, slots=True)
class Question:
    """`filters` are by code, `times` by calendar; `period` is a calendar period, ALL where everything is asked for, or None."""

    indicator: Indicator
    by: str | None
    period: Period | None
    everything: bool
    filters: Mapping[str, str]
    times: Mapping[str, Period]
    group: Group | None
    additive: bool

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters or self.times)

    @property
    def is_plain(self) -> bool:
        return self.by is None and self.period is None and not self.everything and not self.is_filtered


def read(indicator: Indicator, parameters: Sequence[tuple[str, str]]) -> Question:
    """A question about one indicator. `parameters` as they were sent, repeated ones too."""
    dimensions = list(dict.fromkeys(name for names, _ in indicator.combinations for name in names))
    filters_possible = [name for name in dimensions if name not in ("period",)]
    asked = single(parameters, ["by", "period", *filters_possible])
    by, period = asked.pop("by", None), asked.pop("period", None)
    if by is not None and by not in dimensions:
        raise Problem(400, "unknown-dimension", f"{indicator.id} is not known by {shown(by)}.", dimensions)
    place = combination(indicator, by, asked)
    times = {name: read_time(name, text) for name, text in asked.items() if name in TIMES}
    check_times(times, period)
    group = indicator.groups[place] if indicator.groups else None
    filters = {name: read_code(group, name, text) for name, text in asked.items() if name not in TIMES}
    everything = period == periods.ALL
    return Question(
        indicator, by, read_period(indicator, period), everything, filters, times, group, indicator.combinations[place][1]
    )  # fmt: skip


def single(parameters: Iterable[tuple[str, str]], possible: Sequence[str]) -> dict[str, str]:
    """Parameters by name: known ones, each once, in plain text."""
    asked: dict[str, str] = {}
    for name, text in parameters:
        if name not in possible:
            raise Problem(400, "unknown-parameter", f"There is no parameter {shown(name)} here.", possible)
        if name in asked:
            raise Problem(400, "repeated-parameter", f"{name} is given more than once.", possible)
        if not text or len(text) > LONGEST_CODE or not is_plain(text):
            raise Problem(400, "bad-value", f"{name} is 1 to {LONGEST_CODE} characters, none of them a control character.")
        asked[name] = text
    return asked


def is_plain(text: str) -> bool:
    """Whether publishers may send it: no control characters, no lone surrogates."""
    return all(unicodedata.category(character) not in ("Cc", "Cs") for character in text)


def shown(text: str) -> str:
    """What was sent, as it can stand in a sentence."""
    return repr(text[:60])


def combination(indicator: Indicator, by: str | None, asked: Mapping[str, str]) -> int:
    """The place of the first group that has all of these dimensions; what rows are by cannot be filtered as well."""
    wanted = {*asked, *([by] if by else [])}
    if by not in asked:
        for place, (names, _) in enumerate(indicator.combinations):
            if wanted <= set(names):
                return place
    possible = [", ".join(names) for names, _ in indicator.combinations]
    detail = f"{indicator.id} cannot combine {', '.join(sorted(wanted))}: one `by` and filters on the other dimensions of one group."
    raise Problem(400, "impossible-combination", detail, possible)


def read_time(name: str, text: str) -> Period:
    period = periods.parse(text)
    if period is None or period.form != FORMS[name]:
        raise Problem(400, "bad-value", f"{name} is a period that exists.", [FORMS[name]])
    return period


def check_times(times: Mapping[str, Period], period: str | None) -> None:
    if times and period is not None:
        raise Problem(400, "two-periods", f"period and {', '.join(times)} both choose the time: give one.", ["period", *times])
    if {"month", "year"} <= set(times):
        raise Problem(400, "two-periods", "month and year both choose the time: give one.", ["month", "year"])


def read_code(group: Group | None, name: str, text: str) -> str:
    """A code that can be: one of a closed list is in it."""
    inner = group.called.get(name, name) if group is not None else name
    if not codes.is_possible(inner, text):
        raise Problem(400, "unknown-code", f"{shown(text)} is no {name}.", codes.possible(inner))
    return text


def read_period(indicator: Indicator, text: str | None) -> Period | None:
    """One of the forms that make sense for the indicator."""
    period = None if text in (None, periods.ALL) else periods.parse(text or "")
    form = periods.ALL if text == periods.ALL else period.form if period else ""
    if text is not None and form not in indicator.periods:
        raise Problem(400, "impossible-period", f"{indicator.id} has no period {shown(text)}.", indicator.periods)
    return period

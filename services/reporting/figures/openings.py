"""Opening balances: totals stated by others come in, what remains of them beside the units that we know goes out.

Remainder = stated total less what our own events say of the same instant, at least 0: so a headline stays as a register is
loaded, and never counts a unit twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reporting.figures import known as knowledge
from services.reporting.figures import numbers, periods
from services.reporting.figures.known import Known, Observation
from services.reporting.figures.numbers import Shown
from services.reporting.figures.periods import Scope
from services.reporting.indicators import Indicator


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening at the end of `month`; `value` and `remainder` in the unit of cells."""

    month: int
    value: int
    remainder: int
    contradicted: bool
    stated_by: str

    def shown(self, number: str) -> dict[str, Shown | bool]:
        return {
            "value": numbers.amount(number, self.value).shown,
            "at": periods.last_day(self.month).isoformat(),
            "stated_by": self.stated_by,
            "remainder": numbers.amount(number, self.remainder).shown,
            "contradicted": self.contradicted,
        }


def standing(indicator: Indicator, known: Known) -> Sequence[Opening]:
    """One opening an instant, oldest first: the higher in rank holds, of one publisher's the newest version."""
    by_month: dict[int, Observation] = {}
    for one in known.observations.get(indicator.id, ()) if indicator.opening else ():
        month = one.period.last
        if one.opening and (month not in by_month or precedes(one, by_month[month])):
            by_month[month] = one
    return [against(indicator, known, by_month[month], month) for month in sorted(by_month)]


def precedes(one: Observation, other: Observation) -> bool:
    return one.place < other.place or (one.place == other.place and one.version > other.version)


def against(indicator: Indicator, known: Known, observation: Observation, month: int) -> Opening:
    """Held against what our own events say of that instant."""
    group = indicator.groups[0]
    own = knowledge.read(knowledge.sums(known.total(group), Scope("", None, month)), group.value)
    value = numbers.in_cells(indicator.number, observation.value)
    return Opening(month, value, max(value - own, 0), own > value, observation.stated_by)


def by(openings: Sequence[Opening], month: int) -> Opening | None:
    """The newest opening by the end of a month."""
    return next((one for one in reversed(openings) if one.month <= month), None)


def used(indicator: Indicator, known: Known, scope: Scope) -> Opening | None:
    """The opening that a figure of this scope rests on: of a stock always, of a flow only where it counts since the beginning."""
    if indicator.kind == "flow" and scope != periods.EVERYTHING:
        return None
    last = known.present if scope.last is None else min(scope.last, known.present)
    return by(standing(indicator, known), last)

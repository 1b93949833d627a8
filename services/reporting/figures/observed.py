"""Observations: those that stand come in, the one that answers goes out. The newest period by its end; of two the shorter."""

from collections.abc import Iterable

from services.reporting.figures import numbers
from services.reporting.figures.known import Known, Observation
from services.reporting.figures.numbers import Amount, Shown
from services.reporting.indicators import Indicator

SHORTNESS = {"YYYY": 0, "YYYY-MM": 1, "YYYY-MM-DD": 2}


def newest(observations: Iterable[Observation]) -> Observation | None:
    return max(observations, key=lambda one: (one.period.end, SHORTNESS[one.period.form], one.version), default=None)


def headline(indicator: Indicator, known: Known) -> Observation | None:
    """The newest period's, without destination."""
    return newest(one for one in known.observed(indicator.id) if one.destination is None)


def by_end_of(name: str, known: Known, month: int) -> Observation | None:
    """The newest whose period has ended by the end of a month: the denominator of a month."""
    return newest(one for one in known.observed(name) if one.destination is None and one.period.last <= month)


def of_year(name: str, known: Known, year: int) -> Observation | None:
    """That of a calendar year as a whole."""
    return newest(one for one in known.observed(name) if one.destination is None and one.period.text == f"{year:04d}")


def amount(indicator: Indicator, observation: Observation) -> Amount:
    return numbers.stated(indicator.number, observation.value)


def stated(indicator: Indicator, known: Known) -> dict[str, Shown] | None:
    """What others say of one of our own indicators: shown beside its value, never as its value."""
    observation = None if indicator.kind == "observation" else headline(indicator, known)
    if observation is None:
        return None
    return {
        "value": amount(indicator, observation).shown,
        "unit": observation.unit,
        "period": observation.period.text,
        "stated_by": observation.stated_by,
    }

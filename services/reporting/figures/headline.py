"""One figure: an indicator, what is known and a scope come in, the object of `/v1/progress` goes out."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.reporting.figures import known as knowledge
from services.reporting.figures import numbers, observed, openings, scopes, targets
from services.reporting.figures.known import Known, Observation
from services.reporting.figures.numbers import Amount, Shown
from services.reporting.figures.openings import Opening
from services.reporting.figures.periods import Scope
from services.reporting.indicators import Group, Indicator, load

CLOSED_AFTER = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Parts:
    """A value with what it was worked out from; what does not apply or has no data is None."""

    value: Amount | None = None
    numerator: Shown | None = None
    denominator: Shown | None = None
    unclassified: Shown | None = None

    def shown(self) -> dict[str, Shown | None]:
        value = None if self.value is None else self.value.shown
        return {"value": value, "numerator": self.numerator, "denominator": self.denominator, "unclassified": self.unclassified}


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure before it is written down. `opening` is of the indicator `opening_of`: a share can rest on another's."""

    parts: Parts
    period: str | None = None
    end: date | None = None
    opening: Opening | None = None
    opening_number: str = "count"
    unit: str | None = None


def figure(indicator: Indicator, known: Known) -> dict[str, Any]:
    """The headline."""
    return written(indicator, known, answer(indicator, known, scopes.headline(indicator, known)))


def answer(indicator: Indicator, known: Known, scope: Scope | None) -> Answer:
    """What an indicator comes to in a scope, nothing filtered."""
    if indicator.kind == "observation":
        return of_observation(indicator, observed.headline(indicator, known))
    if scope is None:
        return Answer(Parts())
    return of_two_sources(indicator, known, scope) if indicator.rests_on is not None else of_cells(indicator, known, scope)


def of_cells(indicator: Indicator, known: Known, scope: Scope) -> Answer:
    group = indicator.groups[0]
    opening = openings.used(indicator, known, scope)
    sums = knowledge.sums(known.total(group), scope)
    parts = of_sums(indicator, group, sums, 0 if opening is None else opening.remainder)
    if opening is None and not is_known(indicator, known, scope):
        parts = Parts()
    return Answer(parts, scope.text, scope.end, opening, indicator.number)


def is_known(indicator: Indicator, known: Known, scope: Scope) -> bool:
    """Whether a sum of nothing means 0: counts of a month are 0 in an empty month, once there is any."""
    return bool(known.presence(indicator)) if indicator.kind == "month-count" else known.has_data(indicator, scope)


def of_sums(indicator: Indicator, group: Group, sums: tuple[int, ...], remainder: int = 0) -> Parts:
    """The value of added-up cells; `remainder` is what an opening adds."""
    if group.value is not None:
        return Parts(numbers.amount(indicator.number, knowledge.read(sums, group.value) + remainder))
    numerator, denominator = knowledge.read(sums, group.numerator), knowledge.read(sums, group.denominator)
    unclassified = None if group.unclassified is None else str(knowledge.read(sums, group.unclassified))
    return Parts(numbers.percent(Fraction(numerator), Fraction(denominator)), str(numerator), str(denominator), unclassified)


def of_two_sources(indicator: Indicator, known: Known, scope: Scope) -> Answer:
    """One of our own figures over what others observed of the same time."""
    assert indicator.rests_on is not None
    assert indicator.over is not None
    base = answer(load()[indicator.rests_on], known, scope)
    assert scope.last is not None
    yearly = indicator.headline == "shared-year"
    over = observed.of_year(indicator.over, known, scope.last // 12) if yearly else observed.by_end_of(indicator.over, known, scope.last)
    return replace(base, parts=ratio(base.parts.value, load()[indicator.over], over))


def ratio(value: Amount | None, over: Indicator, observation: Observation | None) -> Parts:
    """Null where one of the two is missing; what is known of the other stands beside."""
    denominator = None if observation is None else observed.amount(over, observation)
    share = None if value is None or denominator is None else numbers.percent(value.exact, denominator.exact)
    return Parts(share, None if value is None else value.shown, None if denominator is None else denominator.shown)


def of_observation(indicator: Indicator, observation: Observation | None) -> Answer:
    if observation is None:
        return Answer(Parts())
    return Answer(of_stated(indicator, observation), observation.period.text, observation.period.end, unit=observation.unit)


def of_stated(indicator: Indicator, observation: Observation) -> Parts:
    parts = [None if part is None else format(part, "f") for part in (observation.numerator, observation.denominator)]
    return Parts(observed.amount(indicator, observation), *parts)


def written(indicator: Indicator, known: Known, answer: Answer, *, filtered: bool = False) -> dict[str, Any]:
    """The object that readers see."""
    value = answer.parts.value
    return {
        "id": indicator.id,
        "name": {"id": indicator.name["id"], "en": indicator.name["en"]},
        "unit": answer.unit or indicator.unit,
        "period": answer.period,
        **answer.parts.shown(),
        "opening": None if answer.opening is None else answer.opening.shown(answer.opening_number),
        "target": None if filtered else targets.progress(indicator, known, value),
        "stated": None if filtered else observed.stated(indicator, known),
        "status": status(indicator, known, answer),
        "watermark": watermark(indicator, known),
    }


def status(indicator: Indicator, known: Known, answer: Answer) -> str:
    if answer.parts.value is None:
        return "no-data"
    if indicator.kind == "observation":
        return "final"
    return "final" if answer.end is not None and answer.end < known.today - CLOSED_AFTER else "provisional"


def watermark(indicator: Indicator, known: Known) -> str | None:
    """The newest event time counted: of the facts behind the cells, of openings, and of observations."""
    base = load()[indicator.rests_on] if indicator.rests_on is not None else indicator
    services = {group.service for group in base.groups}
    times = [known.newest.get((service, fact), 0) for service in services for fact in base.facts]
    times += [one.time_ns for one in known.observations.get(base.id, ()) if one.opening or indicator.kind == "observation"]
    times += [one.time_ns for one in known.observed(indicator.over or "")]
    return instant(max(times)) if any(times) else None


def instant(time_ns: int) -> str:
    """RFC 3339 in UTC, to the nanosecond where it matters."""
    seconds, nanoseconds = divmod(time_ns, 10**9)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}{f'.{nanoseconds:09d}'.rstrip('0') if nanoseconds else ''}Z"

"""What reporting decides, without any I/O: observations and targets come in, versions of keys go out, or a refusal.

Opening balances are totals as of the end of a month or a year, of our own stocks and flows, without destination.
"""

from collections.abc import Callable
from typing import Any

import orjson

from services.reporting import indicators
from shared.events import versions
from shared.events.envelope import Event
from shared.events.observations import IndicatorObserved, TargetSet
from shared.events.reasons import Refused
from shared.messaging.fold import Decided, Fact

NO_DESTINATION = ""
LENGTHS_OF_DATES = 10
PLACES = {"dollars": 2}  # of the values of our own indicators; others are counts and whole rupiah
OBSERVATION = Fact(
    "observation",
    key=("indicator", "period", "destination", "opening", "publisher"),
    content=("value", "unit", "stated_by", "numerator", "denominator"),
    empty=(),
    coded=("publisher",),
)
TARGET = Fact(
    "target",
    key=("indicator", "name", "publisher"),
    content=("set_on", "value", "due", "details"),
    empty=(),
    coded=("publisher",),
)


def decide(event: Event) -> Decided:
    """Which key gets which version. Raises Refused for an opening that cannot be."""
    return DECIDE[event.type](event, event.data)


def decide_observation(event: Event, data: IndicatorObserved) -> Decided:
    if data.opening:
        check_opening(data)
    key = (data.indicator, data.period, data.destination or NO_DESTINATION, bool(data.opening), event.publisher)
    content = (str(data.value), data.unit, data.stated_by, text(data.numerator), text(data.denominator))
    return Decided(OBSERVATION, key, versions.of_time(event), content)


def check_opening(data: IndicatorObserved) -> None:
    if len(data.period) == LENGTHS_OF_DATES:
        raise Refused("opening-period", "data.period", "YYYY or YYYY-MM: an opening is as of a year's or month's end", data.period)
    known = indicators.load().get(data.indicator)
    if known is None or not known.opening:
        raise Refused("opening-not-possible", "data.indicator", "a stock or flow of ours", data.indicator)
    if data.destination is not None:
        raise Refused("opening-not-possible", "data.destination", "nothing: an opening has no destination", data.destination)
    places = PLACES.get(known.number, 0)
    if data.value < 0 or data.value != round(data.value, places):
        expected = f"an amount of at least 0 with up to {places} places" if places else "a whole number of at least 0"
        raise Refused("schema", "data.value", expected, str(data.value))


def decide_target(event: Event, data: TargetSet) -> Decided:
    details = data.model_dump(mode="json", include={"baseline", "milestones", "contributors"})
    content = (data.set_on, str(data.value), data.due, orjson.dumps(details, default=str).decode())
    return Decided(TARGET, (data.indicator, data.version, event.publisher), versions.of_time(event), content)


def text(value: object) -> str | None:
    return None if value is None else str(value)


DECIDE: dict[str, Callable[[Event, Any], Decided]] = {
    IndicatorObserved.type: decide_observation,
    TargetSet.type: decide_target,
}

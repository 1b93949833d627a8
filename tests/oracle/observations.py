"""What others state: observations, opening balances and targets, as they hold among publishers."""

import calendar
import datetime
from dataclasses import dataclass
from decimal import Decimal

from tests.oracle.catalogue import INDICATORS, MAY_OPEN
from tests.oracle.facts import Facts
from tests.oracle.records import JAKARTA, Event, Fact, Refusal


@dataclass(frozen=True)
class Opening:
    """A total stated by others as of the end of `month`."""

    value: Decimal
    month: int
    stated_by: str

    @property
    def at(self) -> str:
        return _last_day(self.month // 12, self.month % 12 + 1).isoformat()


def check_opening(event: Event) -> None:
    """Openings exist for stocks and flows of our own, without destination."""
    if event.data.get("opening") is not True:
        return
    if event.data["indicator"] not in MAY_OPEN or "destination" in event.data:
        raise Refusal(("opening-not-possible",), event.data["indicator"])


def end_of(period: str) -> datetime.date:
    """The last day of `2023`, `2023-12` or `2023-12-31`."""
    if len(period) == 10:
        return datetime.date.fromisoformat(period)
    return _last_day(int(period[:4]), int(period[5:7] or 12))


def openings(facts: Facts, indicator: str) -> list[Opening]:
    """One an instant, oldest first: of two publishers the first in rank, of one publisher the newest version."""
    chosen: dict[int, Fact] = {}
    for (named, period, _, kind), stated in facts.all_of("observation").items():
        if named != indicator or kind != "opening":
            continue
        end = end_of(period)
        month = end.year * 12 + end.month - 1
        for fact in stated:
            if month not in chosen or _holds(facts, fact, chosen[month]):
                chosen[month] = fact
    return [Opening(Decimal(chosen[month].data["value"]), month, chosen[month].data["stated_by"]) for month in sorted(chosen)]


def newest_by(opened: list[Opening], month: int) -> Opening | None:
    return max((opening for opening in opened if opening.month <= month), key=lambda opening: opening.month, default=None)


def observed(facts: Facts, indicator: str) -> dict[tuple[str, str | None], Fact]:
    """By period and destination, None where it is of the whole."""
    return {
        (period, destination or None): stated[0]
        for (named, period, destination, kind), stated in facts.all_of("observation").items()
        if named == indicator and kind == ""
    }


def observed_indicators(facts: Facts) -> set[str]:
    return {key[0] for key in facts.all_of("observation")} - INDICATORS.keys()


def newest_period(found: dict[tuple[str, str | None], Fact], until: datetime.date | None = None) -> str | None:
    """The newest by its end, of two with the same end the shorter, without destination."""
    periods = [period for period, destination in found if destination is None and (until is None or end_of(period) <= until)]
    return max(periods, key=lambda period: (end_of(period), len(period)), default=None)


def month_end(month: int) -> datetime.date:
    return _last_day(month // 12, month % 12 + 1)


def target(facts: Facts, indicator: str, now: datetime.datetime) -> Fact | None:
    """That with the newest `set_on` which is not after today; ties by the newer event."""
    today = now.astimezone(JAKARTA).date().isoformat()
    known = [fact for fact in facts.standing("target") if fact.key[0] == indicator and fact.data["set_on"] <= today]
    return max(known, key=lambda fact: (fact.data["set_on"], fact.newness), default=None)


def _holds(facts: Facts, one: Fact, other: Fact) -> bool:
    places = [facts.registry.place(fact.publisher) for fact in (one, other)]
    return places[0] < places[1] or (places[0] == places[1] and one.newness > other.newness)


def _last_day(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])

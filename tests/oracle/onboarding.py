"""Listings and trading reports in; the stocks, flows and counts of the onboarding indicators out."""

from collections import defaultdict

from tests.oracle.counting import Active, Amount, Flow, MonthCount, Stay, Stock
from tests.oracle.facts import Facts, Key, newest
from tests.oracle.links import Groups
from tests.oracle.records import Fact, month_of_ns, month_of_text


def onboarded(facts: Facts, groups: Groups) -> Stock:
    """Each MSME in one province, role and scale: those of its standing listing with the newest version."""
    listings = facts.all_of("listing")
    by_unit: dict[str, dict[Key, list[Fact]]] = defaultdict(dict)
    for key, stated in listings.items():
        by_unit[groups.unit_of(key[0])][key] = stated
    stays: list[Stay] = []
    for unit, own in by_unit.items():
        place = _place([stated[0] for stated in own.values()])
        stays += [
            Stay(unit, {**place, "platform": key[1]}, month_of_ns(fact.first_ns), _end(fact))
            for key, stated in own.items()
            for fact in stated
        ]
    return Stock(stays)


def listings(facts: Facts) -> Stock:
    """Each listing as its leading publisher describes it; it stands while any publisher's statement does."""
    stays: list[Stay] = []
    for key, stated in facts.all_of("listing").items():
        codes = {**_codes(stated[0]), "platform": key[1]}
        stays += [Stay(repr(key), codes, month_of_ns(fact.first_ns), _end(fact)) for fact in stated]
    return Stock(stays)


def traded(facts: Facts) -> Flow:
    """`value_idr` as the top: `traded_value`."""
    return Flow([Amount(_traded_codes(fact), int(fact.data["value_idr"])) for fact in facts.standing("trading")])


def local(facts: Facts) -> Flow:
    return Flow(
        [Amount(_traded_codes(fact), int(fact.data["local_value_idr"]), int(fact.data["value_idr"])) for fact in facts.standing("trading")]
    )


def sellers(facts: Facts, groups: Groups, span: int) -> MonthCount:
    reports = sorted(facts.standing("trading"), key=newest_last)
    reports.sort(key=lambda fact: fact.newness)
    return MonthCount(
        [
            Active(
                groups.unit_of(fact.key[0]),
                month_of_text(fact.data["month"]),
                {"province": fact.data["province"], "role": fact.data["role"]},
            )
            for fact in reports
            if fact.data["orders"] > 0
        ],
        span,
    )


def newest_last(fact: Fact) -> list[list[int]]:
    """Sorts the greater (natural key, publisher) first, so that on a tie of versions the smaller comes last and wins."""
    return [[-ord(character) for character in part] + [1] for part in (*fact.key, fact.publisher)]


def _place(leading: list[Fact]) -> dict[str, str | None]:
    """Of those that stand; of an MSME that has left, its last known place."""
    standing = [fact for fact in leading if fact.standing]
    return _codes(newest(standing or leading))


def _codes(fact: Fact) -> dict[str, str | None]:
    return {name: fact.data[name] for name in ("province", "role", "scale")}


def _end(fact: Fact) -> int | None:
    return None if fact.ended_ns is None else month_of_ns(fact.ended_ns)


def _traded_codes(fact: Fact) -> dict[str, str | None]:
    month = fact.data["month"]
    named = {name: fact.data[name] for name in ("platform", "province", "role")}
    return {"month": month, "year": month[:4], **named}

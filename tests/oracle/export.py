"""Declaration items and completed trainings in; the export indicators out. Dollars are counted in cents."""

from collections import defaultdict
from decimal import Decimal

from tests.oracle.counting import Active, Amount, Codes, Flow, MonthCount, Stay, Stock
from tests.oracle.facts import Facts, newest
from tests.oracle.links import Groups
from tests.oracle.onboarding import newest_last
from tests.oracle.places import REGION_OF, priority_of
from tests.oracle.records import Fact, month_of_text
from tests.oracle.values import PIECES


def exporters(facts: Facts, groups: Groups) -> Stock:
    stays: list[Stay] = []
    for unit, items in _by_unit(facts, groups, "item").items():
        province = newest(items).data["province"]
        stays += [
            Stay(
                unit,
                {"province": province, "destination": item.data["destination"], "commodity": item.data["goods"]["code"][:2]},
                _month(item),
            )
            for item in items
        ]
    return Stock(stays)


def value(facts: Facts) -> Flow:
    return Flow([Amount(_codes(item), _cents(item)) for item in facts.standing("item")])


def pieces(facts: Facts) -> Flow:
    return Flow(
        [Amount(_codes(item), int(Decimal(item.data["quantity"]))) for item in facts.standing("item") if item.data["unit"] in PIECES]
    )


def priority_value(facts: Facts) -> Flow:
    """Its commodity is that of the list, not the HS chapter."""
    amounts = []
    for item in facts.standing("item"):
        commodity = priority_of(item.data["goods"]["code"])
        if commodity is not None:
            amounts.append(Amount({**_codes(item), "commodity": commodity}, _cents(item)))
    return Flow(amounts)


def exporters_consistent(facts: Facts, groups: Groups) -> MonthCount:
    items = sorted(facts.standing("item"), key=newest_last)
    items.sort(key=lambda fact: fact.newness)
    return MonthCount(
        [Active(groups.unit_of(item.data["msme_id"]), _month(item), {"province": item.data["province"]}) for item in items], 3
    )


def trained(facts: Facts, groups: Groups) -> Stock:
    stays: list[Stay] = []
    for unit, trainings in _by_unit(facts, groups, "training").items():
        data = newest(trainings).data
        start = min(month_of_text(training.data["completed_on"]) for training in trainings)
        stays.append(Stay(unit, {"campus": data["campus"], "province": data.get("province")}, start))
    return Stock(stays)


def exporters_trained(facts: Facts, groups: Groups) -> Stock:
    """Those of the trained that are exporters, from the month in which they are both."""
    since: dict[str, int] = {}
    for unit, items in _by_unit(facts, groups, "item").items():
        since[unit] = min(_month(item) for item in items)
    return Stock(
        [Stay(stay.unit, stay.codes, max(stay.start, since[stay.unit])) for stay in trained(facts, groups).stays if stay.unit in since]
    )


def _by_unit(facts: Facts, groups: Groups, kind: str) -> dict[str, list[Fact]]:
    units: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts.standing(kind):
        units[groups.unit_of(fact.data["msme_id"])].append(fact)
    return units


def _month(item: Fact) -> int:
    return month_of_text(item.data["declaration"]["date"])


def _cents(item: Fact) -> int:
    return int(Decimal(item.data["fob_usd"]) * 100)


def _codes(item: Fact) -> Codes:
    declaration = item.data["declaration"]
    return {
        "month": declaration["date"][:7],
        "year": declaration["date"][:4],
        "province": item.data["province"],
        "destination": item.data["destination"],
        "region": REGION_OF[item.data["destination"]],
        "commodity": item.data["goods"]["code"][:2],
        "type": declaration["type"],
    }

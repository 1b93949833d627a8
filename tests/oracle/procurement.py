"""Awards, budgets and matches in; the procurement and partnership indicators out. Rupiah are whole."""

from collections import defaultdict
from typing import Any

from tests.oracle.counting import Amount, Codes, Flow, Stay, Stock
from tests.oracle.facts import Facts, newest
from tests.oracle.links import Groups
from tests.oracle.records import Fact, month_of_ns, month_text

_MSME = ("micro", "small", "medium")


def parts(award: dict[str, Any]) -> list[int]:
    """What each supplier gets: as stated, else split equally, the rupiah that do not divide to the first ones."""
    suppliers = award["suppliers"]
    if "share_idr" in suppliers[0]:
        return [int(supplier["share_idr"]) for supplier in suppliers]
    each, left = divmod(int(award["value_idr"]), len(suppliers))
    return [each + (place < left) for place in range(len(suppliers))]


def value(facts: Facts) -> Flow:
    return Flow([Amount(_codes(award), int(award.data["value_idr"])) for award in facts.standing("award")])


def msme_share(facts: Facts) -> Flow:
    return Flow(
        [
            Amount(
                _codes(award),
                _of(award, lambda supplier: supplier["country"] == "ID" and supplier["scale"] in _MSME),
                int(award.data["value_idr"]),
                _of(award, lambda supplier: supplier["scale"] == "unknown"),
            )
            for award in facts.standing("award")
        ]
    )


def domestic_share(facts: Facts) -> Flow:
    return Flow([_domestic(award) for award in facts.standing("award")])


def _domestic(award: Fact) -> Amount:
    stated = award.data["domestic"]
    pdn, tkdn = stated.get("pdn"), stated.get("tkdn")
    indonesian = _of(award, lambda supplier: supplier["country"] == "ID")
    met = pdn is True or (tkdn is not None and tkdn >= 25)
    unknown = pdn is None and tkdn is None
    return Amount(_codes(award), indonesian if met else 0, int(award.data["value_idr"]), indonesian if unknown else 0)


def umkk_share(facts: Facts) -> Flow:
    """Tops come from awards whose buyer and year have a budget, bottoms from the budgets."""
    budgets = {(budget.data["buyer"]["id"], budget.data["fiscal_year"]): budget for budget in facts.standing("budget")}
    amounts = [Amount(_budget_codes(budget), 0, int(budget.data["budget_idr"])) for budget in budgets.values()]
    for award in facts.standing("award"):
        duty = _of(award, _is_umkk) if award.data["domestic"].get("pdn") is True else 0
        budget = budgets.get((award.data["buyer"]["id"], award.data["fiscal_year"]))
        if budget is None:
            amounts.append(Amount(_budget_codes(award), 0, 0, duty, counts_as_data=False))
        else:
            amounts.append(Amount(_budget_codes(budget), duty, counts_as_data=False))
    return Flow(amounts)


def allocated_share(facts: Facts) -> Flow:
    return Flow(
        [
            Amount(_budget_codes(budget), int(budget.data["umkk_allocation_idr"]), int(budget.data["budget_idr"]))
            for budget in facts.standing("budget")
        ]
    )


def partnership_msmes(facts: Facts, groups: Groups) -> Stock:
    units: dict[str, list[Fact]] = defaultdict(list)
    for match in facts.standing("match"):
        units[groups.unit_of(match.data["msme_id"])].append(match)
    stays = []
    for unit, matches in units.items():
        province = newest(matches).data["province"]
        stays += [Stay(unit, {"province": province, **_forum(match)}, _month(match)) for match in matches]
    return Stock(stays)


def partnership_enterprises(facts: Facts) -> Stock:
    return Stock([Stay(match.data["enterprise"]["id"], _forum(match), _month(match)) for match in facts.standing("match")])


def potential(facts: Facts) -> Flow:
    return Flow([Amount(_match_codes(match), int(match.data["potential_idr"])) for match in facts.standing("match")])


def ventures(facts: Facts) -> Flow:
    return Flow([Amount(_match_codes(match), 1) for match in facts.standing("match") if match.data["kind"] == "joint-venture"])


def _of(award: Fact, wanted: Any) -> int:
    return sum(part for part, supplier in zip(parts(award.data), award.data["suppliers"], strict=True) if wanted(supplier))


def _is_umkk(supplier: dict[str, Any]) -> bool:
    return supplier["country"] == "ID" and (supplier["scale"] in ("micro", "small") or supplier["legal_form"] == "cooperative")


def _codes(award: Fact) -> Codes:
    data = award.data
    return {
        "month": data["awarded_on"][:7],
        "year": data["awarded_on"][:4],
        "fiscal_year": str(data["fiscal_year"]),
        "province": data["province"],
        "buyer_kind": data["buyer"]["kind"],
        "category": data["category"],
        "method": data["method"],
    }


def _budget_codes(fact: Fact) -> Codes:
    return {"fiscal_year": str(fact.data["fiscal_year"]), "buyer_kind": fact.data["buyer"]["kind"]}


def _forum(match: Fact) -> Codes:
    return {"forum": match.data["forum"], "kind": match.data["kind"]}


def _month(match: Fact) -> int:
    return month_of_ns(match.stated.time_ns)


def _match_codes(match: Fact) -> Codes:
    month = month_text(_month(match))
    return {
        "month": month,
        "year": month[:4],
        "province": match.data["province"],
        "enterprise": match.data["enterprise"]["id"],
        "component": match.data["component"],
        "forum": match.data["forum"],
        "partner_country": match.data["enterprise"]["country"],
    }

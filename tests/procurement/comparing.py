"""Procurement's cells and a plain recount of the same records come in; where they differ, an assertion fails."""

from collections import Counter
from collections.abc import Callable

from tests.oracle import procurement
from tests.oracle.counting import Amount, Flow
from tests.projections import Cells, Plain, measure, net_flows, told_contested

AWARD = ("month", "fiscal_year", "province", "buyer_kind", "category", "method")
BUDGET = ("fiscal_year", "buyer_kind")
MATCH = ("month", "province", "enterprise", "component", "forum", "partner_country")


def check(cells: dict[str, Cells], plain: Plain) -> None:
    check_awards(cells["award"], plain)
    check_budgets(cells["budget"], plain)
    check_matches(cells, plain)
    assert told_contested(cells["contested"], natural_key) == plain.contested("award", "budget", "match")


def natural_key(_: str, key: dict[str, str]) -> tuple[str, ...]:
    return tuple(key.values())


def check_awards(cells: Cells, plain: Plain) -> None:
    value, msme, domestic = (count(plain.facts) for count in (procurement.value, procurement.msme_share, procurement.domestic_share))
    everywhere = range(len(AWARD))
    assert measure(cells, 0, *everywhere) == sums(value, AWARD, top)
    assert measure(cells, 1, *everywhere) == sums(msme, AWARD, top)
    assert measure(cells, 2, *everywhere) == sums(msme, AWARD, aside)
    assert measure(cells, 3, *everywhere) == sums(domestic, AWARD, top)
    assert measure(cells, 4, *everywhere) == sums(domestic, AWARD, aside)
    assert measure(cells, 5, *everywhere) == sums(value, AWARD, one)


def check_budgets(cells: Cells, plain: Plain) -> None:
    umkk, allocated = procurement.umkk_share(plain.facts), procurement.allocated_share(plain.facts)
    assert measure(cells, 0, 0, 1) == sums(umkk, BUDGET, top)
    assert measure(cells, 1, 0, 1) == sums(umkk, BUDGET, aside)
    assert measure(cells, 2, 0, 1) == sums(allocated, BUDGET, bottom)
    assert measure(cells, 3, 0, 1) == sums(allocated, BUDGET, top)
    assert measure(cells, 4, 0, 1) == sums(allocated, BUDGET, one)


def check_matches(cells: dict[str, Cells], plain: Plain) -> None:
    potential, everywhere = procurement.potential(plain.facts), range(len(MATCH))
    assert measure(cells["match"], 0, *everywhere) == sums(potential, MATCH, top)
    assert measure(cells["match"], 1, *everywhere) == sums(procurement.ventures(plain.facts), MATCH, top)
    assert measure(cells["match"], 2, *everywhere) == sums(potential, MATCH, one)
    msmes, enterprises = procurement.partnership_msmes(plain.facts, plain.groups), procurement.partnership_enterprises(plain.facts)
    assert measure(cells["partner"], 0, 0, 1) == net_flows(msmes, "province")
    assert measure(cells["enterprise"], 0, 0) == net_flows(enterprises)
    for dimension in ("forum", "kind"):
        assert measure(cells[f"partner_{dimension}"], 0, 0, 1) == net_flows(msmes, dimension)
        assert measure(cells[f"partner_{dimension}"], 1, 0, 1) == net_flows(enterprises, dimension)


def sums(flow: Flow, dimensions: tuple[str, ...], of: Callable[[Amount], int]) -> dict[tuple[str | None, ...], int]:
    found: Counter[tuple[str | None, ...]] = Counter()
    for amount in flow.amounts:
        found[tuple(amount.codes[name] for name in dimensions)] += of(amount)
    return {key: value for key, value in found.items() if value}


def top(amount: Amount) -> int:
    return amount.top


def bottom(amount: Amount) -> int:
    return amount.bottom


def aside(amount: Amount) -> int:
    return amount.aside


def one(_: Amount) -> int:
    return 1

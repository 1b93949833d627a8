"""What of an award counts for what, and which version a procurement event gives to which key."""

import datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from services.procurement import model
from services.procurement.model import AWARD, BUDGET, MATCH, Parts
from shared.events.envelope import Event
from shared.events.procurement import AwardAmended, ProcurementAwarded
from shared.messaging.decode import decode
from shared.messaging.fold import Decided
from shared.runtime import clock
from tests.oracle import procurement as oracle
from tests.oracle.examples import NOW, award_cancelled, awarded, budget, buyer, matched, records, supplier
from tests.oracle.sending import Told
from tests.procurement.events import amended, awards


def event(told: Told) -> Event:
    (raw,) = records(told)
    decoded = decode(ConsumerRecord(raw.topic, 0, 0, raw.timestamp_ms, 1, raw.key, raw.value, None, 0, 0, raw.headers))
    assert isinstance(decoded, Event), decoded
    return decoded


def award(value: int, *suppliers: dict[str, Any], **domestic: Any) -> ProcurementAwarded:
    stated = {"pdn": True, "tkdn": None, "bmp": None, **domestic}
    data = event(awarded("o1", "2025-02-01", value, list(suppliers), domestic=stated)).data
    assert isinstance(data, ProcurementAwarded)
    return data


def decided(told: Told) -> Decided:
    return model.decide(event(told))


@pytest.mark.parametrize(("value", "suppliers", "shares"), [(100, 3, [34, 33, 33]), (101, 3, [34, 34, 33]), (2, 3, [1, 1, 0]), (0, 1, [0])])
def test_an_equal_split_gives_what_does_not_divide_to_the_first(value: int, suppliers: int, shares: list[int]) -> None:
    assert model.shares_of(award(value, *[supplier() for _ in range(suppliers)])) == shares


def test_stated_shares_are_taken_as_stated() -> None:
    assert model.shares_of(award(10, supplier(share_idr="0"), supplier(share_idr="10"))) == [0, 10]


@given(value=st.integers(0, 10**15 - 1), suppliers=st.integers(1, 40))
def test_shares_add_up_exactly(value: int, suppliers: int) -> None:
    shares = model.shares_of(award(value, *[supplier() for _ in range(suppliers)]))
    assert sum(shares) == value
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


def test_scales_decide_what_counts() -> None:
    scales = [supplier(scale) for scale in ("micro", "small", "medium", "large", "unknown")]
    shares = [str(10**place) for place in range(5)]
    stated = [{**one, "share_idr": share} for one, share in zip(scales, shares, strict=True)]
    assert model.parts(award(11111, *stated)) == Parts(
        msme_idr=111, unclassified_idr=10000, umkk_idr=11, domestic_idr=11111, domestic_unclassified_idr=0
    )


def test_a_supplier_abroad_counts_for_the_whole_value_only_and_unknown_wherever_it_is() -> None:
    assert model.parts(award(10, supplier(country="SG"))) == Parts(0, 0, 0, 0, 0)
    assert model.parts(award(10, supplier("unknown", country="SG"))).unclassified_idr == 10


def test_a_cooperative_counts_for_the_duty_whatever_its_scale_but_only_at_home() -> None:
    large = model.parts(award(10, supplier("large", legal_form="cooperative")))
    assert (large.umkk_idr, large.msme_idr) == (10, 0)
    assert model.parts(award(10, supplier("unknown", legal_form="cooperative"))) == Parts(0, 10, 10, 10, 0)
    assert model.parts(award(10, supplier("micro", legal_form="cooperative"))).umkk_idr == 10
    assert model.parts(award(10, supplier("large", legal_form="cooperative", country="MY"))).umkk_idr == 0


@pytest.mark.parametrize(
    ("pdn", "tkdn", "umkk", "domestic", "unclassified"),
    [
        (True, None, 10, 10, 0),
        (True, 0, 10, 10, 0),
        (False, None, 0, 0, 0),
        (False, 25, 0, 10, 0),
        (False, 24.99, 0, 0, 0),
        (None, 25, 0, 10, 0),
        (None, 24.99, 0, 0, 0),
        (None, 0, 0, 0, 0),
        (None, None, 0, 0, 10),
    ],
)
def test_domestic_content(pdn: bool | None, tkdn: float | None, umkk: int, domestic: int, unclassified: int) -> None:
    found = model.parts(award(10, supplier(), pdn=pdn, tkdn=tkdn, bmp=15))
    assert (found.umkk_idr, found.domestic_idr, found.domestic_unclassified_idr) == (umkk, domestic, unclassified)


@given(told=awards())
def test_shares_are_those_of_a_plain_recount(told: Told) -> None:
    data = event(told).data
    assert isinstance(data, ProcurementAwarded | AwardAmended)
    assert model.shares_of(data) == oracle.parts(told.data)


def test_an_amendment_states_the_same_key_again() -> None:
    first, second = decided(awarded("o1", "2025-02-01", 5, [supplier()])), decided(amended("o1", "2025-03-01", 5, [supplier()], version=2))
    assert first.key == second.key
    assert first.version < second.version
    assert first.content[:2] == (2025 * 12 + 1, 2025)
    assert len(first.content) == len(AWARD.content) == len(AWARD.empty)


def test_a_cancellation_with_the_version_of_what_it_cancels_wins() -> None:
    said, void = decided(awarded("o1", "2025-02-01", 5, [supplier()], version=2)), decided(award_cancelled("o1", 2, "2025-02-01"))
    assert void.cancels
    assert void.key == said.key
    assert decided(award_cancelled("o1", 1, "2025-02-01")).version < said.version < void.version


def test_a_natural_key_is_the_publishers_own_and_has_no_doubt_in_it() -> None:
    assert model.key_of("a", "bc") != model.key_of("ab", "c")
    mine, yours = (decided(awarded("o1", "2025-02-01", 5, [supplier()], publisher=name)) for name in ("a", "b"))
    assert mine.key[:3] == yours.key[:3]
    assert mine.key != yours.key


def test_a_budget_is_of_a_buyer_and_a_year() -> None:
    found = decided(budget("b1", 2025, 100, 40, buyer=buyer("b1", "soe")))
    assert (found.fact, found.key, found.content) == (BUDGET, ("b1", 2025, "lpse"), ("soe", 100, 40))


def test_a_match_is_of_the_month_in_jakarta() -> None:
    found = decided(matched("1", 1, "2025-01-31T17:00:00Z", kind="joint-venture"))
    named = dict(zip(MATCH.content, found.content, strict=True))
    assert (named["month"], named["ventures"], named["potential_idr"]) == (2025 * 12 + 1, 1, 5000)
    assert dict(zip(MATCH.content, decided(matched("1", 1, "2025-01-31T16:59:59Z")).content, strict=True))["month"] == 2025 * 12
    assert clock.month_of(int(datetime.datetime(2025, 2, 1, tzinfo=clock.JAKARTA).timestamp()) * 10**9) == 2025 * 12 + 1
    assert NOW.year == 2026

"""The synthetic past: it can be taken, repeats itself, has the shape that was measured, and stays before 2024 where that matters."""

from collections import Counter
from datetime import datetime, timedelta

import orjson
import pytest

from deploy.demo import population, sellers, wire
from deploy.demo.sellers import Seller
from deploy.demo.wire import Said
from shared.events import provinces, publishers
from shared.events.envelope import Event
from shared.runtime.clock import JAKARTA
from tests.demo import listening
from tests.demo.test_history import ROOT

LINE = datetime(2023, 12, 31, tzinfo=JAKARTA)
ONBOARDED = "onboarding.msme-onboarded"


def values(past: list[Said]) -> set[bytes]:
    return {wire.structured(said).value for said in past}


@pytest.fixture(scope="module")
def base() -> list[Seller]:
    return sellers.base(listening.SEED, 4000)


@pytest.fixture(scope="module")
def past(base: list[Seller]) -> list[Said]:
    return listening.past(base)


def test_every_event_of_the_past_can_be_taken_in_either_mode(past: list[Said]) -> None:
    for form in (wire.binary, wire.structured):
        bad = [event for event in listening.heard(map(form, past)) if not isinstance(event, Event)]
        assert not bad, bad[0]


def test_a_later_start_repeats_all_and_adds(base: list[Seller]) -> None:
    few = base[:200]
    before, after = values(listening.past(few)), values(listening.past(few, listening.NOW + timedelta(days=20)))
    assert before < after


def test_another_seed_is_another_nation() -> None:
    assert sellers.base(1, 3) == sellers.base(1, 3)
    assert sellers.base(1, 3) != sellers.base(2, 3)


def test_ids_name_one_event(past: list[Said]) -> None:
    by_id: dict[tuple[str, str], Said] = {}
    for said in past:
        assert by_id.setdefault((said.publisher, said.id), said) == said


def test_sellers_are_first_sighted_and_leave_before_2024(past: list[Said]) -> None:
    moving = [said for said in past if said.type in (ONBOARDED, "onboarding.msme-offboarded")]
    assert moving
    assert max(said.at for said in moving) < LINE


def test_sellers_live_where_they_do(base: list[Seller]) -> None:
    islands = Counter(provinces.PROVINCES[seller.listings[0].province].island_group for seller in base)
    assert islands["Jawa"] / len(base) == pytest.approx(0.59, abs=0.03)
    assert islands["Sumatera"] / len(base) == pytest.approx(0.24, abs=0.03)
    assert len({seller.listings[0].province for seller in base}) == 38


def test_sellers_have_the_size_that_they_have(base: list[Seller]) -> None:
    scales = Counter(seller.listings[0].scale for seller in base)
    assert scales["micro"] / len(base) == pytest.approx(0.968, abs=0.01)
    assert scales["small"] / len(base) == pytest.approx(0.017, abs=0.008)
    assert scales["medium"] / len(base) == pytest.approx(0.014, abs=0.008)


def test_some_sell_on_several_platforms_under_linked_identities(base: list[Seller], past: list[Said]) -> None:
    several = [seller for seller in base if len(seller.listings) > 1]
    assert len(several) / len(base) == pytest.approx(0.2, abs=0.03)
    linked = {orjson.dumps(said.data["msme_ids"]) for said in past if said.type == "identity.identities-linked"}
    for seller in several:
        others = {listing.msme_id for listing in seller.listings} - {seller.msme_id}
        assert all(orjson.dumps([seller.msme_id, other]) in linked for other in others)


def test_award_amounts_are_lognormal(past: list[Said]) -> None:
    amounts = sorted(int(str(said.data["value_idr"])) for said in past if said.type == "procurement.procurement-awarded")
    assert amounts[len(amounts) // 2] == pytest.approx(40e6, rel=0.15)
    assert sum(amounts) / len(amounts) == pytest.approx(200e6, rel=0.3)


def test_awards_are_amended_and_cancelled_as_often_as_they_are(past: list[Said]) -> None:
    kinds = Counter(said.type for said in past)
    awarded = kinds["procurement.procurement-awarded"]
    assert 0.05 < kinds["procurement.award-amended"] / awarded < 0.10
    assert 0.01 < kinds["procurement.award-cancelled"] / awarded < 0.03


def test_everybody_who_speaks_is_registered_for_it(past: list[Said]) -> None:
    registry = publishers.load(ROOT / "deploy" / "publishers.yaml")
    assert all(registry.speaks_on(publisher, stream) for publisher, stream in {(said.publisher, said.stream) for said in past})
    for publisher, platform in {(said.publisher, str(said.data["platform"])) for said in past if said.stream == "onboarding"}:
        assert registry.may_speak_for(publisher, platform)


def test_names_say_that_they_are_synthetic(past: list[Said]) -> None:
    assert all(said.publisher.startswith("sintetis-") for said in past)
    for said in past:
        name = said.data.get("merchant_id") or said.data.get("match_id") or said.data.get("ocid") or said.data.get("link_id")
        assert name is None or "sintetis" in str(name)


def test_budgets_of_the_present_year_are_announced_for_all_buyers(past: list[Said]) -> None:
    announced = {said.key for said in past if said.type == "procurement.budget-announced" and said.data["fiscal_year"] == 2026}
    assert announced == {buyer.name for buyer in population.buyers(listening.SEED)}

"""Generated events of procurement systems and forums: few keys and versions, so that most of them meet another."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.generated import DATES, PROVINCES, WHO, versioned
from tests.oracle.examples import award_cancelled, awarded, budget, buyer, matched, supplier
from tests.oracle.sending import Told

SYSTEMS = st.sampled_from(["lkpp", "lpse"])
PROCESSES = st.sampled_from(["o1", "o2", "o3"])
VERSIONS = st.integers(1, 3)
YEARS = st.sampled_from([2024, 2025])
BUYERS = st.builds(buyer, st.sampled_from(["b1", "b2"]), st.sampled_from(["region", "ministry"]))
AMOUNTS = st.integers(0, 10**15 - 1) | st.integers(0, 10)
SUPPLIERS = st.builds(
    supplier,
    st.sampled_from(["micro", "small", "medium", "large", "unknown"]),
    legal_form=st.sampled_from(["pt", "cooperative"]),
    country=st.sampled_from(["ID", "ID", "SG"]),
)
DOMESTIC = st.fixed_dictionaries({"pdn": st.sampled_from([None, True, False]), "tkdn": st.sampled_from([None, 0, 24.99, 25, 100])})


def amended(*args: Any, **data: Any) -> Told:
    whole = awarded(*args, **data)
    return Told(whole.publisher, "procurement.award-amended", whole.data, whole.time, whole.id, whole.recordedtime)


@st.composite
def awards(draw: st.DrawFn) -> Told:
    """Awarded or amended; with all shares stated or none."""
    suppliers = draw(st.lists(SUPPLIERS, min_size=1, max_size=4))
    value = draw(AMOUNTS)
    if draw(st.booleans()):
        shares = [draw(st.integers(0, 10**14)) for _ in suppliers]
        suppliers = [{**one, "share_idr": str(share)} for one, share in zip(suppliers, shares, strict=True)]
        value = sum(shares)
    make: Callable[..., Told] = draw(st.sampled_from([awarded, amended]))
    classes = {"category": draw(st.sampled_from(["goods", "works"])), "method": draw(st.sampled_from(["tender", "direct"]))}
    stated = {"buyer": draw(BUYERS), "fiscal_year": draw(YEARS), "version": draw(VERSIONS), "domestic": draw(DOMESTIC)}
    place = {"publisher": draw(SYSTEMS), "province": draw(PROVINCES)}
    return make(draw(PROCESSES), draw(DATES), value, suppliers, **stated, **place, **classes)


CANCELLATIONS = st.builds(award_cancelled, PROCESSES, VERSIONS, DATES, SYSTEMS)


@st.composite
def budgets(draw: st.DrawFn) -> Told:
    stated = draw(BUYERS)
    total, allocation = draw(AMOUNTS), draw(AMOUNTS)
    return budget(stated["id"], draw(YEARS), total, allocation, draw(SYSTEMS), buyer=stated, version=draw(VERSIONS))


@st.composite
def enterprises(draw: st.DrawFn) -> dict[str, Any]:
    id_ = draw(st.sampled_from(["inka", "pal"]))
    return {"id": id_, "name": id_.upper(), "kind": "soe", "country": draw(st.sampled_from(["ID", "JP"]))}


MATCHES = versioned(
    matched,
    st.sampled_from(["m1", "m2", "m3"]),
    WHO,
    DATES,
    publisher=SYSTEMS,
    province=PROVINCES,
    enterprise=enterprises(),
    forum=st.sampled_from(["Temu Bisnis", "Expo"]),
    kind=st.sampled_from(["assessment", "joint-venture"]),
    component=st.sampled_from(["spare parts", "seats"]),
    potential_idr=AMOUNTS.map(str),
)

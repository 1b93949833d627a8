"""What procurement decides, without any I/O: events come in, versions of keys go out.

An award becomes the parts of it that count: for MSMEs, for the statutory duty (UMKK), for domestic content. They are worked out
once, here: all else only adds them up. Amounts are whole rupiah.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from asyncpg.pgproto.pgproto import UUID

from shared.events import versions
from shared.events.envelope import Event
from shared.events.identity import IdentitiesLinked, IdentitiesUnlinked
from shared.events.procurement import AwardAmended, AwardCancelled, BudgetAnnounced, BusinessMatched, ProcurementAwarded
from shared.identity.links import decide_link, msme_key
from shared.messaging.fold import Decided, Fact
from shared.runtime import clock

AWARD = Fact(
    "award",
    key=("award_key", "ocid", "award_id", "publisher"),
    content=(
        "month",
        "fiscal_year",
        "province",
        "buyer",
        "buyer_kind",
        "category",
        "method",
        "value_idr",
        "msme_idr",
        "unclassified_idr",
        "umkk_idr",
        "domestic_idr",
        "domestic_unclassified_idr",
    ),
    empty=(None,) * 13,
    coded=("publisher", "province", "buyer", "buyer_kind", "category", "method"),
)
BUDGET = Fact(
    "budget",
    key=("buyer", "fiscal_year", "publisher"),
    content=("buyer_kind", "budget_idr", "umkk_allocation_idr"),
    empty=(),
    coded=("buyer", "publisher", "buyer_kind"),
)
MATCH = Fact(
    "match",
    key=("match_key", "match_id", "publisher"),
    content=(
        "msme",
        "month",
        "province",
        "enterprise",
        "component",
        "forum",
        "kind",
        "partner_country",
        "potential_idr",
        "ventures",
    ),
    empty=(),
    coded=("publisher", "province", "enterprise", "component", "forum", "kind", "partner_country"),
)
HOME = "ID"
MSME = ("micro", "small", "medium")
UMKK = ("micro", "small")  # and cooperatives of any size
DOMESTIC_TKDN = 25  # percent of domestic content that is enough


class Parts(NamedTuple):
    """What of an award counts for what. `unclassified`: we do not know whether it counts; it stands beside the number."""

    msme_idr: int
    unclassified_idr: int
    umkk_idr: int
    domestic_idr: int
    domestic_unclassified_idr: int


def decide(event: Event) -> Decided:
    """Which key gets which version."""
    return DECIDE[event.type](event, event.data)


def decide_award(event: Event, data: ProcurementAwarded | AwardAmended) -> Decided:
    month = data.awarded_on.year * 12 + data.awarded_on.month - 1
    classes = (data.province, data.buyer.id, data.buyer.kind, data.category, data.method)
    content = (month, data.fiscal_year, *classes, data.value_idr, *parts(data))
    return Decided(AWARD, award_key(event, data), versions.of_number(event, data.version), content)


def decide_cancellation(event: Event, data: AwardCancelled) -> Decided:
    version = versions.of_number(event, data.version, versions.CANCELLATION)
    return Decided(AWARD, award_key(event, data), version, (), cancels=True)


def decide_budget(event: Event, data: BudgetAnnounced) -> Decided:
    key = (data.buyer.id, data.fiscal_year, event.publisher)
    return Decided(BUDGET, key, versions.of_number(event, data.version), (data.buyer.kind, data.budget_idr, data.umkk_allocation_idr))


def decide_match(event: Event, data: BusinessMatched) -> Decided:
    place = (msme_key(data.msme_id), clock.month_of(event.time_ns), data.province)
    classes = (data.enterprise.id, data.component, data.forum, data.kind, data.enterprise.country)
    content = (*place, *classes, data.potential_idr, int(data.kind == "joint-venture"))
    return Decided(MATCH, (key_of(data.match_id), data.match_id, event.publisher), versions.of_time(event), content)


def parts(award: ProcurementAwarded | AwardAmended) -> Parts:
    """What of this award counts for what: parts of suppliers abroad count for nothing but the whole value."""
    home = msme = umkk = unclassified = 0
    for supplier, share in zip(award.suppliers, shares_of(award), strict=True):
        if supplier.scale == "unknown":
            unclassified += share
        if supplier.country == HOME:
            home += share
            msme += share if supplier.scale in MSME else 0
            umkk += share if supplier.scale in UMKK or supplier.legal_form == "cooperative" else 0
    pdn, tkdn = award.domestic.pdn, award.domestic.tkdn
    return Parts(
        msme_idr=msme,
        unclassified_idr=unclassified,
        umkk_idr=umkk if pdn else 0,
        domestic_idr=home if pdn or (tkdn is not None and tkdn >= DOMESTIC_TKDN) else 0,
        domestic_unclassified_idr=home if pdn is None and tkdn is None else 0,
    )


def shares_of(award: ProcurementAwarded | AwardAmended) -> list[int]:
    """Each supplier's part: as stated, else an equal split; the rupiah that do not divide go to the first suppliers."""
    each, left = divmod(award.value_idr, len(award.suppliers))
    return [each + (place < left) if supplier.share_idr is None else supplier.share_idr for place, supplier in enumerate(award.suppliers)]


def award_key(event: Event, data: ProcurementAwarded | AwardAmended | AwardCancelled) -> tuple[object, ...]:
    return (key_of(data.ocid, data.award_id), data.ocid, data.award_id, event.publisher)


def key_of(*texts: str) -> UUID:
    """The 16 bytes that stand for a natural key; texts hold no control character, so a zero parts them without doubt."""
    return UUID(sha256("\0".join(texts).encode()).digest()[:16])


DECIDE: dict[str, Callable[[Event, Any], Decided]] = {
    ProcurementAwarded.type: decide_award,
    AwardAmended.type: decide_award,
    AwardCancelled.type: decide_cancellation,
    BudgetAnnounced.type: decide_budget,
    BusinessMatched.type: decide_match,
    IdentitiesLinked.type: decide_link,
    IdentitiesUnlinked.type: decide_link,
}

"""Every event type: the stream it belongs to, its members, and the rules that go beyond one value."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle import values
from tests.oracle.values import Members, list_of, members_of, one_of, refuse

MUST, MAY = True, False
Known = dict[str, Any]  # member → None, or the members of the object (or of the objects of the list) below it


@dataclass(frozen=True)
class EventType:
    stream: str
    members: Members
    known: Known


_listing: Members = {"msme_id": (values.msme_id, MUST), "platform": (values.text, MUST), "merchant_id": (values.text, MUST)}
_place: Members = {"province": (values.province, MUST), "role": (one_of("producer", "reseller"), MUST)}
_profile: Members = {**_listing, **_place, "scale": (one_of("micro", "small", "medium"), MUST)}
_trading: Members = {
    **_listing,
    **_place,
    "month": (values.month, MUST),
    "orders": (values.orders, MUST),
    "value_idr": (values.rupiah, MUST),
    "local_value_idr": (values.rupiah, MUST),
}
_declaration: Members = {
    "type": (one_of("PEB", "CN"), MUST),
    "number": (values.text, MUST),
    "date": (values.date, MUST),
    "item": (values.item, MUST),
}
_goods: Members = {"version": (values.text, MUST), "code": (values.goods_code, MUST)}
_exported: Members = {
    "msme_id": (values.msme_id, MUST),
    "declaration": (members_of(_declaration), MUST),
    "goods": (members_of(_goods), MUST),
    "destination": (values.country, MUST),
    "province": (values.province, MUST),
    "fob_usd": (values.dollars, MUST),
    "quantity": (values.quantity, MUST),
    "unit": (values.text, MUST),
    "platform": (values.text, MAY),
}
_trained: Members = {
    "msme_id": (values.msme_id, MUST),
    "campus": (values.name, MUST),
    "programme": (values.name, MUST),
    "completed_on": (values.date, MUST),
    "province": (values.province, MAY),
}
_buyer: Members = {
    "id": (values.text, MUST),
    "name": (values.name, MUST),
    "kind": (one_of("ministry", "agency", "region", "soe"), MUST),
}
_supplier: Members = {
    "id": (values.text, MUST),
    "scale": (one_of("micro", "small", "medium", "large", "unknown"), MUST),
    "legal_form": (one_of("pt", "cv", "cooperative", "sole-trader", "other"), MUST),
    "country": (values.country, MUST),
    "share_idr": (values.rupiah, MAY),
}
_domestic: Members = {
    "pdn": (values.boolean, MAY),
    "tkdn": (values.percent_or_none, MAY),
    "bmp": (values.percent_or_none, MAY),
}
_award_key: Members = {"ocid": (values.text, MUST), "award_id": (values.text, MUST), "version": (values.version, MUST)}
_award: Members = {
    **_award_key,
    "awarded_on": (values.date, MUST),
    "buyer": (members_of(_buyer), MUST),
    "fiscal_year": (values.fiscal_year, MUST),
    "value_idr": (values.rupiah, MUST),
    "suppliers": (list_of(members_of(_supplier)), MUST),
    "method": (values.text, MUST),
    "category": (values.text, MUST),
    "domestic": (members_of(_domestic), MUST),
    "province": (values.province, MUST),
    "currency": (values.text, MAY),
}
_budget: Members = {
    "buyer": (members_of(_buyer), MUST),
    "fiscal_year": (values.fiscal_year, MUST),
    "version": (values.version, MUST),
    "budget_idr": (values.rupiah, MUST),
    "umkk_allocation_idr": (values.rupiah, MUST),
}
_enterprise: Members = {
    "id": (values.text, MUST),
    "name": (values.name, MUST),
    "kind": (one_of("soe", "large", "foreign"), MUST),
    "country": (values.country, MUST),
}
_matched: Members = {
    "match_id": (values.text, MUST),
    "forum": (values.name, MUST),
    "kind": (one_of("assessment", "supply-chain", "joint-venture"), MUST),
    "enterprise": (members_of(_enterprise), MUST),
    "msme_id": (values.msme_id, MUST),
    "province": (values.province, MUST),
    "component": (values.text, MUST),
    "potential_idr": (values.rupiah, MUST),
}
_observed: Members = {
    "indicator": (values.text, MUST),
    "period": (values.period, MUST),
    "value": (values.stated_number, MUST),
    "unit": (values.text, MUST),
    "stated_by": (values.name, MUST),
    "destination": (values.country, MAY),
    "numerator": (values.stated_part, MAY),
    "denominator": (values.stated_part, MAY),
    "opening": (values.boolean, MAY),
}
_baseline: Members = {"value": (values.stated_number, MUST), "at": (values.period, MUST)}
_contributor: Members = {"name": (values.name, MUST), "share": (values.stated_number, MUST)}
_target: Members = {
    "indicator": (values.text, MUST),
    "version": (values.text, MUST),
    "set_on": (values.date, MUST),
    "value": (values.stated_number, MUST),
    "due": (values.period, MUST),
    "baseline": (members_of(_baseline), MAY),
    "milestones": (list_of(members_of(_baseline), 0), MAY),
    "contributors": (list_of(members_of(_contributor), 0), MAY),
}
_below: dict[str, Members] = {
    "declaration": _declaration,
    "goods": _goods,
    "buyer": _buyer,
    "suppliers": _supplier,
    "domestic": _domestic,
    "enterprise": _enterprise,
    "baseline": _baseline,
    "milestones": _baseline,
    "contributors": _contributor,
}
_all: dict[str, Members] = {
    "onboarding.msme-onboarded": _profile,
    "onboarding.msme-profile-changed": _profile,
    "onboarding.msme-offboarded": _listing,
    "onboarding.trading-reported": _trading,
    "identity.identities-linked": {"link_id": (values.text, MUST), "msme_ids": (values.two_msme_ids, MUST)},
    "identity.identities-unlinked": {"link_id": (values.text, MUST)},
    "export.product-exported": _exported,
    "export.export-corrected": _exported,
    "export.export-cancelled": {"declaration": (members_of(_declaration), MUST)},
    "export.exporter-trained": _trained,
    "procurement.procurement-awarded": _award,
    "procurement.award-amended": _award,
    "procurement.award-cancelled": {**_award_key, "reason": (values.text, MUST)},
    "procurement.budget-announced": _budget,
    "procurement.business-matched": _matched,
    "observations.indicator-observed": _observed,
    "observations.target-set": _target,
}
TYPES = {
    f"id.umkm.{short}.v1": EventType(short.split(".")[0], members, {name: _below.get(name) for name in members})
    for short, members in _all.items()
}


def check(type_: str, data: Any) -> None:
    """Raises Refusal where `data` is not what an event of this type holds."""
    members_of(TYPES[type_].members)(data)
    for rule in (_check_local, _check_pieces, _check_currency, _check_parts, _check_contributors, _check_share, _check_opening):
        rule(data)


def known_members(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the contract knows of `data`; null is as absent."""
    known: dict[str, Any] = _only(data, TYPES[type_].known)
    return known


def _only(value: Any, known: Known | None) -> Any:
    if isinstance(value, list) and known is not None:
        return [_only(member, known) for member in value]
    if not isinstance(value, dict) or known is None:
        return value
    return {name: _only(value[name], _below.get(name)) for name in known if value.get(name) is not None}


def _check_local(data: dict[str, Any]) -> None:
    if "local_value_idr" in data and int(data["local_value_idr"]) > int(data["value_idr"]):
        refuse("more local than in all", "local-above-total")


def _check_pieces(data: dict[str, Any]) -> None:
    if data.get("unit") in values.PIECES and "quantity" in data and Decimal(data["quantity"]) % 1 != 0:
        refuse("a part of a piece")


def _check_currency(data: dict[str, Any]) -> None:
    if "suppliers" in data and data.get("currency") not in (None, "IDR"):
        refuse("another currency", "currency")


def _check_parts(data: dict[str, Any]) -> None:
    parts = [supplier.get("share_idr") for supplier in data.get("suppliers", ())]
    stated = [int(part) for part in parts if part is not None]
    if stated and (len(stated) != len(parts) or sum(stated) != int(data["value_idr"])):
        refuse("parts do not give the value", "parts-mismatch")


def _check_contributors(data: dict[str, Any]) -> None:
    contributors = data.get("contributors") or []
    if contributors and sum(Decimal(contributor["share"]) for contributor in contributors) != 100:
        refuse("contributors do not add up to 100", "share-mismatch", "schema")


def _check_opening(data: dict[str, Any]) -> None:
    if data.get("opening") is True and len(data["period"]) == 10:
        refuse("an opening of a day", "opening-period")


def _check_share(data: dict[str, Any]) -> None:
    if data.get("numerator") is None and data.get("denominator") is None:
        return
    if data.get("numerator") is None or data.get("denominator") is None:
        refuse("one part of a share", "schema", "share-mismatch")
    if not share_agrees(str(data["value"]), data["numerator"], data["denominator"]):
        refuse("the parts do not give the share", "share-mismatch")


def share_agrees(stated: str, numerator: str, denominator: str) -> bool:
    """Each part lies within half a unit of its last digit; can their ratio round, or be cut off, to what was stated?"""
    top, bottom = (Fraction(text) for text in (numerator, denominator))
    top_half, bottom_half = _half_unit(numerator), _half_unit(denominator)
    if bottom + bottom_half <= 0:
        return False
    least = max(top - top_half, Fraction(0)) * 100 / (bottom + bottom_half)
    most = (top + top_half) * 100 / (bottom - bottom_half) if bottom > bottom_half else None
    value, half = Fraction(stated), _half_unit(stated)
    # rounded: [value - half, value + half]; cut off: [value, value + 2 half)
    return least < value + 2 * half and (most is None or most >= value - half)


def _half_unit(text: str) -> Fraction:
    return Fraction(1, 2 * 10 ** len(text.partition(".")[2]))

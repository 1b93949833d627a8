"""Small events for hand-made examples: sensible members unless said otherwise."""

import datetime
from itertools import count
from typing import Any

from tests.oracle.records import Record, Registry
from tests.oracle.recount import Recount
from tests.oracle.sending import Told, msme, record

NOW = datetime.datetime(2026, 11, 25, 3, 0, tzinfo=datetime.UTC)
_numbers = count(1)


def told(publisher: str, type_: str, time: str, **data: Any) -> Told:
    recordedtime, id_ = data.pop("recordedtime", None), data.pop("id", None)
    return Told(publisher, type_, data, _instant(time), id_ or f"e{next(_numbers):06d}", recordedtime and _instant(recordedtime))


def onboarded(publisher: str, who: int, time: str, **data: Any) -> Told:
    profile = {"msme_id": msme(who), "platform": publisher, "merchant_id": f"m{who}", "province": "ID-JB", "role": "producer"}
    return told(publisher, "onboarding.msme-onboarded", time, **{**profile, "scale": "micro", **data})


def profile_changed(publisher: str, who: int, time: str, **data: Any) -> Told:
    whole = onboarded(publisher, who, time, **data)
    return Told(publisher, "onboarding.msme-profile-changed", whole.data, whole.time, whole.id, whole.recordedtime)


def offboarded(publisher: str, who: int, time: str, **data: Any) -> Told:
    listing = {"msme_id": msme(who), "platform": publisher, "merchant_id": f"m{who}"}
    return told(publisher, "onboarding.msme-offboarded", time, **{**listing, **data})


def traded(publisher: str, who: int, month: str, **data: Any) -> Told:
    report = {"msme_id": msme(who), "platform": publisher, "merchant_id": f"m{who}", "month": month, "province": "ID-JB"}
    amounts = {"role": "producer", "orders": 3, "value_idr": "1000", "local_value_idr": "600"}
    return told(publisher, "onboarding.trading-reported", f"{month}-28", **{**report, **amounts, **data})


def linked(link: str, one: int, other: int, time: str, publisher: str = "registry", **data: Any) -> Told:
    return told(publisher, "identity.identities-linked", time, **{"link_id": link, "msme_ids": [msme(one), msme(other)], **data})


def unlinked(link: str, time: str, publisher: str = "registry", **data: Any) -> Told:
    return told(publisher, "identity.identities-unlinked", time, link_id=link, **data)


def exported(who: int, number: str, date: str, publisher: str = "customs", **data: Any) -> Told:
    declaration = {"type": "PEB", "number": number, "date": date, "item": 1}
    goods = {"version": "HS2022", "code": "03061710"}
    rest = {"destination": "JP", "province": "ID-JI", "fob_usd": "1000.50", "quantity": 10, "unit": "KGM"}
    return told(
        publisher, "export.product-exported", date, **{"msme_id": msme(who), "declaration": declaration, "goods": goods, **rest, **data}
    )


def trained(who: int, campus: str, date: str, publisher: str = "campus", **data: Any) -> Told:
    what = {"msme_id": msme(who), "campus": campus, "programme": "Ekspor", "completed_on": date}
    return told(publisher, "export.exporter-trained", date, **{**what, **data})


def supplier(scale: str = "micro", **more: Any) -> dict[str, Any]:
    return {"id": f"s-{next(_numbers)}", "scale": scale, "legal_form": "pt", "country": "ID", **more}


def buyer(id_: str = "b1", kind: str = "region") -> dict[str, Any]:
    return {"id": id_, "name": f"Buyer {id_}", "kind": kind}


def awarded(ocid: str, date: str, value: int, suppliers: list[dict[str, Any]], publisher: str = "lpse", **data: Any) -> Told:
    award = {"ocid": ocid, "award_id": "1", "version": 1, "awarded_on": date, "buyer": buyer(), "fiscal_year": int(date[:4])}
    what = {"method": "tender", "category": "goods", "domestic": {"pdn": True, "tkdn": None, "bmp": None}, "province": "ID-JT"}
    return told(
        publisher,
        "procurement.procurement-awarded",
        date,
        **{**award, "value_idr": str(value), "suppliers": suppliers, **what, **data},
    )


def award_cancelled(ocid: str, version: int, date: str, publisher: str = "lpse") -> Told:
    return told(publisher, "procurement.award-cancelled", date, ocid=ocid, award_id="1", version=version, reason="void")


def budget(id_: str, year: int, total: int, allocation: int, publisher: str = "lpse", **data: Any) -> Told:
    stated = {"buyer": buyer(id_), "fiscal_year": year, "version": 1, "budget_idr": str(total), "umkk_allocation_idr": str(allocation)}
    return told(publisher, "procurement.budget-announced", f"{year}-01-05", **{**stated, **data})


def matched(id_: str, who: int, time: str, publisher: str = "forum", **data: Any) -> Told:
    enterprise = {"id": "inka", "name": "PT INKA", "kind": "soe", "country": "ID"}
    match = {"match_id": id_, "forum": "Temu Bisnis", "kind": "supply-chain", "enterprise": enterprise, "msme_id": msme(who)}
    rest = {"province": "ID-JI", "component": "spare parts", "potential_idr": "5000"}
    return told(publisher, "procurement.business-matched", time, **{**match, **rest, **data})


def observed(indicator: str, period: str, value: str | int, publisher: str = "bps", **data: Any) -> Told:
    stated = {"indicator": indicator, "period": period, "value": value, "unit": "-", "stated_by": "BPS"}
    return told(publisher, "observations.indicator-observed", "2025-01-10", **{**stated, **data})


def opening(indicator: str, period: str, value: str | int, **data: Any) -> Told:
    return observed(indicator, period, value, **{"opening": True, **data})


def aimed(indicator: str, version: str, set_on: str, value: str | int, publisher: str = "bps", **data: Any) -> Told:
    stated = {"indicator": indicator, "version": version, "set_on": set_on, "value": value, "due": "2024-12-31"}
    return told(publisher, "observations.target-set", set_on, **{**stated, **data})


def records(*events: Told) -> list[Record]:
    known_ms = int(NOW.timestamp() * 1000)
    return [record(event, known_ms, ("binary", "structured")[place % 2]) for place, event in enumerate(events)]


def counted(*events: Told, registry: Registry | None = None, now: datetime.datetime = NOW) -> Recount:
    return Recount(records(*events), registry or Registry(), now)


def _instant(text: str) -> str:
    """A bare date is noon in Jakarta."""
    return f"{text}T12:00:00+07:00" if len(text) == 10 else text

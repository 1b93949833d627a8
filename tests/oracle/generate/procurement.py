"""Awards amended and cancelled, budgets with and without awards, and matches of enterprises with MSMEs."""

import datetime
from collections.abc import Iterator
from typing import Any

from tests.oracle.generate.source import Source
from tests.oracle.sending import Told

_FORMS = ("pt", "cv", "cooperative", "sole-trader", "other")
_KINDS = ("ministry", "agency", "region", "soe")
_FORUMS = ("Temu Bisnis #1", "Expo Surabaya", "Jepang + UKM")


def processes(source: Source, population: int) -> Iterator[list[Told]]:
    """For ever: an award's life, a budget, or a match."""
    number = 0
    while True:
        number += 1
        drawn = source.draw.random()
        if drawn < 0.7:
            yield _award_life(source, number)
        elif drawn < 0.8:
            yield [_budget(source)]
        else:
            yield _match_life(source, number, population)


def _award_life(source: Source, number: int) -> list[Told]:
    publisher, other = source.draw.sample(source.cast.procurements, 2)
    day = source.day(1000)
    award = _award(source, number, day)
    events = [source.told(publisher, "procurement.procurement-awarded", day, award)]
    for version in range(2, source.draw.choice((2, 2, 2, 3, 4))):
        amended = {**award, **_money(source), "version": version}
        events.append(source.told(publisher, "procurement.award-amended", source.day(300), amended))
    if source.chance(0.06):
        events.append(_cancelled(source, publisher, award, source.draw.choice((1, 2, 3))))
    if source.chance(0.04):
        events.append(source.told(publisher, "procurement.procurement-awarded", day, {**award, **_money(source)}))
    if source.chance(0.06):
        events.append(source.told(other, "procurement.procurement-awarded", day, {**award, **_money(source)}))
    return events


def _cancelled(source: Source, publisher: str, award: dict[str, Any], version: int) -> Told:
    data = {"ocid": award["ocid"], "award_id": award["award_id"], "version": version, "reason": "batal"}
    return source.told(publisher, "procurement.award-cancelled", source.day(300), data)


def _award(source: Source, number: int, day: datetime.date) -> dict[str, Any]:
    return {
        "ocid": f"ocds-test-{source.seed}-{number}",
        "award_id": source.draw.choice(("1", "a b")),
        "version": 1,
        "awarded_on": (day + datetime.timedelta(days=60)).isoformat() if source.chance(0.03) else day.isoformat(),
        "buyer": _buyer(source),
        "fiscal_year": day.year + (1 if source.chance(0.04) and day.year < source.until.year else 0),
        **_money(source),
        "method": source.draw.choice(("tender", "e-purchasing", "pengadaan langsung")),
        "category": source.draw.choice(("goods", "works", "services")),
        "domestic": _domestic(source),
        "province": source.province(),
        **({"currency": "IDR"} if source.chance(0.2) else {}),
    }


def _buyer(source: Source) -> dict[str, Any]:
    number = source.draw.randrange(12)
    return {"id": f"B{number} {source.seed}", "name": f"Satuan Kerja {number}", "kind": _KINDS[number % 4]}


def _money(source: Source) -> dict[str, Any]:
    """Parts stated by all suppliers or by none; they add up."""
    value = int(source.draw.lognormvariate(17.5, 1.8))
    suppliers = [_supplier(source, place) for place in range(source.draw.choice((1, 1, 1, 2, 3, 7)))]
    if source.chance(0.5):
        cuts = sorted(source.draw.randrange(value + 1) for _ in suppliers[1:])
        parts = [to - since for since, to in zip([0, *cuts], [*cuts, value], strict=True)]
        suppliers = [{**supplier, "share_idr": str(part)} for supplier, part in zip(suppliers, parts, strict=True)]
    return {"value_idr": str(value), "suppliers": suppliers}


def _supplier(source: Source, place: int) -> dict[str, Any]:
    scale = source.draw.choices(("micro", "small", "medium", "large", "unknown"), (30, 30, 10, 20, 10))[0]
    return {
        "id": f"s{place}",
        "scale": scale,
        "legal_form": source.draw.choice(_FORMS),
        "country": "ID" if source.chance(0.9) else source.draw.choice(("JP", "SG")),
    }


def _domestic(source: Source) -> dict[str, Any]:
    pdn = source.draw.choice((True, True, False, None))
    tkdn = source.draw.choice((None, 0, 24.99, 25, 40.5, 100))
    return {"pdn": pdn, "tkdn": tkdn, "bmp": None} if source.chance(0.8) else {}


def _budget(source: Source) -> Told:
    """The same buyer and year again is a new version, another publisher's, or a conflict."""
    year = source.until.year - source.draw.randrange(4)
    total = int(source.draw.lognormvariate(22, 1))
    data = {
        "buyer": _buyer(source),
        "fiscal_year": year,
        "version": source.draw.randrange(1, 4),
        "budget_idr": str(total),
        "umkk_allocation_idr": str(int(total * source.draw.uniform(0.1, 0.6))),
    }
    publisher = source.draw.choice(source.cast.procurements)
    return source.told(publisher, "procurement.budget-announced", datetime.date(year, 1, source.draw.randrange(1, 28)), data)


def _match_life(source: Source, number: int, population: int) -> list[Told]:
    publisher, other = source.draw.sample(source.cast.procurements, 2)
    data = _match(source, number, population)
    events = [source.told(publisher, "procurement.business-matched", source.day(800), data)]
    if source.chance(0.15):
        changed = {**data, "potential_idr": "123456789012", "kind": "joint-venture", "province": source.province()}
        events.append(source.told(publisher, "procurement.business-matched", source.day(800), changed))
    if source.chance(0.08):
        events.append(source.told(other, "procurement.business-matched", source.day(800), {**data, "forum": _FORUMS[0]}))
    return events


def _match(source: Source, number: int, population: int) -> dict[str, Any]:
    place = source.draw.randrange(6)
    country = ("ID", "ID", "ID", "JP", "CN", "ID")[place]
    enterprise = {"id": f"E {place}", "name": f"PT {place}", "kind": "foreign" if country != "ID" else "soe", "country": country}
    return {
        "match_id": f"match/{source.seed}/{number}",
        "forum": source.draw.choice(_FORUMS),
        "kind": source.draw.choice(("assessment", "supply-chain", "joint-venture")),
        "enterprise": enterprise,
        "msme_id": source.msme(source.draw.randrange(1, population + 20)),
        "province": source.province(),
        "component": source.draw.choice(("suku cadang", "kursi", "baut & mur")),
        "potential_idr": str(int(source.draw.lognormvariate(20, 1))),
    }

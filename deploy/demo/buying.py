"""What procurement systems say: buyers with budgets come in, awards with their amendments and cancellations go out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from deploy.demo import chance, speakers
from deploy.demo.sellers import PROVINCES
from deploy.demo.wire import Data, Said
from shared.runtime.clock import JAKARTA

AWARDS = 40  # of one buyer in a year
AWARD_IDR = (40_000_000, 200_000_000)
# What the awards of a year use of its budget, in the mean.
USED = 0.75
KINDS = chance.Weighted({"region": 36, "soe": 10, "ministry": 10, "agency": 8})
METHODS = chance.Weighted({"e-purchasing": 50, "direct": 30, "tender": 15, "exception": 5})
CATEGORIES = chance.Weighted({"goods": 45, "services": 25, "works": 22, "consulting": 8})
LARGE_IDR = 200_000_000
SCALES = chance.Weighted({"micro": 40, "small": 35, "medium": 8, "large": 7, "unknown": 10})
SCALES_OF_LARGE = chance.Weighted({"micro": 2, "small": 18, "medium": 10, "large": 60, "unknown": 10})
FORMS = chance.Weighted({"cv": 38, "pt": 32, "sole-trader": 16, "cooperative": 9, "other": 5})
SUPPLIERS = chance.Weighted({1: 90, 2: 8, 3: 2})
ABROAD = chance.Weighted({"ID": 98.5, "CN": 0.7, "JP": 0.5, "SG": 0.3})


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys with public money, and with how much in a year."""

    name: str
    kind: str
    province: str
    budget_idr: int

    @property
    def publisher(self) -> str:
        return speakers.STATE_OWNED if self.kind == "soe" else speakers.PROCUREMENT


@dataclass(frozen=True, slots=True)
class Award:
    """An award at a version; `at` is when that version became so."""

    buyer: Buyer
    name: str
    version: int
    awarded: datetime
    at: datetime
    value_idr: int
    parts: tuple[int, ...]
    suppliers: tuple[Data, ...]
    facts: Data


def buyer(random: Random, name: str) -> Buyer:
    budget = int(AWARDS * AWARD_IDR[1] / USED * random.uniform(0.6, 1.4))
    return Buyer(f"sintetis-{name}", KINDS.draw(random), PROVINCES.draw(random), budget)


def announced(buyer: Buyer, year: int, at: datetime) -> Said:
    """The budget of a year; the part set aside for micro and small enterprises and cooperatives is near the duty of 40%."""
    part = chance.of(buyer.name, year, "allocated").uniform(0.28, 0.52)
    amounts: Data = {"version": 1, "budget_idr": str(buyer.budget_idr), "umkk_allocation_idr": str(int(buyer.budget_idr * part))}
    data: Data = {"buyer": _buyer(buyer), "fiscal_year": year, **amounts}
    return Said(buyer.publisher, "procurement.budget-announced", f"budget-{buyer.name}-{year}", at, buyer.name, data)


def award(random: Random, buyer: Buyer, name: str, at: datetime) -> Award:
    """A new award, at version 1."""
    value = max(500_000, int(chance.lognormal(random, *AWARD_IDR)))
    count = SUPPLIERS.draw(random)
    suppliers = tuple(_supplier(random, f"sintetis-{name}-{number}", value) for number in range(count))
    parts = _parts(random, value, count) if count > 1 and random.random() < 0.5 else ()
    facts: Data = {"method": METHODS.draw(random), "category": CATEGORIES.draw(random), "domestic": _domestic(random)}
    return Award(buyer, f"sintetis-{name}", 1, at, at, value, parts, suppliers, facts)


def amend(random: Random, award: Award, at: datetime) -> Award:
    """An addendum repeats the whole value at a higher version; shares that were stated are stated no more."""
    value = int(award.value_idr * random.uniform(0.85, 1.3))
    return replace(award, version=award.version + 1, at=at, value_idr=value, parts=())


def stated(award: Award) -> Said:
    kind = "procurement-awarded" if award.version == 1 else "award-amended"
    shares = award.parts or (None,) * len(award.suppliers)
    suppliers = [_with_share(one, share) for one, share in zip(award.suppliers, shares, strict=True)]
    data: Data = {
        **_key(award),
        "awarded_on": award.awarded.astimezone(JAKARTA).date().isoformat(),
        "buyer": _buyer(award.buyer),
        "fiscal_year": award.awarded.astimezone(JAKARTA).year,
        "value_idr": str(award.value_idr),
        "suppliers": suppliers,
        "province": award.buyer.province,
        **award.facts,
    }
    return _said(award, kind, award.at, data)


def cancelled(award: Award, at: datetime) -> Said:
    """A cancellation at the version of what it cancels wins."""
    return _said(award, "award-cancelled", at, {**_key(award), "reason": "sintetis: ditarik oleh pembeli"})


def signed_after(random: Random) -> timedelta:
    """From award to addendum: a median of 15 days, the slowest up to 120."""
    return timedelta(days=min(120.0, chance.lognormal(random, 15, 20)))


def _said(award: Award, kind: str, at: datetime, data: Data) -> Said:
    event_id = f"{kind}-{award.name}-{award.version}"
    return Said(award.buyer.publisher, f"procurement.{kind}", event_id, at, str(data["ocid"]), data)


def _key(award: Award) -> Data:
    return {"ocid": f"ocds-{award.name}", "award_id": f"{award.name}-1", "version": award.version}


def _buyer(buyer: Buyer) -> Data:
    return {"id": buyer.name, "name": f"Sintetis {buyer.kind} {buyer.name.removeprefix('sintetis-')}", "kind": buyer.kind}


def _supplier(random: Random, name: str, value_idr: int) -> Data:
    scale = (SCALES if value_idr < LARGE_IDR else SCALES_OF_LARGE).draw(random)
    return {"id": name, "scale": scale, "legal_form": FORMS.draw(random), "country": ABROAD.draw(random)}


def _with_share(supplier: Data, share: int | None) -> Data:
    return supplier if share is None else {**supplier, "share_idr": str(share)}


def _parts(random: Random, value: int, count: int) -> tuple[int, ...]:
    first = int(value * random.uniform(0.3, 0.7))
    rest = [(value - first) // (count - 1)] * (count - 1)
    return (value - sum(rest), *rest)


def _domestic(random: Random) -> Data:
    """Null is not zero: some do not say whether it was made here, more do not say how much of it."""
    pdn = None if random.random() < 0.08 else random.random() < 0.82
    tkdn = None if random.random() < 0.25 else round(random.triangular(0, 100, 55), 2)
    return {"pdn": pdn, "tkdn": tkdn, "bmp": None if tkdn is None or random.random() < 0.4 else round(random.uniform(0, 15), 2)}

"""What platforms say of their merchants: a listing comes in, the events of its life and of its months go out."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from deploy.demo import chance, speakers
from deploy.demo.sellers import Listing
from deploy.demo.wire import Data, Said
from shared.runtime.clock import JAKARTA

SILENT = 0.1  # months without an order


def onboarded(listing: Listing, at: datetime, publisher: str = "") -> Said:
    return _of(listing, "msme-onboarded", _id("onboarded", listing, at), at, _profile(listing), publisher=publisher)


def changed(listing: Listing, at: datetime) -> Said:
    """The whole profile as it is now."""
    return _of(listing, "msme-profile-changed", _id("changed", listing, at), at, _profile(listing))


def offboarded(listing: Listing, at: datetime) -> Said:
    return _of(listing, "msme-offboarded", _id("offboarded", listing, at), at, {})


def linked(link_id: str, one: str, other: str, at: datetime) -> Said:
    """Two pseudonyms are one MSME."""
    data: Data = {"link_id": link_id, "msme_ids": [one, other]}
    return Said(speakers.IDENTITY, "identity.identities-linked", f"linked-{link_id}", at, link_id, data)


def unlinked(link_id: str, at: datetime) -> Said:
    return Said(speakers.IDENTITY, "identity.identities-unlinked", f"unlinked-{link_id}", at, link_id, {"link_id": link_id})


def report(seed: int, listing: Listing, month: int, at: datetime, *, part: float = 1.0, off: float = 0.0) -> Said:
    """A month as it stands when `part` of it is over. `off`: the part that is found to be no sale after all."""
    orders, value = traded(chance.of(seed, listing.merchant_id, month), listing)
    orders, value = int(orders * part * (1 - off)), int(value * part * (1 - off))
    amounts: Data = {"orders": orders, "value_idr": str(value), "local_value_idr": str(value * listing.local_percent // 100)}
    data: Data = {"month": f"{month // 12:04d}-{month % 12 + 1:02d}", "province": listing.province, "role": listing.role, **amounts}
    return _of(listing, "trading-reported", _id(f"traded-{month}", listing, at), at, data)


def restated(seed: int, listing: Listing, month: int, recorded: datetime, off: float) -> Said:
    """A month that was reported before, counted again: the same moment, known later."""
    said = report(seed, listing, month, reported_at(seed, listing, month), off=off)
    return replace(said, id=_id(f"restated-{month}", listing, recorded), recorded=recorded)


def traded(random: Random, listing: Listing) -> tuple[int, int]:
    """Orders and rupiah of one whole month."""
    if not listing.monthly_idr or random.random() < SILENT:
        return 0, 0
    value = int(chance.lognormal(random, listing.monthly_idr, listing.monthly_idr * 1.05))
    return max(1, value // listing.order_idr), value


def first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=JAKARTA)


def month_at(now: datetime) -> int:
    """The running month as year * 12 + month - 1, in Jakarta."""
    here = now.astimezone(JAKARTA)
    return here.year * 12 + here.month - 1


def part_of_month(now: datetime) -> float:
    """How much of the running month is over, from 0 to 1."""
    month = month_at(now)
    return (now - first_of(month)) / (first_of(month + 1) - first_of(month))


def reported_at(seed: int, listing: Listing, month: int) -> datetime:
    """When the platform sends a month that has ended: within its first days."""
    return first_of(month + 1) + timedelta(hours=6 + 66 * chance.of(seed, listing.merchant_id, month, "sent").random())


def _id(kind: str, listing: Listing, at: datetime) -> str:
    return f"{kind}-{listing.merchant_id}-{at.timestamp():.6f}"


def _profile(listing: Listing) -> Data:
    return {"province": listing.province, "role": listing.role, "scale": listing.scale}


def _of(listing: Listing, kind: str, event_id: str, at: datetime, more: Data, *, publisher: str = "") -> Said:
    data: Data = {"msme_id": listing.msme_id, "platform": listing.platform, "merchant_id": listing.merchant_id, **more}
    return Said(publisher or listing.platform, f"onboarding.{kind}", event_id, at, listing.msme_id, data)

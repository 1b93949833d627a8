"""What customs and training campuses say: an exporting MSME and a month come in, declaration items and completions go out."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from deploy.demo import chance, listings, speakers
from deploy.demo.sellers import Seller
from deploy.demo.wire import Data, Said
from shared.events import goods

EXPORTERS = 0.05  # part of the base
CONSISTENT = 0.4  # of the exporters: something nearly every month
# Pieces or kilograms of one item.
QUANTITY = (180, 420)
DESTINATIONS = chance.Weighted(
    {"CN": 20, "US": 12, "JP": 10, "SG": 9, "MY": 9, "TH": 5, "VN": 5, "PH": 5, "KR": 5, "IN": 4, "AU": 4, "NL": 3, "DE": 3}
    | {"AE": 3, "SA": 3, "BR": 1.5, "MX": 1.5, "CL": 1, "PE": 0.7, "ZA": 1, "NG": 0.8}
)
# The source names ten cities and one of them twice.
CAMPUSES = chance.Weighted(
    {"Solo": 22, "Bandung": 14, "Semarang": 12, "Yogyakarta": 12, "Malang": 10, "Medan": 10, "Makassar": 8, "Denpasar": 7, "Samarinda": 5}
)
PROGRAMMES = ("Sintetis: langkah pertama ekspor", "Sintetis: dokumen dan bea")


@dataclass(frozen=True, slots=True)
class Good:
    """A good as it is traded; `usd_each` for one of its unit."""

    code: str
    unit: str
    usd_each: float


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a declaration, at the moment from which it counts."""

    msme_id: str
    number: str
    kind: str
    at: datetime
    good: Good
    destination: str
    province: str
    quantity: int
    platform: str | None


def _goods() -> dict[Good, float]:
    with (Path(__file__).parent / "data" / "goods.csv").open(encoding="utf-8", newline="") as lines:
        return {Good(row["hs_code"], row["unit"], float(row["usd_each"])): float(row["weight"]) for row in csv.DictReader(lines)}


GOODS = chance.Weighted(_goods())


def exports(seed: int, seller: Seller) -> bool:
    return chance.of(seed, seller.name, "exports").random() < EXPORTERS


def month_of(seed: int, seller: Seller, month: int) -> Iterator[Item]:
    """The items that an exporter declared in a month, often none."""
    often = chance.of(seed, seller.name, "exports", "often").random() < CONSISTENT
    random = chance.of(seed, seller.name, "exports", month)
    if random.random() < (0.93 if often else 0.22):
        for number in range(random.choice((1, 1, 2))):
            at = listings.first_of(month) + timedelta(days=random.randrange(28), hours=8 + 8 * random.random())
            yield item(seed, random, seller, f"{seller.name}-{month}-{number}", at)


def item(seed: int, random: Random, seller: Seller, name: str, at: datetime) -> Item:
    """An MSME has one or two goods and a few destinations, and keeps to them; small parcels use a consignment note."""
    habits = chance.of(seed, seller.name, "exports", "what")
    choices = [GOODS.draw(habits) for _ in range(2)]
    places = [DESTINATIONS.draw(habits) for _ in range(3)]
    quantity = max(1, int(chance.lognormal(random, *QUANTITY)))
    small = quantity < 100
    platform = seller.listings[0].platform if small and random.random() < 0.6 else None
    good, destination = choices[random.random() < 0.2], random.choice(places)
    kind, province = "CN" if small else "PEB", seller.listings[0].province
    return Item(seller.msme_id, f"sintetis-{name}", kind, at, good, destination, province, quantity, platform)


def exported(item: Item) -> Said:
    return _said(item, "product-exported", f"exported-{item.number}", _whole(item))


def corrected(item: Item, recorded: datetime) -> Said:
    """The same moment as what it corrects, known later."""
    return _said(item, "export-corrected", f"corrected-{item.number}-{recorded.timestamp():.6f}", _whole(item), recorded)


def smaller(random: Random, item: Item) -> Item:
    """The item as it turned out to be."""
    return replace(item, quantity=max(1, int(item.quantity * random.uniform(0.6, 0.98))))


def cancelled(item: Item, recorded: datetime) -> Said:
    return _said(item, "export-cancelled", f"cancelled-{item.number}", {"declaration": _declaration(item)}, recorded)


def trained(random: Random, seller: Seller, name: str, at: datetime) -> Said:
    """A completion; one in ten does not say the province."""
    data: Data = {
        "msme_id": seller.msme_id,
        "campus": CAMPUSES.draw(random),
        "programme": random.choice(PROGRAMMES),
        "completed_on": at.date().isoformat(),
        "province": None if random.random() < 0.1 else seller.listings[0].province,
    }
    return Said(speakers.CAMPUS, "export.exporter-trained", f"trained-{name}", at, seller.msme_id, data)


def _said(item: Item, kind: str, event_id: str, data: Data, recorded: datetime | None = None) -> Said:
    return Said(speakers.CUSTOMS, f"export.{kind}", event_id, item.at, item.msme_id, data, recorded)


def _declaration(item: Item) -> Data:
    return {"type": item.kind, "number": item.number, "date": item.at.date().isoformat(), "item": 1}


def _whole(item: Item) -> Data:
    data: Data = {
        "msme_id": item.msme_id,
        "declaration": _declaration(item),
        "goods": {"version": "HS2022", "code": item.good.code},
        "destination": item.destination,
        "province": item.province,
        "fob_usd": f"{item.quantity * item.good.usd_each:.2f}",
        "quantity": item.quantity if item.good.unit in goods.PIECES else f"{item.quantity}.500",
        "unit": item.good.unit,
    }
    return data if item.platform is None else {**data, "platform": item.platform}

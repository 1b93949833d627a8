"""Declarations of one to three items, corrected, cancelled, stated by two publishers; and completed trainings."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.oracle.generate.source import Source
from tests.oracle.sending import Told

_DESTINATIONS = (
    "CN",
    "JP",
    "SG",
    "MY",
    "US",
    "BR",
    "MX",
    "NG",
    "ZA",
    "EG",
    "AU",
    "NL",
    "DE",
    "GB",
    "PG",
    "TW",
    "AE",
    "IN",
    "KZ",
    "RU",
    "PF",
)
_GOODS = (
    *("03061710", "030617", "16052990", "12122110", "130231", "33012910", "09061100", "08111000", "440210"),
    *("94038200", "08011100", "151110", "15132110", "620342", "62034200", "090111"),
)
_CAMPUSES = ("Solo", "Bandung", "Kota Batu & Malang", "Dénpasar", "Yogya/Sleman")


def declarations(source: Source, population: int) -> Iterator[list[Told]]:
    """For ever; exporters are among the first `population` MSMEs, and a few whom no platform knows."""
    number = 0
    while True:
        number += 1
        who = source.msme(source.draw.randrange(1, population + 20))
        yield _months(source, who, number) if source.chance(0.8) else [_trained(source, who)]


def _months(source: Source, who: str, number: int) -> list[Told]:
    """A declaration, of some exporters one every month."""
    day, events = source.day(900), []
    for month in range(source.draw.choice((1, 1, 1, 6))):
        dated = day + datetime.timedelta(days=30 * month)
        if dated < source.until.date():
            events += _declared(source, who, f"{source.seed}/{number:06d}/{month}", dated)
    return events


def _declared(source: Source, who: str, number: str, day: datetime.date) -> list[Told]:
    publisher, other = source.draw.sample(source.cast.exports, 2)
    declaration = {"type": source.draw.choice(("PEB", "PEB", "CN")), "number": number, "date": day.isoformat()}
    events: list[Told] = []
    for item in range(1, source.draw.randrange(2, 4)):
        item_named = {**declaration, "item": str(item) if source.chance(0.3) else item}
        events += _item(source, publisher, day, _exported(source, who, item_named))
        if source.chance(0.05):
            events += _item(source, other, day, _exported(source, who, item_named))
    return events


def _item(source: Source, publisher: str, day: datetime.date, data: dict[str, Any]) -> list[Told]:
    told = source.told(publisher, "export.product-exported", day, data)
    events = [replace(told, time=f"{day}T09:00:00+07:00") if source.chance(0.3) else told]
    if source.chance(0.08):
        corrected = {**data, "fob_usd": "77.07", "destination": source.draw.choice(_DESTINATIONS)}
        later = Told(publisher, "export.export-corrected", corrected, events[0].time, source.id(), source.instant(source.day(20)))
        events.append(later)
    if source.chance(0.03):
        events.append(source.again(events[0], {**data, "fob_usd": "5", "province": source.province()}))
    if source.chance(0.04):
        events.append(source.told(publisher, "export.export-cancelled", source.day(), {"declaration": data["declaration"]}))
    if source.chance(0.02):
        cancelled = {"declaration": data["declaration"]}
        events.append(Told(publisher, "export.export-cancelled", cancelled, events[0].time, events[0].id, events[0].recordedtime))
    return events


def _exported(source: Source, who: str, declaration: dict[str, Any]) -> dict[str, Any]:
    unit = source.draw.choice(("KGM", "C62", "H87", "PCE", "LTR"))
    weight: int | str = source.draw.randrange(1, 5000)
    if unit in ("KGM", "LTR") and source.chance(0.5):
        weight = f"{weight}.{source.draw.randrange(1000):03d}"
    cents = int(source.draw.lognormvariate(12, 1.5))
    return {
        "msme_id": who,
        "declaration": declaration,
        "goods": {"version": "HS2022", "code": source.draw.choice(_GOODS)},
        "destination": source.draw.choice(_DESTINATIONS),
        "province": source.province(),
        "fob_usd": str(cents // 100) if source.chance(0.2) else f"{cents // 100}.{cents % 100:02d}",
        "quantity": weight,
        "unit": unit,
        **({"platform": source.cast.platforms[0]} if source.chance(0.3) else {}),
    }


def _trained(source: Source, who: str) -> Told:
    day = source.day()
    data: dict[str, Any] = {
        "msme_id": who,
        "campus": source.draw.choice(_CAMPUSES),
        "programme": source.draw.choice(("Ekspor 1", "Ekspor 2")),
        "completed_on": day.isoformat(),
        "province": source.province() if source.chance(0.7) else None,
    }
    return source.told(source.draw.choice(source.cast.exports), "export.exporter-trained", day, data)

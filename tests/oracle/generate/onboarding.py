"""Listings with their lives: changed, left, come back, passed on, stated by two publishers; and what they traded."""

import datetime
from collections.abc import Iterator
from typing import Any

from tests.oracle.generate.source import Source
from tests.oracle.sending import Told

Profile = dict[str, Any]


def lives(source: Source) -> Iterator[list[Told]]:
    """For ever: all events of one MSME's next listing."""
    number = 0
    while True:
        number += 1 if source.chance(0.7) else 0
        yield _life(source, max(number, 1))


def _life(source: Source, number: int) -> list[Told]:
    platform = source.draw.choice(source.cast.platforms)
    profile = _profile(source, number, platform)
    publisher = platform
    day = source.day()
    events = _listed(source, publisher, profile, day)
    if source.chance(0.5):
        events += _traded(source, publisher, profile)
    if source.chance(0.04):
        events.append(_twin(source, events[0], profile))
    if source.chance(0.08):
        events += _passed_on(source, publisher, profile, number)
    for register in source.cast.registers:
        if source.registry.may_speak_for(register, platform) and source.chance(0.4):
            events += _listed(source, register, {**profile, "province": source.province()}, source.day())
            events += _traded(source, register, profile)[:2] if source.chance(0.3) else []
    return events


def _profile(source: Source, number: int, platform: str) -> Profile:
    merchant = source.draw.choice((f"m{number}", f"M{number}", f"toko {number}", f"Ω|{number}", f"m'{number}\"%"))
    return {
        "msme_id": source.msme(number),
        "platform": platform,
        "merchant_id": merchant,
        "province": source.province(),
        "role": "producer" if source.chance(0.3) else "reseller",
        "scale": source.draw.choices(("micro", "small", "medium"), (90, 7, 3))[0],
    }


def _listed(source: Source, publisher: str, profile: Profile, day: datetime.date) -> list[Told]:
    first = source.told(publisher, "onboarding.msme-onboarded", day, profile)
    events = [first]
    if source.chance(0.2):
        changed = {**profile, "province": source.province(), "scale": "small"}
        events.append(source.told(publisher, "onboarding.msme-profile-changed", source.day(), changed))
    if source.chance(0.05):
        events.append(source.again(first, {**profile, "province": source.province()}, source.day(30)))
    if source.chance(0.04):
        events.append(source.again(first, {**profile, "role": "producer", "province": source.province()}))
    if source.chance(0.12):
        events.append(_left(source, publisher, profile, source.day()))
    if source.chance(0.02):
        events.append(Told(publisher, "onboarding.msme-offboarded", _key(profile), first.time, first.id, first.recordedtime))
    return events


def _left(source: Source, publisher: str, profile: Profile, day: datetime.date) -> Told:
    return source.told(publisher, "onboarding.msme-offboarded", day, _key(profile))


def _twin(source: Source, first: Told, profile: Profile) -> Told:
    """Another listing under the very same version: which of both is the newest is decided by their natural keys."""
    twin = {**profile, "merchant_id": f"{profile['merchant_id']}!", "province": source.province()}
    return Told(first.publisher, first.type, twin, first.time, first.id, first.recordedtime)


def _passed_on(source: Source, publisher: str, profile: Profile, number: int) -> list[Told]:
    """The merchant is another MSME's from now on; some platforms forget to say that the old one has left."""
    day = source.day(200)
    other = {**profile, "msme_id": source.msme(number + 1)}
    passed = [source.told(publisher, "onboarding.msme-onboarded", day, other)]
    return passed if source.chance(0.3) else [*passed, _left(source, publisher, profile, day)]


def _key(profile: Profile) -> dict[str, Any]:
    return {name: profile[name] for name in ("msme_id", "platform", "merchant_id")}


def _traded(source: Source, publisher: str, profile: Profile) -> list[Told]:
    """A run of months, with gaps, months without orders, and corrections."""
    first = source.day(700)
    events: list[Told] = []
    for later in range(source.draw.randrange(1, 8)):
        day = first + datetime.timedelta(days=31 * later)
        if day >= source.until.date() or source.chance(0.15):
            continue
        report = _report(source, profile, day)
        events.append(source.told(publisher, "onboarding.trading-reported", day, report))
        if source.chance(0.08):
            corrected = {**report, "orders": 1, "value_idr": "1234567", "local_value_idr": "1234567"}
            events.append(source.again(events[-1], corrected, source.day(20)))
    return events


def _report(source: Source, profile: Profile, day: datetime.date) -> dict[str, Any]:
    orders = 0 if source.chance(0.1) else source.draw.randrange(1, 400)
    value = int(orders * source.draw.lognormvariate(11, 1.2))
    place = {"province": profile["province"] if source.chance(0.9) else source.province(), "role": profile["role"]}
    amounts = {"orders": orders, "value_idr": str(value), "local_value_idr": str(int(value * source.draw.random()))}
    return {**_key(profile), "month": day.isoformat()[:7], **place, **amounts}

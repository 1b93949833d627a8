"""The synthetic seller base: a seed and a number come in, that many MSMEs with their listings go out, the same ones every time.

All are first sighted before 2024, as part of the published total of December 2023: they shrink its remainder and leave the headline.
"""

import hmac
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from deploy.demo import chance, history, speakers
from shared.events import provinces
from shared.runtime.clock import JAKARTA

ISLANDS = {"Jawa": 0.59, "Sumatera": 0.24}
SCALES = chance.Weighted({"micro": 96.8, "small": 1.7, "medium": 1.4})
ROLES = chance.Weighted({"reseller": 0.68, "producer": 0.32})
PLATFORMS = chance.Weighted(speakers.PLATFORMS)
LISTINGS = chance.Weighted({1: 0.8, 2: 0.16, 3: 0.04})
ACTIVE = 0.45  # onboarded is not active
# Median and mean of a month's sales in rupiah.
SALES = {"micro": (2_500_000, 6_000_000), "small": (90_000_000, 180_000_000), "medium": (450_000_000, 900_000_000)}
ORDER_IDR = (75_000, 130_000)
BEGIN = datetime(2018, 1, 1, tzinfo=JAKARTA)
END = datetime(2023, 12, 20, tzinfo=JAKARTA)


@dataclass(frozen=True, slots=True)
class Listing:
    """An MSME on a platform as it is now; `monthly_idr` is what it sells in a usual month, 0 where it does not sell."""

    msme_id: str
    platform: str
    merchant_id: str
    province: str
    role: str
    scale: str
    since: datetime
    monthly_idr: int
    order_idr: int
    local_percent: int


@dataclass(frozen=True, slots=True)
class Seller:
    """An MSME: at least one listing, on different platforms."""

    name: str
    listings: tuple[Listing, ...]

    @property
    def msme_id(self) -> str:
        return self.listings[0].msme_id


def _by_province() -> chance.Weighted[str]:
    """Islands as measured, within them by population."""
    people: dict[str, int] = defaultdict(int)
    for province in provinces.PROVINCES.values():
        people[_island(province)] += province.population
    return chance.Weighted(
        {
            code: ISLANDS.get(_island(province), 1 - sum(ISLANDS.values())) * province.population / people[_island(province)]
            for code, province in provinces.PROVINCES.items()
        }
    )


def _island(province: provinces.Province) -> str:
    return province.island_group if province.island_group in ISLANDS else "elsewhere"


PROVINCES = _by_province()


def base(seed: int, size: int) -> list[Seller]:
    return [seller(chance.of(seed, "seller", number), seed, f"sintetis-{number:06d}") for number in range(size)]


def seller(random: Random, seed: int, name: str, since: datetime | None = None) -> Seller:
    """A new MSME; without `since`, first sighted when the published totals grew."""
    sighted = since or _sighted(random)
    first = _listing(random, name, pseudonym(seed, name), _platform(random, ()), sighted)
    listings = [first]
    for _ in range(1, 1 if since else LISTINGS.draw(random)):
        listings.append(another(random, seed, name, listings, _later(random, sighted)))
    return Seller(name, tuple(listings))


def another(random: Random, seed: int, name: str, listings: list[Listing], since: datetime) -> Listing:
    """The same MSME on one more platform; half of the time under a pseudonym that only a link makes known as the same."""
    first, platform = listings[0], _platform(random, [listing.platform for listing in listings])
    msme_id = first.msme_id if random.random() < 0.5 else pseudonym(seed, f"{name}/{platform}")
    made = _listing(random, name, msme_id, platform, since)
    return Listing(
        msme_id, platform, made.merchant_id, first.province, first.role, first.scale, since, *_trade(random, first.role, first.scale)
    )


def pseudonym(seed: int, name: str) -> str:
    """Keyed, as real ones are; the key of the demo is its seed."""
    return f"hmac-sha256:sintetis:{hmac.digest(str(seed).encode(), name.encode(), 'sha256').hex()}"


def _listing(random: Random, name: str, msme_id: str, platform: str, since: datetime) -> Listing:
    role, scale = ROLES.draw(random), SCALES.draw(random)
    merchant = f"{name}-{platform.removeprefix('sintetis-')}"
    return Listing(msme_id, platform, merchant, PROVINCES.draw(random), role, scale, since, *_trade(random, role, scale))


def _trade(random: Random, role: str, scale: str) -> tuple[int, int, int]:
    monthly = int(chance.lognormal(random, *SALES[scale])) if random.random() < ACTIVE else 0
    local = random.randint(80, 100) if role == "producer" else random.randint(15, 60)
    return monthly, max(10_000, int(chance.lognormal(random, *ORDER_IDR))), local


def _platform(random: Random, taken: list[str] | tuple[str, ...]) -> str:
    while (platform := PLATFORMS.draw(random)) in taken:
        pass
    return platform


def _later(random: Random, since: datetime) -> datetime:
    return min(since + timedelta(days=random.expovariate(1 / 200)), END)


def _totals() -> list[tuple[int, datetime]]:
    """What was published, as points of a curve that begins at nothing and ends before 2024."""
    points = [(0, BEGIN)]
    for period, (value, _) in history.ONBOARDED.items():
        year, month = int(period[:4]), int(period[5:] or 12)
        points.append((value, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=JAKARTA)))
    return [*points[:-1], (points[-1][0], END)]


TOTALS = _totals()


def _sighted(random: Random) -> datetime:
    """A moment at which the published total may have grown by this one."""
    place = random.random() * TOTALS[-1][0]
    upper = next(number for number, (total, _) in enumerate(TOTALS) if total >= place and number)
    (below, begin), (above, end) = TOTALS[upper - 1], TOTALS[upper]
    return begin + (end - begin) * ((place - below) / (above - below))

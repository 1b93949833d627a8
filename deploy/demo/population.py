"""The past of the synthetic sellers and buyers, in bulk: seed, size and the present instant come in, events go out.

Every event depends on the seed and on its own name only, never on when it is asked for: a later start repeats what was said
and adds what has become past since.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from deploy.demo import buying, chance, exports, listings, matches, sellers, speakers
from deploy.demo.buying import Buyer
from deploy.demo.sellers import Listing, Seller
from deploy.demo.wire import Said
from shared.runtime.clock import JAKARTA

BUYERS = 64
TRADING_MONTHS = 13  # before the present one
EXPORTS_SINCE = 2022 * 12
AWARD_YEARS = 2  # before the present one
REPEATED = 0.02


def events(seed: int, base: list[Seller], now: datetime) -> Iterator[Said]:
    """Everything that is past; about twelve events a seller. Some are said twice, as publishers do."""
    past = chain(
        _buying(seed, now),
        chain.from_iterable(_life(seed, seller) for seller in base),
        _trading(seed, base, now),
        _exports(seed, base, now),
        _training(seed, base),
        _matches(seed, base),
    )
    random = chance.of(seed, "repeated")
    for said in past:
        if (said.recorded or said.at) <= now:
            yield said
            if random.random() < REPEATED:
                yield said


def buyers(seed: int) -> list[Buyer]:
    return [buying.buyer(chance.of(seed, "buyer", number), f"pembeli-{number:02d}") for number in range(BUYERS)]


def _life(seed: int, seller: Seller) -> Iterator[Said]:
    for listing in seller.listings:
        yield from _listed(seed, listing)
        if listing.msme_id != seller.msme_id:
            yield listings.linked(f"sintetis-{listing.merchant_id}", seller.msme_id, listing.msme_id, listing.since + timedelta(days=9))


def _listed(seed: int, listing: Listing) -> Iterator[Said]:
    random, left = chance.of(seed, listing.merchant_id, "life"), left_at(seed, listing)
    yield listings.onboarded(listing, listing.since)
    if random.random() < 0.015:
        # two publishers, one fact
        yield listings.onboarded(listing, listing.since + timedelta(days=5), speakers.REGISTER)
    if left:
        yield listings.offboarded(listing, left)
    elif random.random() < 0.1:
        yield listings.changed(listing, listing.since + timedelta(days=random.uniform(5, 300)))


def left_at(seed: int, listing: Listing) -> datetime | None:
    """When a listing ended, if it did: before 2024, like everything that moves the number of MSMEs here."""
    random = chance.of(seed, listing.merchant_id, "left")
    left = listing.since + timedelta(days=random.uniform(30, 330))
    return left if random.random() < 0.03 and left < sellers.END else None


def standing(seed: int, base: list[Seller]) -> list[Listing]:
    return [listing for seller in base for listing in seller.listings if left_at(seed, listing) is None]


def _trading(seed: int, base: list[Seller], now: datetime) -> Iterator[Said]:
    present, active = listings.month_at(now), [listing for listing in standing(seed, base) if listing.monthly_idr]
    for month in range(present - TRADING_MONTHS, present):
        begin = listings.first_of(month)
        for listing in active:
            if listing.since <= begin:
                yield listings.report(seed, listing, month, listings.reported_at(seed, listing, month))


def _exports(seed: int, base: list[Seller], now: datetime) -> Iterator[Said]:
    for seller in (one for one in base if exports.exports(seed, one)):
        for month in range(EXPORTS_SINCE, listings.month_at(now) + 1):
            for item in exports.month_of(seed, seller, month):
                yield exports.exported(item)
                yield from _mended(seed, item)


def _mended(seed: int, item: exports.Item) -> Iterator[Said]:
    random = chance.of(seed, item.number, "mended")
    later = item.at + timedelta(days=random.uniform(1, 20))
    fate = random.random()
    if fate < 0.05:
        yield exports.corrected(exports.smaller(random, item), later)
    elif fate < 0.07:
        yield exports.cancelled(item, later)


def _training(seed: int, base: list[Seller]) -> Iterator[Said]:
    for seller in base:
        random = chance.of(seed, seller.name, "training")
        if random.random() < (0.5 if exports.exports(seed, seller) else 0.06):
            at = datetime(2022, 3, 1, 15, tzinfo=JAKARTA) + timedelta(days=random.randrange(620))
            yield exports.trained(random, seller, seller.name, at)


def _matches(seed: int, base: list[Seller]) -> Iterator[Said]:
    for number in range(min(matches.ASSESSED, len(base))):
        random = chance.of(seed, "match", number)
        at = datetime(2023, 8, 1, 9, tzinfo=JAKARTA) + timedelta(minutes=random.randrange(3 * 24 * 60))
        yield matches.matched(random, random.choice(base), f"temu-{number:04d}", at)


def _buying(seed: int, now: datetime) -> Iterator[Said]:
    year = now.astimezone(JAKARTA).year
    for each in range(year - AWARD_YEARS, year + 1):
        begin = datetime(each, 1, 1, 8, tzinfo=JAKARTA)
        for buyer in buyers(seed):
            yield buying.announced(buyer, each, begin + timedelta(days=1))
            for number in range(buying.AWARDS):
                yield from _award(seed, buyer, f"{buyer.name.removeprefix('sintetis-')}-{each}-{number:03d}", begin)


def _award(seed: int, buyer: Buyer, name: str, begin: datetime) -> Iterator[Said]:
    random = chance.of(seed, "award", name)
    award = buying.award(random, buyer, name, begin + timedelta(days=random.randrange(2, 364), minutes=random.randrange(480)))
    yield buying.stated(award)
    fate, later = random.random(), award.at + buying.signed_after(random)
    if fate < 0.075:
        yield buying.stated(buying.amend(random, award, later))
    elif fate < 0.095:
        yield buying.cancelled(award, later)

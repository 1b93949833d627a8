"""What platforms, the register and the identity registry say while the demo runs: the present instant comes in, events go out.

Names carry the run's start, so they are new facts in every run; the base of sellers is the same in all.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from deploy.demo import chance, listings, population, sellers, speakers
from deploy.demo.sellers import Listing, Seller
from deploy.demo.wire import Said

Kept = TypeVar("Kept")
MOST = 20_000  # that are remembered; of a demo that runs for weeks some are forgotten, not offboarded
LATE = 0.026  # of what can be late: about 1% of everything


def moment(random: Random, now: datetime) -> datetime:
    """Mostly now; sometimes what happened more than a week ago is said only now."""
    return now - timedelta(days=random.uniform(8, 60)) if random.random() < LATE else now


class Selling:
    """Standing listings, sellers and links of this run, as far as they are remembered."""

    def __init__(self, seed: int, run: str, random: Random, base: list[Seller]) -> None:
        self._seed, self._run, self._random = seed, run, random
        self.sellers = list(base)
        self._standing = population.standing(seed, base)
        self._links: list[str] = []
        self._number = 0

    def onboard(self, now: datetime) -> list[Said]:
        at = moment(self._random, now)
        seller = sellers.seller(self._random, self._seed, self._name(), at)
        self._keep(self.sellers, seller)
        self._keep(self._standing, seller.listings[0])
        return [listings.onboarded(seller.listings[0], at)]

    def join_another(self, now: datetime) -> list[Said]:
        """An MSME comes to one more platform; a link says so where its pseudonym there is another one."""
        seller = self._random.choice(self.sellers)
        if len(seller.listings) == len(speakers.PLATFORMS):
            return self.onboard(now)
        at = moment(self._random, now)
        fresh = sellers.another(self._random, self._seed, f"{seller.name}-{self._name()}", list(seller.listings), at)
        self._keep(self._standing, fresh)
        said = [listings.onboarded(fresh, at)]
        if fresh.msme_id != seller.msme_id:
            self._keep(self._links, f"sintetis-{fresh.merchant_id}")
            said.append(listings.linked(f"sintetis-{fresh.merchant_id}", seller.msme_id, fresh.msme_id, at))
        return said

    def unlink(self, now: datetime) -> list[Said]:
        if not self._links:
            return self.join_another(now)
        return [listings.unlinked(self._links.pop(self._random.randrange(len(self._links))), now)]

    def change(self, now: datetime) -> list[Said]:
        """The programme wants more producers, and that micro becomes small."""
        place = self._place()
        listing = self._standing[place]
        scale = {"micro": "small", "small": "medium"}.get(listing.scale, listing.scale) if self._random.random() < 0.05 else listing.scale
        role = "producer" if self._random.random() < 0.5 else listing.role
        province = sellers.PROVINCES.draw(self._random) if self._random.random() < 0.1 else listing.province
        self._standing[place] = replace(listing, scale=scale, role=role, province=province)
        return [listings.changed(self._standing[place], now)]

    def leave(self, now: datetime) -> list[Said]:
        if len(self._standing) < 2:
            return self.onboard(now)
        return [listings.offboarded(self._standing.pop(self._place()), now)]

    def pass_on(self, now: datetime) -> list[Said]:
        """A merchant passes to another MSME: offboarded and onboarded anew."""
        place = self._place()
        before = self._standing[place]
        self._standing[place] = replace(before, msme_id=sellers.pseudonym(self._seed, self._name()), since=now)
        return [listings.offboarded(before, now), listings.onboarded(self._standing[place], now)]

    def register(self, now: datetime) -> list[Said]:
        """The regional register states what a platform states too."""
        return [listings.onboarded(self._standing[self._place()], now, speakers.REGISTER)]

    def report(self, now: datetime) -> list[Said]:
        """The running month so far: it depends on the clock only, so it grows, over restarts too."""
        return [listings.report(self._seed, self._active(), listings.month_at(now), now, part=listings.part_of_month(now))]

    def restate(self, now: datetime) -> list[Said]:
        """A month that has been reported turns out to be smaller."""
        listing, month = self._active(), listings.month_at(now) - 2
        if listing.since > listings.first_of(month):
            return self.report(now)
        return [listings.restated(self._seed, listing, month, now, self._random.uniform(0.005, 0.08))]

    def _active(self) -> Listing:
        """One that sells; a few sell most often. Any, where none is found."""
        tries = (self._standing[chance.zipf(self._random, len(self._standing))] for _ in range(50))
        return next((listing for listing in tries if listing.monthly_idr), self._standing[0])

    def _place(self) -> int:
        return self._random.randrange(len(self._standing))

    def _name(self) -> str:
        self._number += 1
        return f"sintetis-{self._run}-{self._number}"

    def _keep(self, kept: list[Kept], fresh: Kept) -> None:
        if len(kept) < MOST:
            kept.append(fresh)
        else:
            kept[self._random.randrange(MOST)] = fresh

"""What procurement systems and forums say while the demo runs: the present instant comes in, events go out.

Every so many awards a new buyer comes with its budget, so that shares of budgets stay what they are however long the demo runs.
"""

from collections import deque
from dataclasses import replace
from datetime import datetime
from random import Random

from deploy.demo import buying, matches, population
from deploy.demo.buying import Award
from deploy.demo.live_selling import Selling, moment
from deploy.demo.wire import Said
from shared.runtime.clock import JAKARTA

RECENT = 2_000


class Buying:
    """Buyers that still award, and awards that can still be amended or cancelled."""

    def __init__(self, seed: int, run: str, random: Random, selling: Selling) -> None:
        self._run, self._random, self._selling = run, random, selling
        self._buyers = deque(population.buyers(seed), maxlen=population.BUYERS)
        self._recent: deque[Award] = deque(maxlen=RECENT)
        self._number = 0

    def announce(self, now: datetime) -> list[Said]:
        buyer = buying.buyer(self._random, f"satuan-{self._name()}")
        self._buyers.append(buyer)
        return [buying.announced(buyer, now.astimezone(JAKARTA).year, now)]

    def award(self, now: datetime) -> list[Said]:
        buyer = self._random.choice(self._buyers)
        award = buying.award(self._random, buyer, self._name(), moment(self._random, now))
        self._recent.append(award)
        return [buying.stated(award)]

    def amend(self, now: datetime) -> list[Said]:
        if not self._recent:
            return self.award(now)
        place = self._random.randrange(len(self._recent))
        self._recent[place] = buying.amend(self._random, self._recent[place], now)
        return [buying.stated(self._recent[place])]

    def cancel(self, now: datetime) -> list[Said]:
        if not self._recent:
            return self.award(now)
        place = self._random.randrange(len(self._recent))
        award = self._recent[place]
        del self._recent[place]
        return [buying.cancelled(award, now)]

    def contradict(self, now: datetime) -> list[Said]:
        """The same version with another value: a publisher that contradicts itself."""
        if not self._recent:
            return self.award(now)
        award = self._random.choice(self._recent)
        said = buying.stated(replace(award, at=now, value_idr=award.value_idr + 1_000_000, parts=()))
        return [replace(said, id=f"{said.id}-{self._name()}")]

    def match(self, now: datetime) -> list[Said]:
        seller = self._random.choice(self._selling.sellers)
        return [matches.matched(self._random, seller, self._name(), moment(self._random, now))]

    def _name(self) -> str:
        self._number += 1
        return f"{self._run}-{self._number}"

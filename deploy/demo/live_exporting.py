"""What customs and campuses say while the demo runs: the present instant comes in, events go out."""

from collections import deque
from datetime import datetime
from random import Random

from deploy.demo import exports
from deploy.demo.exports import Item
from deploy.demo.live_selling import Selling, moment
from deploy.demo.sellers import Seller
from deploy.demo.wire import Said

FIRST = 0.12  # of the exports: by an MSME that has not exported before
RECENT = 2_000


class Exporting:
    """Exporters as far as they are known, and items that can still be corrected or cancelled."""

    def __init__(self, seed: int, run: str, random: Random, selling: Selling) -> None:
        self._seed, self._run, self._random, self._selling = seed, run, random, selling
        self._exporters = deque((one for one in selling.sellers if exports.exports(seed, one)), maxlen=RECENT)
        self._recent: deque[Item] = deque(maxlen=RECENT)
        self._number = 0

    def export(self, now: datetime) -> list[Said]:
        item = exports.item(self._seed, self._random, self._exporter(), self._name(), moment(self._random, now))
        self._recent.append(item)
        return [exports.exported(item)]

    def correct(self, now: datetime) -> list[Said]:
        if not self._recent:
            return self.export(now)
        place = self._random.randrange(len(self._recent))
        self._recent[place] = exports.smaller(self._random, self._recent[place])
        return [exports.corrected(self._recent[place], now)]

    def cancel(self, now: datetime) -> list[Said]:
        if not self._recent:
            return self.export(now)
        place = self._random.randrange(len(self._recent))
        item = self._recent[place]
        del self._recent[place]
        return [exports.cancelled(item, now)]

    def train(self, now: datetime) -> list[Said]:
        """Half of those who complete a programme export already."""
        seller = self._exporter() if self._random.random() < 0.5 else self._random.choice(self._selling.sellers)
        return [exports.trained(self._random, seller, self._name(), moment(self._random, now))]

    def _exporter(self) -> Seller:
        if not self._exporters or self._random.random() < FIRST:
            self._exporters.append(self._random.choice(self._selling.sellers))
        return self._random.choice(self._exporters)

    def _name(self) -> str:
        self._number += 1
        return f"{self._run}-{self._number}"

"""Live events for ever: a clock comes in, messages of all streams go out in a realistic mix.

Nothing here waits: who reads decides how fast. The same seed, start and clock give the same messages.
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime

from deploy.demo import chance, history, malformed, wire
from deploy.demo.live_buying import Buying
from deploy.demo.live_exporting import Exporting
from deploy.demo.live_selling import Selling
from deploy.demo.sellers import Seller
from deploy.demo.wire import Message, Said

REPEATED = 0.03  # of all events: once more, with the same id and time
MALFORMED = 0.003
STRUCTURED = 0.15
RECENT = 300


class Live:
    """One run of the demo, from its start on."""

    def __init__(self, seed: int, base: list[Seller], started: datetime) -> None:
        # Hexadecimal milliseconds: names of a run are new facts, and no long row of digits stands in them.
        run = f"{int(started.timestamp() * 1000):x}"
        self._random = chance.of(seed, "live", run)
        self._history = list(history.events())
        selling = Selling(seed, run, self._random, base)
        self._actions = chance.Weighted(
            self._mix(selling, Exporting(seed, run, self._random, selling), Buying(seed, run, self._random, selling))
        )
        self._recent: deque[Said] = deque(maxlen=RECENT)

    def messages(self, clock: Callable[[], datetime]) -> Iterator[Message]:
        while True:
            for said in self._actions.draw(self._random)(clock()):
                self._recent.append(said)
                yield self._formed(said)
                if self._random.random() < REPEATED:
                    yield self._formed(self._random.choice(self._recent))
                if self._random.random() < MALFORMED and (bad := malformed.one(self._random, self._recent)):
                    yield bad

    def _mix(self, selling: Selling, exporting: Exporting, buying: Buying) -> dict[Callable[[datetime], list[Said]], float]:
        """Weights in percent of all actions; 5-10% of awards are amended, 1-3% of awards and exports cancelled."""
        return {
            selling.report: 44,
            selling.restate: 1.5,
            selling.onboard: 8,
            selling.join_another: 2,
            selling.change: 6,
            selling.leave: 1.2,
            selling.pass_on: 0.2,
            selling.register: 0.3,
            selling.unlink: 0.2,
            exporting.export: 13,
            exporting.correct: 0.8,
            exporting.cancel: 0.25,
            exporting.train: 2.5,
            buying.award: 13,
            buying.amend: 1,
            buying.cancel: 0.26,
            buying.contradict: 0.1,
            # one new buyer for the awards of one year of a buyer
            buying.announce: 13 / 40,
            buying.match: 3,
            self._state_again: 0.1,
        }

    def _state_again(self, _: datetime) -> list[Said]:
        """A statistics office sends again what it has said: nothing changes."""
        return [self._random.choice(self._history)]

    def _formed(self, said: Said) -> Message:
        return wire.structured(said) if self._random.random() < STRUCTURED else wire.binary(said)

"""Protection of a publisher from its own flood of bad records: outcomes come in, topics that should wait go out."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared.messaging.batch import Run
from shared.messaging.fold import QUARANTINED

WINDOW, AT_LEAST = 1_000, 200  # of a topic's last records: paused when more than half, and at least so many, are bad
FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0


@dataclass(slots=True)
class Pauses:
    """One a process: the last outcomes of every topic, and how long each waited last."""

    recent: dict[str, deque[bool]] = field(default_factory=lambda: defaultdict(partial(deque, maxlen=WINDOW)))
    waits: dict[str, float] = field(default_factory=dict)

    def note(self, runs: Sequence[Run], outcomes: Sequence[str]) -> Mapping[str, float]:
        """Topics to pause now, each with its seconds: longer each time, until its records are good again."""
        for (topic, _), start, end in runs:
            self.recent[topic].extend([outcome == QUARANTINED for outcome in outcomes[max(start, end - WINDOW) : end]])
        pauses = {}
        for topic in {topic for (topic, _), _, _ in runs}:
            bad = sum(self.recent[topic])
            if bad >= AT_LEAST and bad * 2 > len(self.recent[topic]):
                pauses[topic] = self.waits[topic] = min(self.waits.get(topic, FIRST_SECONDS / 2) * 2, LONGEST_SECONDS)
            else:
                self.waits.pop(topic, None)
        return pauses

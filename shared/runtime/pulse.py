"""Whether a process lives: beats and failures come in, the answers of the probes go out.

Alive: the consume loop runs, and no batch is overdue while records wait. Ready: the last thing tried with the database and
the broker succeeded. Both say why not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from prometheus_client import Counter, Gauge

RECORDS = Counter("denyut_records", "Records applied or quarantined")
FAILURES = Counter("denyut_batch_failures", "Batches that had to be tried again", ["kind"])
ASSIGNED = Gauge("denyut_partitions_assigned", "Partitions that this process reads")
LAST_BATCH = Gauge("denyut_last_batch_timestamp_seconds", "When the last batch was committed (Unix time)")
NEWEST_RECORD = Gauge("denyut_newest_record_timestamp_seconds", "Kafka timestamp of the newest record applied (Unix time)")
PAUSED = Gauge("denyut_topic_paused", "1 while records of a topic wait in Kafka, since most before them were bad", ["topic"])


OVERDUE_SECONDS = 600


@dataclass(slots=True)
class Pulse:
    """One a process; times are of the monotonic clock, in seconds."""

    started: float = field(default_factory=monotonic)
    last_beat: float = field(default_factory=monotonic)
    failing_since: float | None = None
    failing_passes: bool = True
    why: str = "starting"
    partitions: int = -1
    ready: dict[str, bool] = field(default_factory=dict)
    vanished: Mapping[tuple[str, int], str] = field(default_factory=dict)
    outlived: bool = False
    paused: dict[str, float] = field(default_factory=dict)  # topic: until when

    def beat(self, records: int, newest_ms: int) -> None:
        self.last_beat, self.failing_since, self.why = monotonic(), None, ""
        RECORDS.inc(records)
        LAST_BATCH.set_to_current_time()
        NEWEST_RECORD.set(newest_ms / 1000)

    def failed(self, error: BaseException, *, passing: bool) -> None:
        self.failing_since = self.failing_since or monotonic()
        self.failing_passes = passing
        self.why = repr(error)[:200]
        FAILURES.labels("passing" if passing else "surprise").inc()

    def dropped(self) -> None:
        """The batch that failed is not ours any more: somebody else has it, or it was applied after all."""
        self.failing_since, self.why = None, ""

    def pause(self, topic: str, seconds: float) -> None:
        """A topic of a publisher whose records are mostly bad waits for so long: said, and no reason to be unready."""
        self.paused[topic] = max(monotonic() + seconds, self.paused.get(topic, 0.0))
        PAUSED.labels(topic).set(1)

    def resume(self, *topics: str) -> None:
        """These are heard again."""
        for topic in topics:
            del self.paused[topic]
            PAUSED.remove(topic)

    def waiting(self) -> dict[str, float]:
        """Topics that are paused, each with the seconds that are left."""
        return {topic: round(max(0.0, until - monotonic()), 2) for topic, until in sorted(self.paused.items())}

    def renewed(self, *, restored: bool) -> None:
        """Below us is another database: where it went back, nothing that the process remembers is to be relied on."""
        self.outlived = self.outlived or restored

    def assigned(self, partitions: int) -> None:
        self.dropped()
        self.partitions = partitions
        ASSIGNED.set(partitions)

    def dead(self) -> list[str]:
        """Why the process should be started anew; empty where it lives. Its own watch ends it first in most cases."""
        overdue = self.failing_since is not None and monotonic() - self.failing_since > OVERDUE_SECONDS and not self.failing_passes
        return [f"the batch at hand fails since long: {self.why}"] if overdue else []

    def unready(self) -> list[str]:
        """Why the process is not ready; empty where it is."""
        reasons = [f"{name} is away" for name, is_ready in self.ready.items() if not is_ready]
        if self.partitions < 0:
            reasons.append("no partitions assigned yet")
        reasons.extend(self.vanished.values())
        if self.failing_since is not None:
            reasons.append(f"the batch at hand fails since {monotonic() - self.failing_since:.0f} s: {self.why}")
        return reasons

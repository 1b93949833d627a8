"""The seeded publishers: a seed and a duration come in; records spread over it in bursts go out, all acknowledged at the end.

Everything that publishers do to us: repeated, reordered, late, corrected, contradicting and poisonous records; and one steady
publisher whose sellers only move, so that any answer in which their number differs shows half a change.
"""

import asyncio
import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from confluent_kafka import KafkaError, Message, Producer

from tests.faults.reading import Placed
from tests.oracle.generate.forms import WRONG
from tests.oracle.places import PROVINCES
from tests.oracle.records import Registry
from tests.oracle.scenario import scenario
from tests.oracle.sending import Sent, Told, binary, msme, structured

SELLERS = 40
TICK_SECONDS, TRICKLE_SECONDS = 0.05, 0.1
BURST_SHARE, BURSTS, BURST_SECONDS = 0.4, 6, 1.5
TWO_MEGABYTES = 2_000_000
ACKNOWLEDGED_SECONDS = 120.0

NOWHERE = -1  # acknowledged, and the broker did not say where
MOST_UNPLACED = 5


@dataclass(slots=True)
class Publishing:
    """One producer, straight to the broker; what it was told and what was acknowledged."""

    bootstrap: str
    sent: int = 0
    acknowledged: int = 0
    places: list[tuple[str, int, int]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    producer: Producer = field(init=False)

    def __post_init__(self) -> None:
        self.producer = Producer(
            {
                "bootstrap.servers": self.bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 5,
                "message.max.bytes": 4_000_000,
                "delivery.timeout.ms": 300_000,
                "topic.metadata.refresh.interval.ms": 5_000,
                "log_level": 0,
            }
        )

    def send(self, record: Sent) -> None:
        self.producer.produce(record.topic, record.value, record.key, headers=list(record.headers), on_delivery=self.note)
        self.sent += 1

    def note(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self.acknowledged += 1
            offset = message.offset()
            self.places.append((message.topic() or "", message.partition() or 0, NOWHERE if offset is None else offset))
        else:
            self.failed.append(str(error))

    async def spread(self, timed: Sequence[tuple[float, Sent]]) -> None:
        """Send each record at its second from now."""
        began, left = monotonic(), list(reversed(timed))
        while left:
            while left and left[-1][0] <= monotonic() - began:
                self.send(left.pop()[1])
            self.producer.poll(0)
            await asyncio.sleep(TICK_SECONDS)

    async def trickle(self, spare: Iterable[Sent], is_over: Callable[[], bool]) -> None:
        """Go on slowly until it is over, or nothing is left."""
        for record in spare:
            if is_over():
                return
            self.send(record)
            self.producer.poll(0)
            await asyncio.sleep(TRICKLE_SECONDS)

    async def until_acknowledged(self) -> None:
        deadline = monotonic() + ACKNOWLEDGED_SECONDS
        while self.acknowledged + len(self.failed) < self.sent and monotonic() < deadline:
            self.producer.poll(0)
            await asyncio.sleep(TICK_SECONDS)
        if self.failed or self.acknowledged < self.sent:
            raise RuntimeError(f"{self.acknowledged} of {self.sent} records acknowledged: {self.failed[:3]}")


def lost(acknowledged: Sequence[tuple[str, int, int]], log: Sequence[Placed]) -> list[str]:
    """Records that the broker acknowledged and does not have, or has and nobody sent.

    Where it did not say where, the client took an answer for one: the record may be there or not (a topic that is new or away for a
    moment makes librdkafka count its records anew, and the broker takes the first ones for repeated).
    """
    sent, there = Counter(place for place in acknowledged if place[2] != NOWHERE), Counter(placed.place for placed in log)
    unplaced = Counter(place[:2] for place in acknowledged if place[2] == NOWHERE)
    lines = [f"acknowledged and not in the log: {place}, {number} times" for place, number in (sent - there).items()]
    if unplaced.total() > MOST_UNPLACED:
        lines.append(f"acknowledged without a place: {dict(unplaced)}")
    for partition, extra in Counter(place[:2] for place in there - sent).items():
        if extra > unplaced[partition]:
            lines.append(f"in the log and never acknowledged: {extra} of {partition}")
    return lines[:10]


def story(seed: int, events: int, spare: int, registry: Registry, seconds: float) -> tuple[list[tuple[float, Sent]], list[Sent]]:
    """Everything that is sent while faults happen, by its second, and about `spare` more for a fault that is not over then."""
    draw = random.Random(f"faults {seed} sending")
    now = datetime.datetime.now(datetime.UTC)
    records = scenario(seed, events + spare, registry, now)
    records += poison(draw, records)
    records += [structured(move(draw, seed, number)) for number in range((events + spare) // 10)]
    draw.shuffle(records)
    records, rest = records[spare:], records[:spare]
    bursts = [draw.uniform(0, seconds) for _ in range(BURSTS)]
    times = sorted(when(draw, seconds, bursts) for _ in records)
    return list(zip(times, records, strict=True)), rest


def when(draw: random.Random, seconds: float, bursts: Sequence[float]) -> float:
    if draw.random() < BURST_SHARE:
        return min(draw.choice(bursts) + draw.uniform(0, BURST_SECONDS), seconds)
    return draw.uniform(0, seconds)


def poison(draw: random.Random, records: Sequence[Sent]) -> list[Sent]:
    """What a scenario does not hold: very large values, and headers that are nothing or no text."""
    bad = [draw.choice(records) for _ in range(9)]
    large = [Sent(one.topic, one.key, b"[" * TWO_MEGABYTES, one.headers, "too-large") for one in bad[:3]]
    headless = [Sent(one.topic, one.key, one.value, (("ce_id", None), ("\x00", b"\xff\xfe")), "envelope") for one in bad[3:6]]
    nothing = [Sent(one.topic, None, None, (), "envelope") for one in bad[6:]]
    assert WRONG  # the scenario has all the other kinds
    return large + headless + nothing


def steady_name(seed: int) -> str:
    return f"steady-{seed}"


def settlers(seed: int) -> list[Sent]:
    """The sellers of the steady publisher, before anything is broken."""
    draw = random.Random(f"faults {seed} settlers")
    return [binary(profile(draw, seed, number, number, "onboarding.msme-onboarded")) for number in range(SELLERS)]


def move(draw: random.Random, seed: int, number: int) -> Told:
    """One of them is elsewhere now, or something else."""
    return profile(draw, seed, draw.randrange(SELLERS), SELLERS + number, "onboarding.msme-profile-changed")


def profile(draw: random.Random, seed: int, seller: int, number: int, type_: str) -> Told:
    name = steady_name(seed)
    at = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=60) + datetime.timedelta(seconds=number)
    data = {
        "msme_id": msme(seller, f"{name}:"),
        "platform": name,
        "merchant_id": f"m{seller}",
        "province": draw.choice(sorted(PROVINCES)),
        "role": draw.choice(("producer", "reseller")),
        "scale": draw.choice(("micro", "small", "medium")),
    }
    return Told(name, type_, data, at.isoformat(), f"{name}-{number}")

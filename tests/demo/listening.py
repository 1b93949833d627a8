"""The demo's messages as a service hears them: messages in, decoded events, and records for the recount, out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import cast

from deploy.demo import history, population, sellers, wire
from deploy.demo.live import Live
from deploy.demo.sellers import Seller
from deploy.demo.wire import Message, Said
from shared.events.envelope import Event
from shared.messaging.decode import Rejection, decode
from tests.contracts.records import FakeRecord, Headers
from tests.oracle.records import Record

SEED = 7
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
BETWEEN = timedelta(milliseconds=20)


def heard(messages: Iterable[Message], at: datetime = NOW) -> Iterator[Event | Rejection]:
    for message in messages:
        yield decode(FakeRecord(message.topic, message.value, cast(Headers, tuple(message.headers)), message.key, milliseconds(at)))


def recorded(messages: Iterable[Message], at: datetime = NOW) -> list[Record]:
    return [Record(one.topic, one.key, one.value, cast(Headers, one.headers), milliseconds(at)) for one in messages]


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def stated() -> list[Message]:
    return [wire.binary(said) for said in history.events()]


def past(base: list[Seller], now: datetime = NOW) -> list[Said]:
    return list(population.events(SEED, base, now))


def live(number: int, base: list[Seller] | None = None, started: datetime = NOW) -> list[Message]:
    """So many messages of a run whose clock moves a little each time it is read."""
    ticks = (started + BETWEEN * tick for tick in range(10**9))
    return list(islice(Live(SEED, base or sellers.base(SEED, 400), started).messages(lambda: next(ticks)), number))
